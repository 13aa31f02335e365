package caller

import "strings"

// maxTokenBytes bounds a bearer token: several times what issuers send, and
// what one signature check may cost.
const maxTokenBytes = 8 << 10

// bearer returns the bearer token among the values of Authorization; false
// when there is none or the scheme is another. The syntax is that of RFC 6750,
// section 2.1, the scheme in any case (RFC 9110, section 11.1).
func bearer(authorization []string) (token string, ok bool, err error) {
	if len(authorization) == 0 {
		return "", false, nil
	}
	if len(authorization) > 1 {
		return "", false, refuseToken(checkAlone, "Authorization must be sent at most once.")
	}
	// The scheme ends at any white space: a tab there is malformed, and must not
	// make the caller one that brings nothing.
	scheme, rest := authorization[0], ""
	if end := strings.IndexAny(scheme, " \t"); end >= 0 {
		scheme, rest = scheme[:end], scheme[end:]
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false, nil
	}
	token = strings.TrimLeft(rest, " ")
	switch {
	case len(token) > maxTokenBytes:
		return "", false, refuseToken(checkForm, "The bearer token is longer than 8,192 bytes.")
	case !isToken68(token):
		return "", false, refuseToken(checkForm, "The bearer token is malformed.")
	}
	return token, true, nil
}

// isToken68 reports whether s is a token68 of RFC 9110, section 11.2.
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	if s == "" {
		return false
	}
	for i := range len(s) {
		switch b := s[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case strings.IndexByte("-._~+/", b) >= 0:
		default:
			return false
		}
	}
	return true
}
