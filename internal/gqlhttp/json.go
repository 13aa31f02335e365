package gqlhttp

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"paymentlinks/internal/fault"
)

// The reader of JSON takes RFC 8259 at its word and decides what it leaves
// open: a repeated key, a lone surrogate, a byte that is not UTF-8 and anything
// after the value are refused, and so is what nests deeper than maxNesting or
// holds more than maxValues.
// encoding/json accepts the first three silently and allows 10,000 levels.

// maxNesting bounds lists and objects inside of each other; no input of a sane
// schema comes near.
const maxNesting = 64

// decodeObject reads one JSON object. Numbers are json.Number, so that no digit
// is lost. The errors are *fault.Error of kind BadRequest, or LimitExceeded for
// more than maxValues.
// Strings of the result are parts of text.
func decodeObject(text string) (map[string]any, error) {
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.BadRequest, "The JSON is not valid UTF-8.")
	}
	d := decoder{text: text}
	d.skipSpace()
	if d.peek() != '{' {
		return nil, fault.New(fault.BadRequest, "The request must be one JSON object.")
	}
	object, err := d.object(1)
	if err != nil {
		return nil, err
	}
	if d.skipSpace(); d.at != len(d.text) {
		return nil, d.malformed()
	}
	return object, nil
}

// maxValues bounds what a request's JSON may hold, each element and each
// property counted. A megabyte holds 260,000 of the smallest, which take fifty
// times as much memory. 5,000 representations of ten properties fit.
const maxValues = 60_000

// decoder reads text from at on.
type decoder struct {
	text   string
	at     int
	values int // read so far
}

// malformed names the place, in bytes from the start, and nothing of the text.
func (d *decoder) malformed() error {
	return fault.New(fault.BadRequest, fmt.Sprintf("The JSON is malformed at byte %d.", d.at))
}

func (d *decoder) skipSpace() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// peek returns the byte at hand, 0 at the end: NUL never begins anything.
func (d *decoder) peek() byte {
	if d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

// take skips white space and then c, if c is there.
func (d *decoder) take(c byte) bool {
	d.skipSpace()
	if d.peek() != c {
		return false
	}
	d.at++
	return true
}

func (d *decoder) value(depth int) (any, error) {
	if d.values++; d.values > maxValues {
		return nil, fault.NewLimit("json_values", fmt.Sprintf("The JSON holds more than %d values.", maxValues))
	}
	d.skipSpace()
	switch c := d.peek(); {
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.list(depth)
	case c == '"':
		return d.string()
	case c == '-' || ('0' <= c && c <= '9'):
		return d.number()
	case d.literal("true"):
		return true, nil
	case d.literal("false"):
		return false, nil
	case d.literal("null"):
		return nil, nil //nolint:nilnil // JSON's null
	}
	return nil, d.malformed()
}

func (d *decoder) literal(word string) bool {
	if !strings.HasPrefix(d.text[d.at:], word) {
		return false
	}
	d.at += len(word)
	return true
}

func (d *decoder) object(depth int) (map[string]any, error) {
	if depth > maxNesting {
		return nil, tooDeep()
	}
	d.at++
	object := map[string]any{}
	if d.take('}') {
		return object, nil
	}
	for {
		d.skipSpace()
		if d.peek() != '"' {
			return nil, d.malformed()
		}
		key, err := d.string()
		if err != nil {
			return nil, err
		}
		if _, repeated := object[key]; repeated {
			return nil, fault.New(fault.BadRequest, fmt.Sprintf("A key of the JSON occurs twice in one object, before byte %d.", d.at))
		}
		if !d.take(':') {
			return nil, d.malformed()
		}
		if object[key], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		switch {
		case d.take(','):
		case d.take('}'):
			return object, nil
		default:
			return nil, d.malformed()
		}
	}
}

func (d *decoder) list(depth int) ([]any, error) {
	if depth > maxNesting {
		return nil, tooDeep()
	}
	d.at++
	list := []any{}
	if d.take(']') {
		return list, nil
	}
	for {
		element, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
		switch {
		case d.take(','):
		case d.take(']'):
			return list, nil
		default:
			return nil, d.malformed()
		}
	}
}

func tooDeep() error {
	return fault.New(fault.BadRequest, fmt.Sprintf("The JSON nests more than %d levels deep.", maxNesting))
}

// number reads a number by the grammar of RFC 8259, section 6.
func (d *decoder) number() (any, error) {
	start := d.at
	if d.peek() == '-' {
		d.at++
	}
	if d.peek() == '0' {
		d.at++
	} else if !d.digits() {
		return nil, d.malformed()
	}
	if d.peek() == '.' {
		d.at++
		if !d.digits() {
			return nil, d.malformed()
		}
	}
	if c := d.peek(); c == 'e' || c == 'E' {
		d.at++
		if c := d.peek(); c == '+' || c == '-' {
			d.at++
		}
		if !d.digits() {
			return nil, d.malformed()
		}
	}
	return json.Number(d.text[start:d.at]), nil
}

// digits takes at least one digit.
func (d *decoder) digits() bool {
	start := d.at
	for '0' <= d.peek() && d.peek() <= '9' {
		d.at++
	}
	return d.at > start
}
