package relay

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

var (
	// ErrMalformed is returned for text that no EncodeCursor ever returned, or
	// one of another version of this package.
	ErrMalformed = errors.New("malformed cursor")
	// ErrOtherKind is returned for a good cursor of another kind: one that
	// belongs to another list or another order.
	ErrOtherKind = errors.New("cursor of another kind")
)

// MaxCursorBytes bounds the cursors that are read. They are some 80 bytes long
// in practice; a cursor whose fields come near 12 KB is refused.
const MaxCursorBytes = 16 << 10

// cursorVersion is the first byte of every cursor's content. It changes with
// the layout, so that a cursor from before is refused and not misread.
const cursorVersion = 1

// The layout: the version, then kind and fields, each behind its length as a
// uvarint, all in unpadded URL-safe base64 (RFC 4648, section 5).

// EncodeCursor returns the cursor of a place in a list. kind says which list
// and order, fields say where: the sort position of an element, never an
// offset, so that it holds while elements come and go. Both may be any text.
// Cursors are opaque but not secret: whoever reads one can see the fields.
func EncodeCursor(kind string, fields ...string) string {
	var space [256]byte
	return string(AppendCursor(space[:0], kind, fields...))
}

// AppendCursor appends what EncodeCursor returns to b and returns the longer slice.
func AppendCursor(b []byte, kind string, fields ...string) []byte {
	var space [192]byte
	content := append(space[:0], cursorVersion)
	content = appendText(content, kind)
	for _, field := range fields {
		content = appendText(content, field)
	}
	return base64.RawURLEncoding.AppendEncode(b, content)
}

func appendText(b []byte, text string) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// DecodeCursor returns the fields of a cursor of a kind. Only the very text
// that EncodeCursor returns is accepted: one place has one cursor. The error is
// ErrMalformed or ErrOtherKind, and holds nothing of the cursor.
func DecodeCursor(kind, cursor string) ([]string, error) {
	if len(cursor) > MaxCursorBytes {
		return nil, ErrMalformed
	}
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(decoded) == 0 || decoded[0] != cursorVersion {
		return nil, ErrMalformed
	}
	content := string(decoded[1:])
	gotKind, content, ok := cutText(content)
	if !ok {
		return nil, ErrMalformed
	}
	var fields []string
	for content != "" {
		var field string
		if field, content, ok = cutText(content); !ok {
			return nil, ErrMalformed
		}
		fields = append(fields, field)
	}
	// The decoder skips line ends and ignores spare bits, and a uvarint has
	// longer forms: all that differs from the canonical text shows here.
	if EncodeCursor(gotKind, fields...) != cursor {
		return nil, ErrMalformed
	}
	if gotKind != kind {
		return nil, ErrOtherKind
	}
	return fields, nil
}

// cutText cuts a length and as many bytes off the front.
func cutText(s string) (text, rest string, ok bool) {
	var length [binary.MaxVarintLen64]byte
	size, n := binary.Uvarint(length[:copy(length[:], s)])
	if n <= 0 || size > uint64(len(s)-n) {
		return "", "", false
	}
	end := n + int(size)
	return s[n:end], s[end:], true
}
