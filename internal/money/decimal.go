package money

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// MaxDigits is the number of significant digits that a Decimal can hold: the
// digits from the first that is not zero to the last that is not zero, and to
// the decimal point in a whole number.
const MaxDigits = decimal.MaxPrec

var (
	// ErrSyntax is returned for text that is not written as a number or as a
	// currency code.
	// Errors of this package never repeat the text.
	ErrSyntax = errors.New("not in the expected form")
	// ErrTooLong is returned for a number that needs more than MaxDigits
	// digits to be written exactly, be it large (1e400), small (1e-400) or precise.
	ErrTooLong = errors.New("more than 19 digits")
)

// Decimal is an exact decimal number of at most MaxDigits digits, and at most
// as many behind the point. The zero value is 0. Equal numbers are equal by ==,
// however they were written: trailing zeros and the sign of a zero are not kept.
type Decimal struct {
	d decimal.Decimal
}

// ParseDecimal reads a number in the grammar of JSON (RFC 8259, section 6):
// "30", "30.50", "-1", "1e3". Zeros that add nothing do not count as digits, so
// 30.5000000000000000000000 is read as 30.5. The cost is bounded by the length
// of s, whatever its exponent. The error is ErrSyntax or ErrTooLong.
func ParseDecimal(s string) (Decimal, error) {
	n, err := scan(s)
	if err != nil {
		return Decimal{}, err
	}
	return n.decimal()
}

// Cmp returns -1, 0 or +1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int { return d.d.Cmp(e.d) }

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.d.IsZero() }

// Sign returns -1, 0 or +1 as d is negative, zero or positive.
func (d Decimal) Sign() int { return d.d.Sign() }

// String returns the shortest text that ParseDecimal reads back as d, without
// an exponent: "30.5" for 30.50.
func (d Decimal) String() string { return d.d.String() }

func (d Decimal) appendText(b []byte) []byte {
	b, _ = d.d.AppendText(b) // never fails: the error is there for an interface
	return b
}

// newDecimal makes a Decimal of coef / 10^scale, which has no trailing zeros
// behind its point. The caller keeps coef below 10^19 and scale between 0 and
// 19; nothing else panics.
func newDecimal(negative bool, coef uint64, scale int) Decimal {
	if coef <= math.MaxInt64 {
		value := int64(coef)
		if negative {
			value = -value
		}
		return Decimal{decimal.MustNew(value, scale)}
	}
	// The library's integer constructor ends at 2^63-1, short of the last
	// nineteen-digit numbers: those go through its parser, which is exact there.
	return Decimal{decimal.MustParse(place(negative, strconv.FormatUint(coef, 10), scale))}
}

// place writes digits with a decimal point in front of the last scale ones.
func place(negative bool, digits string, scale int) string {
	var b strings.Builder
	b.Grow(len(digits) + scale + 3)
	if negative {
		b.WriteByte('-')
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	b.WriteString(digits[:len(digits)-scale])
	if scale > 0 {
		b.WriteByte('.')
		b.WriteString(digits[len(digits)-scale:])
	}
	return b.String()
}
