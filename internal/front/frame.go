package front

import (
	"bytes"
	"strconv"
	"strings"
)

// maxRequestBytes is the largest request that may be recognised, and the
// longest head that is looked at.
const maxRequestBytes = 16 << 10

// outcome is what is known of the bytes of a connection.
type outcome int

const (
	// partial says that the head is not there yet.
	partial outcome = iota
	// framed says that the request's end is known.
	framed
	// strange says that only net/http can tell where the request ends.
	strange
)

// request is a request whose head was scanned.
type request struct {
	size      int64 // head and body
	headBytes int
	lines     int
	isPOST    bool
	// isPlain says that the request may be recognised: it is small enough and
	// does not end its connection.
	isPlain bool
	// forwardedFor is the value of the one X-Forwarded-For, else empty.
	forwardedFor []byte
	// id is the value of the one well-formed X-Request-Id, else empty.
	id []byte
	// key is the request without the lines that no answer depends on. It ends
	// with the head.
	key []byte
}

// scan looks at a request from its first byte on, and fills r when its end is
// known. What is not to the letter is strange: RFC 9112, sections 2.2, 3, 5 and
// 6, without anything that is left to a recipient's tolerance.
func (r *request) scan(b []byte) outcome {
	if len(b) > 0 && !isToken(b[0]) {
		return strange
	}
	end := bytes.Index(b[:min(len(b), maxRequestBytes)], []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) >= maxRequestBytes || !isCleanPart(b) {
			return strange
		}
		return partial
	}
	head := b[:end+len("\r\n")]
	*r = request{headBytes: end + len("\r\n\r\n"), key: r.key[:0]}
	line, rest := cutLine(head)
	if !r.scanRequestLine(line) {
		return strange
	}
	r.key = append(r.key, head[:len(head)-len(rest)]...)
	r.isPlain = true
	ids, hasLength, length := 0, false, int64(0)
	for len(rest) > 0 {
		whole := rest
		line, rest = cutLine(rest)
		whole = whole[:len(whole)-len(rest)]
		r.lines++
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !areTokens(line[:colon]) || !isValue(line[colon+1:]) {
			return strange
		}
		name, value := line[:colon], bytes.Trim(line[colon+1:], " \t")
		switch classify(name) {
		case lineBreaks:
			return strange
		case lineLength:
			if hasLength {
				return strange
			}
			var ok bool
			if length, ok = digits(value); !ok {
				return strange
			}
			hasLength = true
		case lineConnection:
			if !bytes.EqualFold(value, []byte("keep-alive")) {
				r.isPlain = false
			}
		case lineID:
			if ids++; ids == 1 && isRequestID(value) {
				r.id = value
			} else {
				r.id = nil
			}
			continue
		case lineForwarded:
			if r.forwardedFor != nil {
				r.isPlain = false // net/http puts the lines together
			}
			r.forwardedFor = value
			continue
		case lineIgnored:
			continue
		case lineCompared:
		}
		r.key = append(r.key, whole...)
	}
	r.size = int64(r.headBytes) + length
	r.isPlain = r.isPlain && r.size <= maxRequestBytes
	return framed
}

// scanRequestLine wants a method, a target and HTTP/1.1.
func (r *request) scanRequestLine(line []byte) bool {
	method, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok || !areTokens(method) || string(method) == "CONNECT" {
		return false
	}
	target, version, ok := bytes.Cut(rest, []byte(" "))
	if !ok || len(target) == 0 || string(version) != "HTTP/1.1" || !isValue(target) {
		return false
	}
	r.isPOST = string(method) == "POST"
	return true
}

// cutLine cuts the first line off; it comes without its end. A line that ends
// in a bare LF keeps it, and is then not valid.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\r\n"))
	return line, rest
}

// isCleanPart reports whether every line of an unfinished head ends in CR LF:
// net/http also takes a bare LF for an end, and would see one before we do.
func isCleanPart(b []byte) bool {
	for i, c := range b {
		if c == '\n' && (i == 0 || b[i-1] != '\r') {
			return false
		}
	}
	return true
}

// digits reads a Content-Length.
func digits(value []byte) (int64, bool) {
	const maxDigits = 15
	if len(value) == 0 || len(value) > maxDigits {
		return 0, false
	}
	for _, c := range value {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	return n, err == nil
}

// isValue reports whether all bytes may stand in a field's value.
func isValue(b []byte) bool {
	for _, c := range b {
		if (c < ' ' && c != '\t') || c == 0x7f {
			return false
		}
	}
	return true
}

func areTokens(b []byte) bool {
	for _, c := range b {
		if !isToken(c) {
			return false
		}
	}
	return len(b) > 0
}

// isToken reports whether c may stand in a method or in a field's name (RFC
// 9110, section 5.6.2).
func isToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c > ' ' && c < 0x7f && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
