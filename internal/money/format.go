package money

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// noBreakSpace stands between a number and a currency code, so that no line
// breaks there (CLDR's rule).
const noBreakSpace = "\u00a0"

// Format writes the amount for people who read in the locale, a BCP 47 language
// tag of any case: "$30.00" for 30 MXN in es-MX, "USD 30.00" (with a no-break
// space) for 30 USD there, "MX$30.00" for 30 MXN in en-US. Symbols, separators
// and places are those of CLDR 48. It is exact: decimals that Value has are
// never rounded off.
//
// A locale that is not known here falls back to its parent in CLDR (es-GT to
// es-419, en-ZA to en-001), to its language, and then to es-MX, as does anything
// that is not a language tag. It never fails, and its cost is bounded whatever the locale's length.
func (a Amount) Format(locale string) string { return a.FormatIn(ParseLocale(locale)) }

// FormatIn is Format with a locale that was read before.
func (a Amount) FormatIn(locale Locale) string {
	var space [textSpace]byte
	return string(a.AppendFormat(space[:0], locale))
}

// AppendFormat appends what FormatIn returns to b and returns the longer slice.
func (a Amount) AppendFormat(b []byte, locale Locale) []byte {
	var numberSpace [textSpace]byte
	number := a.AppendValue(numberSpace[:0])
	number, negative := bytes.CutPrefix(number, []byte{'-'})
	if locale.style == nil {
		locale = ParseLocale(defaultLocale)
	}
	s := locale.style
	symbol, gap := s.symbol(a.currency), s.gap
	switch {
	case symbol == "":
		gap = ""
	case gap == "" && needsSpace(symbol):
		gap = noBreakSpace
	}

	switch {
	case s.trailing:
		b = appendSign(b, negative)
		b = s.appendNumber(b, number)
		b = append(b, gap...)
		b = append(b, symbol...)
	case s.signInside && negative && symbol != "":
		b = append(b, symbol...) // the minus keeps it from the digits
		b = append(b, '-')
		b = s.appendNumber(b, number)
	default:
		b = appendSign(b, negative)
		b = append(b, symbol...)
		b = append(b, gap...)
		b = s.appendNumber(b, number)
	}
	return b
}

func appendSign(b []byte, negative bool) []byte {
	if negative {
		return append(b, '-')
	}
	return b
}

// needsSpace reports whether the end of a symbol in front of the digits is
// anything but a symbol to Unicode, such as the letters of a code (CLDR's rule).
func needsSpace(symbol string) bool {
	last, _ := utf8.DecodeLastRuneInString(symbol)
	return !unicode.IsSymbol(last)
}

// appendNumber appends an unsigned number, such as "1234.50", in the style.
func (s *style) appendNumber(b, number []byte) []byte {
	whole, fraction, hasPoint := bytes.Cut(number, []byte{'.'})
	grouped := len(whole) >= s.groupFrom
	for i, digit := range whole {
		if rest := len(whole) - i; grouped && i > 0 && rest%3 == 0 {
			b = append(b, s.group...)
		}
		b = append(b, digit)
	}
	if hasPoint {
		b = append(b, s.point)
		b = append(b, fraction...)
	}
	return b
}
