package billpocket

import (
	"encoding/binary"
	"math/bits"
)

// The scanner walks a body once, checks that it is JSON (RFC 8259), and notes
// where the values of the keys we know begin and end. Nothing is copied and
// nothing allocated: the body is kept, so its own bytes are the values. On its
// way it mends what strict readers of our answers could not read (mend.go).
// FuzzDecode shows that it accepts exactly what encoding/json accepts.
//
// Every method takes the position of the first byte of something and returns
// the position after it, or bad. The body is valid UTF-8 before it comes here.

// bad is the position that says "no JSON".
const bad = -1

const (
	// maxNesting is where encoding/json gives up, too.
	maxNesting = 10_000
	// maxElementNesting is far beyond any link, and what the readers of our
	// answers can be expected to bear. A deeper element is unreadable.
	maxElementNesting = 100
)

type scanner struct {
	body []byte
	// deepest is the nesting met since it was last reset.
	deepest int
	// tooLarge reports that a number was met that no float64 holds.
	tooLarge bool
}

// span is where a value lies: body[start:end]. The zero span stands for a missing value.
type span struct{ start, end int }

func (s *scanner) space(i int) int {
	for i < len(s.body) {
		switch s.body[i] {
		case ' ', '\n', '\t', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// at returns the byte at i, 0 at the end: a byte that begins nothing in JSON.
func (s *scanner) at(i int) byte {
	if i < len(s.body) {
		return s.body[i]
	}
	return 0
}

// value skips a value; depth is that of what holds it.
func (s *scanner) value(i, depth int) int {
	switch s.at(i) {
	case '"':
		return s.str(i)
	case '{':
		return s.object(i, depth+1, nil)
	case '[':
		return s.array(i, depth+1)
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	}
	return s.number(i)
}

func (s *scanner) literal(i int, word string) int {
	if end := i + len(word); end <= len(s.body) && string(s.body[i:end]) == word {
		return end
	}
	return bad
}

// array skips from "[" to behind "]".
func (s *scanner) array(i, depth int) int {
	if !s.enter(depth) {
		return bad
	}
	i = s.space(i + 1)
	if s.at(i) == ']' {
		return i + 1
	}
	for {
		if i = s.value(i, depth); i == bad {
			return bad
		}
		i = s.space(i)
		switch s.at(i) {
		case ']':
			return i + 1
		case ',':
			i = s.space(i + 1)
		default:
			return bad
		}
	}
}

// object skips from "{" to behind "}" and notes the values of known keys in
// fields, unless that is nil. Of equal keys the last wins, as in encoding/json.
func (s *scanner) object(i, depth int, fields *fieldSpans) int {
	if !s.enter(depth) {
		return bad
	}
	i = s.space(i + 1)
	if s.at(i) == '}' {
		return i + 1
	}
	for {
		if s.at(i) != '"' {
			return bad
		}
		key := i
		if i = s.str(i); i == bad {
			return bad
		}
		keyEnd := i
		if i = s.space(i); s.at(i) != ':' {
			return bad
		}
		i = s.space(i + 1)
		start := i
		if i = s.value(i, depth); i == bad {
			return bad
		}
		if fields != nil {
			if f := fieldOf(s.body[key:keyEnd]); f != fieldNone {
				fields[f] = span{start, i}
			}
		}
		i = s.space(i)
		switch s.at(i) {
		case '}':
			return i + 1
		case ',':
			i = s.space(i + 1)
		default:
			return bad
		}
	}
}

func (s *scanner) enter(depth int) bool {
	s.deepest = max(s.deepest, depth)
	return depth <= maxNesting
}

// Eight bytes at a time: each constant has one byte eight times over.
const (
	ones        = 0x0101010101010101
	highs       = 0x8080808080808080
	spaces      = 0x2020202020202020
	quotes      = 0x2222222222222222
	backslashes = 0x5c5c5c5c5c5c5c5c
)

// str skips a string, its quotes included.
func (s *scanner) str(i int) int {
	body := s.body
	i++
	for {
		// x-n has its high bit set where a byte below n was, and ^x takes away
		// bytes that had it before; the lowest such bit is always right.
		for len(body)-i >= 8 {
			x := binary.LittleEndian.Uint64(body[i:])
			quote, backslash := x^quotes, x^backslashes
			found := ((x-spaces)&^x | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
			if found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
			i += 8
		}
		switch c := s.at(i); {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = s.escape(i); i == bad {
				return bad
			}
		case c < ' ': // control characters, and the end
			return bad
		default:
			i++
		}
	}
}

// escape skips from a backslash to behind what it escapes.
func (s *scanner) escape(i int) int {
	switch s.at(i + 1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for j := i + 2; j < i+6; j++ {
			if hexDigit(s.at(j)) < 0 {
				return bad
			}
		}
		return s.surrogates(i)
	}
	return bad
}

// hexDigit returns the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

func (s *scanner) number(i int) int {
	start, exponent := i, false
	if s.at(i) == '-' {
		i++
	}
	switch c := s.at(i); {
	case c == '0':
		i++
	case isDigit(c):
		i = s.digits(i)
	default:
		return bad
	}
	if s.at(i) == '.' {
		if i++; !isDigit(s.at(i)) {
			return bad
		}
		i = s.digits(i)
	}
	if c := s.at(i); c == 'e' || c == 'E' {
		exponent = true
		i++
		if c := s.at(i); c == '+' || c == '-' {
			i++
		}
		if !isDigit(s.at(i)) {
			return bad
		}
		i = s.digits(i)
	}
	if (exponent || i-start > maxPlainDigits) && isTooLarge(s.body[start:i]) {
		s.tooLarge = true
	}
	return i
}

func (s *scanner) digits(i int) int {
	for isDigit(s.at(i)) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
