package model

import (
	"io"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDateTime writes an instant in UTC (RFC 3339), with a fraction of a
// second only if it has one.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var buf [len(time.RFC3339Nano) + 2]byte
		text := append(buf[:0], '"')
		text = t.UTC().AppendFormat(text, time.RFC3339Nano)
		_, _ = w.Write(append(text, '"'))
	})
}

// UnmarshalDateTime reads RFC 3339, seconds and offset included.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !isRFC3339(s) {
		return time.Time{}, refuse("must be an RFC 3339 date and time with an offset")
	}
	return t, nil
}

// isRFC3339 holds what time.Parse has read to the grammar: it also takes
// "T2:18:48", a comma before the fraction and an offset of 24 hours.
func isRFC3339(s string) bool {
	const seconds = len("2006-01-02T15:04:05")
	if !hasShape(s[:min(seconds, len(s))], "0000-00-00T00:00:00") {
		return false
	}
	zone := strings.TrimLeft(s[seconds:], ".0123456789")
	if zone == "Z" {
		return true
	}
	return (hasShape(zone, "+00:00") || hasShape(zone, "-00:00")) && zone[1:3] < "24" && zone[4:] < "60"
}

// hasShape reports whether s is the shape, with any digit for each 0.
func hasShape(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(shape) {
		isDigit := s[i] >= '0' && s[i] <= '9'
		if isDigit != (shape[i] == '0') || !isDigit && s[i] != shape[i] {
			return false
		}
	}
	return true
}
