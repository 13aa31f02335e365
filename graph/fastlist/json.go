package fastlist

import (
	"strconv"
	"time"
)

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, "null"...) }

// AppendString appends s as graphql.MarshalString writes it: control characters,
// quotes and backslashes are escaped, and nothing else is looked at.
func AppendString(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
		}
	}
	return append(append(dst, s[start:]...), '"')
}

// AppendText appends s, or null when it is empty.
func AppendText(dst []byte, s string) []byte {
	if s == "" {
		return AppendNull(dst)
	}
	return AppendString(dst, s)
}

// AppendInt appends i, or null when ok is false.
func AppendInt(dst []byte, i int32, ok bool) []byte {
	if !ok {
		return AppendNull(dst)
	}
	return strconv.AppendInt(dst, int64(i), 10)
}

// AppendBool appends b, or null when ok is false.
func AppendBool(dst []byte, b, ok bool) []byte {
	if !ok {
		return AppendNull(dst)
	}
	return strconv.AppendBool(dst, b)
}

// AppendTime appends t in UTC (RFC 3339), with a fraction of a second only if it
// has one, or null when ok is false.
func AppendTime(dst []byte, t time.Time, ok bool) []byte {
	if !ok {
		return AppendNull(dst)
	}
	dst = append(dst, '"')
	return append(t.UTC().AppendFormat(dst, time.RFC3339Nano), '"')
}

// AppendRaw appends JSON as it is, or null when raw is nil.
func AppendRaw(dst, raw []byte) []byte {
	if raw == nil {
		return AppendNull(dst)
	}
	return append(dst, raw...)
}
