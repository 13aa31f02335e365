package gqlhttp

import (
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string, its opening quote being at hand.
func (d *decoder) string() (string, error) {
	d.at++
	start := d.at
	for d.at < len(d.text) {
		switch c := d.text[d.at]; {
		case c == '"':
			s := d.text[start:d.at]
			d.at++
			return s, nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.malformed()
		}
		d.at++
	}
	return "", d.malformed()
}

// escaped goes on with a string that began at start, an escape being at hand.
func (d *decoder) escaped(start int) (string, error) {
	s := append(make([]byte, 0, 2*(d.at-start)+32), d.text[start:d.at]...)
	for d.at < len(d.text) {
		switch c := d.text[d.at]; {
		case c == '"':
			d.at++
			return string(s), nil
		case c < ' ':
			return "", d.malformed()
		case c == '\\':
			r, ok := d.escape()
			if !ok {
				return "", d.malformed()
			}
			s = utf8.AppendRune(s, r)
		default:
			s = append(s, c)
			d.at++
		}
	}
	return "", d.malformed()
}

// escape reads one escape sequence, or two that make a surrogate pair.
func (d *decoder) escape() (rune, bool) {
	if d.at+1 >= len(d.text) {
		return 0, false
	}
	c := d.text[d.at+1]
	if c != 'u' {
		d.at += 2
		return short(c)
	}
	r, ok := d.hex4()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if d.at+1 >= len(d.text) || d.text[d.at] != '\\' || d.text[d.at+1] != 'u' {
		return 0, false
	}
	low, ok := d.hex4()
	pair := utf16.DecodeRune(r, low)
	return pair, ok && pair != utf8.RuneError
}

// short returns what a backslash and c stand for.
func short(c byte) (rune, bool) {
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// hex4 reads "\uXXXX", which is at hand up to its u.
func (d *decoder) hex4() (rune, bool) {
	if d.at+6 > len(d.text) {
		return 0, false
	}
	var r rune
	for i := d.at + 2; i < d.at+6; i++ {
		c := d.text[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	d.at += 6
	return r, true
}
