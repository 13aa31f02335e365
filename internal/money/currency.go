package money

import "golang.org/x/text/currency"

// Currency is three upper-case ASCII letters, normally an ISO 4217 code. The
// zero value "" is no currency. It need not be known to ISO: upstream may use
// codes that are younger than our tables.
type Currency string

// ParseCurrency reads three ASCII letters of any case; it trims nothing. The
// error is ErrSyntax.
func ParseCurrency(s string) (Currency, error) {
	if len(s) != 3 {
		return "", ErrSyntax
	}
	var code [3]byte
	for i := range code {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			return "", ErrSyntax
		}
		code[i] = c
	}
	return Currency(code[:]), nil
}

// Digits returns how many decimals the currency's minor unit has by ISO 4217:
// 2 for MXN, 0 for JPY. It is false for a currency that has none or is not known.
func (c Currency) Digits() (n int, ok bool) {
	unit, err := currency.ParseISO(string(c))
	if err != nil {
		return 0, false
	}
	n, _ = currency.Standard.Rounding(unit)
	return n, true
}
