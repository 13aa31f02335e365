package model

import (
	"io"
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
	var t time.Time
	// UnmarshalText keeps to the grammar; time.Parse lets "T2:18:48" and "48,5" through.
	if err := t.UnmarshalText([]byte(s)); err != nil {
		return time.Time{}, refuse("must be an RFC 3339 date and time with an offset")
	}
	return t, nil
}
