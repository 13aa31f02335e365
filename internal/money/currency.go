package money

import "golang.org/x/text/currency"

// Currency is three upper-case ASCII letters, normally an ISO 4217 code. The
// zero value "" means that there is no currency. It need not be known to ISO: upstream may use
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
// 2 for MXN, 0 for JPY. It is false for a currency that has none (gold, XAU) or
// is not known.
//
// golang.org/x/text knows the codes, retired ones included, but by CLDR 32 of
// 2017, whose digits are those that people write and not those of ISO: none for
// COP, where ISO, and so every payment network, counts centavos. ISO 4217's own
// list (amendment 177) goes first where the two differ or CLDR is too old.
func (c Currency) Digits() (n int, ok bool) {
	switch c {
	case "MXN", "USD", "EUR", "BRL", "COP", "PEN", "CAD", "GBP":
		return 2, true // the everyday ones, ahead of any table
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0, true
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3, true
	case "CLF", "UYW":
		return 4, true
	case "AFN", "ALL", "AMD", "GYD", "IDR", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "MNT", "MUR", "PKR", "RSD", "SOS", "SYP", "TZS", "UZS", "YER":
		return 2, true // CLDR writes none
	case "MRU", "SLE", "STN", "VED", "VES", "XAD", "XCG", "ZWG":
		return 2, true // younger than CLDR 32
	case "", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX":
		return 0, false // no minor unit, by ISO
	}
	unit, err := currency.ParseISO(string(c))
	if err != nil {
		return 0, false
	}
	n, _ = currency.Standard.Rounding(unit)
	return n, true
}
