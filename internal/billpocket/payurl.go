package billpocket

import (
	"net/url"
	"strconv"
	"strings"
)

// payURL returns the URL to pay at: the path if it is an absolute http or
// https URL, else domain, slug and code if they make one, else "". White space
// round each of them does not count.
func payURL(path, domain, slug, code string) string {
	if made, ok := absoluteURL(path); ok {
		return made
	}
	domain, slug, code = strings.TrimSpace(domain), strings.TrimSpace(slug), strings.TrimSpace(code)
	if domain == "" || slug == "" || code == "" {
		return ""
	}
	made, _ := absoluteURL(strings.TrimRight(domain, "/") + "/" + slug + "/" + code)
	return made
}

// absoluteURL returns an absolute http or https URL as every client can read
// it; false when s is none. What upstream really sends is told without the
// work of url.Parse.
func absoluteURL(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "https://"); ok && isPlain(rest) {
		return s, true
	}
	if !isAbsolute(s) {
		return "", false
	}
	escaped := escapeURL(s)
	if escaped != s && !isAbsolute(escaped) {
		return "", false // what had to be escaped stands in the host
	}
	return escaped, true
}

func isAbsolute(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return false
	}
	if port := u.Port(); port != "" {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return err == nil
}

// isPlain reports whether s is a host name and a path of letters, digits and
// the marks that mean nothing but themselves. False says nothing.
func isPlain(s string) bool {
	host := len(s)
	for i := range len(s) {
		switch c := s[i] | 0x20; { // lower case; "-", "." and digits stay themselves
		case 'a' <= c && c <= 'z', isDigit(s[i]), s[i] == '-', s[i] == '.':
		case s[i] == '/':
			host = min(host, i)
		case s[i] == '_' && host < i:
		default:
			return false
		}
	}
	return host > 0
}

// escapeURL writes as %XX what a URI must not hold (RFC 3986, section 2), such
// as a space, a letter beyond ASCII, a % that escapes nothing, a bracket behind
// the authority and a second #. Browsers read such URLs, and many clients do not.
func escapeURL(s string) string {
	authority := strings.Index(s, "://") + len("://")
	path := len(s)
	if end := strings.IndexAny(s[authority:], "/?#"); end >= 0 {
		path = authority + end
	}
	fragment := strings.IndexByte(s, '#')
	var b []byte // nil while nothing had to be escaped
	for i := range len(s) {
		c := s[i]
		allowed := isURIByte(c)
		switch c {
		case '%':
			allowed = i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0
		case '[', ']':
			allowed = i < path
		case '#':
			allowed = i == fragment
		}
		switch {
		case !allowed:
			if b == nil {
				b = append(make([]byte, 0, len(s)+16), s[:i]...)
			}
			const digits = "0123456789ABCDEF"
			b = append(b, '%', digits[c>>4], digits[c&0xf])
		case b != nil:
			b = append(b, c)
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

// isURIByte reports whether c is unreserved or reserved in RFC 3986, sections
// 2.2 and 2.3. Where brackets and # may stand is for the caller to say.
func isURIByte(c byte) bool {
	lower := c | 0x20
	return 'a' <= lower && lower <= 'z' || isDigit(c) || strings.IndexByte("-._~:/?#[]@!$&'()*+,;=", c) >= 0
}
