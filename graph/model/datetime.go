package model

import (
	"io"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph/fastlist"
)

// The scalar DateTime follows the document that the schema names for it,
// https://scalars.graphql.org/chillicream/date-time.html: the production
// date-time of RFC 3339, section 5.6, with at most nine digits of a second and
// no leap seconds.

// MarshalDateTime writes an instant in UTC with three digits of a second. It
// cuts off what is smaller.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var buf [len(`"2006-01-02T15:04:05.000Z"`)]byte
		_, _ = w.Write(fastlist.AppendTime(buf[:0], t, true))
	})
}

// UnmarshalDateTime reads a date and a time with an offset. T and Z may be
// lower case. An offset of -00:00 is UTC, as in RFC 3339, section 4.3. Its error
// is an *InputError.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	if isDateTime(s) {
		if t, err := time.Parse(time.RFC3339, strings.ToUpper(s)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, refuse("must be an RFC 3339 date and time with an offset and at most nine digits of a second")
}

// isDateTime holds a text to the grammar, which time.Parse does not: that takes
// "T2:18:48", a comma before the fraction and a tenth digit as well. What the
// digits say is left to time.Parse, except for the offset.
func isDateTime(s string) bool {
	const seconds = "0000-00-00t00:00:00"
	if len(s) < len(seconds) || !hasShape(s[:len(seconds)], seconds) {
		return false
	}
	zone := s[len(seconds):]
	if fraction, ok := strings.CutPrefix(zone, "."); ok {
		zone = strings.TrimLeft(fraction, "0123456789")
		if digits := len(fraction) - len(zone); digits < 1 || digits > 9 {
			return false
		}
	}
	if hasShape(zone, "z") {
		return true
	}
	return (hasShape(zone, "+00:00") || hasShape(zone, "-00:00")) && zone[1:3] < "24" && zone[4:] < "60"
}

// hasShape reports whether s is the shape, with any digit for each 0 and either
// case of each letter.
func hasShape(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(shape) {
		isDigit, isLetter := shape[i] == '0', shape[i] >= 'a'
		switch c := s[i]; {
		case isDigit && (c < '0' || c > '9'):
			return false
		case isLetter && c|0x20 != shape[i]:
			return false
		case !isDigit && !isLetter && c != shape[i]:
			return false
		}
	}
	return true
}
