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

// AppendTime appends t in UTC with three digits of a second
// (2006-01-02T15:04:05.000Z), or null when ok is false. What is smaller than a
// millisecond is cut off.
func AppendTime(dst []byte, t time.Time, ok bool) []byte {
	if !ok {
		return AppendNull(dst)
	}
	t = t.UTC()
	// Package time formats RFC3339 by a fast path, which it has for no layout
	// of milliseconds.
	dst = t.AppendFormat(append(dst, '"'), time.RFC3339)
	millis := t.Nanosecond() / int(time.Millisecond)
	dst[len(dst)-1] = '.' // in place of the Z
	return append(dst, byte('0'+millis/100), byte('0'+millis/10%10), byte('0'+millis%10), 'Z', '"')
}

// AppendRaw appends JSON as it is, or null when raw is nil.
func AppendRaw(dst, raw []byte) []byte {
	if raw == nil {
		return AppendNull(dst)
	}
	return append(dst, raw...)
}
