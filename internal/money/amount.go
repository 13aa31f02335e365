package money

import "bytes"

// Amount is an exact value in a currency. It may be wider than a Decimal: the
// sum of many. The zero value is 0 of no currency. Equal amounts are equal by ==.
type Amount struct {
	currency Currency
	value    Decimal
	wide     string // the value's text when it does not fit a Decimal, else ""
}

// textSpace is room for the text of every Decimal with a currency's decimals
// and a locale's grouping, so that building it needs no heap.
const textSpace = 64

// NewAmount puts a value and its currency together.
func NewAmount(value Decimal, currency Currency) Amount {
	return Amount{currency: currency, value: value}
}

// Currency returns the currency; "" when there is none.
func (a Amount) Currency() Currency { return a.currency }

// Value returns the exact value with the currency's usual number of decimals,
// and with more only if they are not zeros: "30.00" for 30 MXN, "30.125" for
// 30.125 MXN, "30" for 30 JPY. In a currency without known decimals it has just
// those it needs.
func (a Amount) Value() string {
	var space [textSpace]byte
	return string(a.AppendValue(space[:0]))
}

// AppendValue appends what Value returns to b and returns the longer slice.
func (a Amount) AppendValue(b []byte) []byte {
	start := len(b)
	b = a.appendText(b)
	digits, _ := a.currency.Digits()
	have := 0
	if point := bytes.IndexByte(b[start:], '.'); point >= 0 {
		have = len(b) - start - point - 1
	} else if digits > 0 {
		b = append(b, '.')
	}
	for ; have < digits; have++ {
		b = append(b, '0')
	}
	return b
}

// appendText appends the canonical text: no exponent, no zeros at the end of
// the decimals.
func (a Amount) appendText(b []byte) []byte {
	if a.wide != "" {
		return append(b, a.wide...)
	}
	return a.value.appendText(b)
}

// MinorUnits returns the value counted in the currency's smallest unit: "3000"
// for 30.00 MXN. It is false when that is not a whole number or the currency has
// no known decimals.
func (a Amount) MinorUnits() (string, bool) {
	digits, ok := a.currency.Digits()
	if !ok {
		return "", false
	}
	var space [textSpace]byte
	text := a.AppendValue(space[:0])
	whole, fraction, _ := bytes.Cut(text, []byte{'.'})
	if len(fraction) > digits {
		return "", false
	}
	// With the point taken out, 0.05 would be "005".
	units := append(whole, fraction...)
	sign := 0
	if units[0] == '-' {
		sign = 1
	}
	for len(units) > sign+1 && units[sign] == '0' {
		units = append(units[:sign], units[sign+1:]...)
	}
	return string(units), true
}
