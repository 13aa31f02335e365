package billpocket

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Raw JSON of upstream goes into answers as it is. JSON allows things that
// readers of answers refuse, and one of them would cost the whole answer. So
// they are mended before anything is read: bytes that are not UTF-8, halves of
// surrogate pairs, and numbers that no float64 holds. A byte order mark in
// front is skipped (RFC 8259, section 8.1).

const byteOrderMark = "\ufeff"

// validUTF8 makes of every byte that is out of place U+FFFD, as encoding/json does.
func validUTF8(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	if utf8.Valid(body) {
		return body
	}
	return bytes.Map(func(r rune) rune { return r }, body)
}

// surrogates returns the position behind the escape \uXXXX at i, or behind both
// escapes of a surrogate pair. Half a pair becomes \ufffd where it stands.
func (s *scanner) surrogates(i int) int {
	escaped := s.body[i:]
	if !utf16.IsSurrogate(codeUnit(escaped)) {
		return i + 6
	}
	if _, ok := pair(escaped); ok {
		return i + 12
	}
	copy(escaped, `\ufffd`)
	return i + 6
}

// pair reads two escapes that make one character; false when the bytes do not
// begin with such.
func pair(escaped []byte) (rune, bool) {
	const both = len(`\ud83d\ude00`)
	if len(escaped) < both || escaped[6] != '\\' || escaped[7] != 'u' {
		return 0, false
	}
	for _, c := range escaped[8:both] {
		if hexDigit(c) < 0 {
			return 0, false
		}
	}
	r := utf16.DecodeRune(codeUnit(escaped), codeUnit(escaped[6:]))
	return r, r != utf8.RuneError
}

// maxPlainDigits is the length up to which a number without an exponent fits a
// float64, whose largest has 309 digits.
const maxPlainDigits = 308

// isTooLarge reports whether a JSON number overflows a float64.
func isTooLarge(number []byte) bool {
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
}

// quoteTooLarge returns a copy of a body that was scanned without a fault, in
// which numbers too large for a float64 are strings of the same text. Our own
// fields read numbers and such strings alike.
func quoteTooLarge(body []byte) []byte {
	s := scanner{body: body}
	mended := make([]byte, 0, len(body)+len(body)/64)
	for i := 0; i < len(body); {
		start := i
		switch c := body[i]; {
		case c == '"':
			i = s.str(i)
		case c == '-' || isDigit(c):
			s.tooLarge = false
			i = s.number(i)
			if s.tooLarge {
				mended = append(append(append(mended, '"'), body[start:i]...), '"')
				continue
			}
		default:
			i++
		}
		mended = append(mended, body[start:i]...)
	}
	return mended
}
