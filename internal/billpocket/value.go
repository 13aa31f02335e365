package billpocket

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// alias returns b as a string without copying it. It is for parts of a kept
// body alone: nothing writes to that once it has been read.
func alias(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// texts reads the values of one element after the other. What it returns holds
// until reset, unless it is a part of the body.
type texts struct {
	// unescaped holds the texts that are written with escapes.
	unescaped []byte
	// known are the first few currencies of the list: its links share few.
	known [4]struct {
		text string
		code money.Currency
	}
}

// reset begins the next element.
func (t *texts) reset() { t.unescaped = t.unescaped[:0] }

// unquote returns the content of a JSON string. It aliases the body unless
// there are escapes in it.
func (t *texts) unquote(quoted []byte) string {
	content := quoted[1 : len(quoted)-1]
	first := bytes.IndexByte(content, '\\')
	if first < 0 {
		return alias(content)
	}
	start := len(t.unescaped)
	text := append(t.unescaped, content[:first]...)
	for i := first; i < len(content); {
		if content[i] != '\\' {
			text = append(text, content[i])
			i++
			continue
		}
		switch c := content[i+1]; c {
		case 'u':
			r, length := escapedRune(content[i:])
			text = utf8.AppendRune(text, r)
			i += length
			continue
		case 'b':
			text = append(text, '\b')
		case 'f':
			text = append(text, '\f')
		case 'n':
			text = append(text, '\n')
		case 'r':
			text = append(text, '\r')
		case 't':
			text = append(text, '\t')
		default: // the character itself: the scanner let no other pass
			text = append(text, c)
		}
		i += 2
	}
	t.unescaped = text
	return alias(text[start:])
}

// escapedRune reads \uXXXX, or the two of a surrogate pair. The scanner has left
// no half of a pair.
func escapedRune(escaped []byte) (r rune, length int) {
	if r, ok := pair(escaped); ok {
		return r, 12
	}
	return codeUnit(escaped), 6
}

func codeUnit(escaped []byte) (unit rune) {
	for _, c := range escaped[2:6] {
		unit = unit<<4 | hexDigit(c)
	}
	return unit
}

// The readers below take a value as JSON, nil when its key is missing, and
// return none for whatever they do not expect.

// text reads a string.
func (t *texts) text(value []byte) string {
	if len(value) == 0 || value[0] != '"' {
		return ""
	}
	return t.unquote(value)
}

// opaque reads a string, or a number as it is written: ids come as either.
func (t *texts) opaque(value []byte) string {
	if len(value) == 0 {
		return ""
	}
	if c := value[0]; c == '-' || isDigit(c) {
		return alias(value)
	}
	return t.text(value)
}

// number reads a number, also one sent as a string.
func (t *texts) number(value []byte) string { return strings.TrimSpace(t.opaque(value)) }

// code reads a whole number of 32 bits, however it is written: 1.0 is 1.
func (t *texts) code(value []byte) paymentlink.Optional[int32] {
	digits := t.number(value)
	if digits == "" {
		return paymentlink.Optional[int32]{}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err == nil {
		return paymentlink.Some(int32(n))
	}
	d, err := money.ParseDecimal(digits)
	if err != nil {
		return paymentlink.Optional[int32]{}
	}
	if n, err = strconv.ParseInt(d.String(), 10, 32); err != nil {
		return paymentlink.Optional[int32]{}
	}
	return paymentlink.Some(int32(n))
}

func boolean(value []byte) paymentlink.Optional[bool] {
	switch string(value) {
	case "true":
		return paymentlink.Some(true)
	case "false":
		return paymentlink.Some(false)
	}
	return paymentlink.Optional[bool]{}
}

// amount reads an exact number; beyond 19 digits it is none.
func (t *texts) amount(value []byte) paymentlink.Optional[money.Decimal] {
	digits := t.number(value)
	if digits == "" {
		return paymentlink.Optional[money.Decimal]{}
	}
	d, err := money.ParseDecimal(digits)
	if err != nil {
		return paymentlink.Optional[money.Decimal]{}
	}
	return paymentlink.Some(d)
}

// currency reads three letters of any case, white space around them ignored.
func (t *texts) currency(value []byte) money.Currency {
	name := strings.TrimSpace(t.text(value))
	if name == "" {
		return ""
	}
	for i := range t.known {
		k := &t.known[i]
		if k.text == "" {
			k.text, k.code = strings.Clone(name), parseCurrency(name)
		}
		if k.text == name {
			return k.code
		}
	}
	return parseCurrency(name)
}

func parseCurrency(name string) money.Currency {
	code, err := money.ParseCurrency(name)
	if err != nil {
		return ""
	}
	return code
}
