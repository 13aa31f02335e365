package gqlhttp

import (
	"iter"
	"strings"
)

// listElements yields the elements of a header field that is a comma-separated
// list (RFC 9110, section 5.6.1), over all its lines: commas inside of quoted
// strings do not separate, and empty elements are passed over.
func listElements(lines []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range lines {
			for line != "" {
				var element string
				element, line = cut(line, ',')
				if element = trimSpace(element); element != "" && !yield(element) {
					return
				}
			}
		}
	}
}

// parameters yields the name and the unquoted value of each ";name=value" of s.
// Names come as written.
func parameters(s string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for s != "" {
			var parameter string
			parameter, s = cut(s, ';')
			name, value, _ := strings.Cut(parameter, "=")
			if name = trimSpace(name); name == "" {
				continue
			}
			if !yield(name, unquote(trimSpace(value))) {
				return
			}
		}
	}
}

// cut splits s at the first separator that stands outside of a quoted string.
func cut(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted && s[i] == '\\':
			i++
		case !quoted && s[i] == separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// trimSpace cuts what HTTP calls optional white space.
func trimSpace(s string) string { return strings.Trim(s, " \t") }

// maxWeight is the weight of an element that brings none, in thousandths.
const maxWeight = 1000

// leniently reads a q-value. One that is malformed is a low wish and not a
// refusal: HttpURLConnection of old Java sends q=.2 unless told otherwise.
func leniently(q string) int {
	if thousandths, ok := weight(q); ok {
		return thousandths
	}
	return 1
}

// weight reads a q-value (RFC 9110, section 12.4.2) in thousandths; false when
// it is none.
func weight(q string) (int, bool) {
	if q == "" || len(q) > len("0.000") || (len(q) > 1 && q[1] != '.') {
		return 0, false
	}
	if q[0] != '0' && q[0] != '1' {
		return 0, false
	}
	thousandths := int(q[0]-'0') * maxWeight
	unit := 100
	for i := 2; i < len(q); i++ {
		if q[i] < '0' || q[i] > '9' {
			return 0, false
		}
		thousandths += int(q[i]-'0') * unit
		unit /= 10
	}
	return thousandths, thousandths <= maxWeight
}
