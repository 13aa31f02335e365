package gqlhttp

import (
	"crypto/rand"
	"net/http"
)

// maxRequestIDBytes bounds a request id: a UUID has 36.
const maxRequestIDBytes = 64

// requestID returns the id that the client or a proxy gave the request, if it
// is short and made of characters that are safe in headers, JSON and log lines;
// else a new one.
func requestID(header http.Header) string {
	if given := header["X-Request-Id"]; len(given) == 1 && isRequestID(given[0]) {
		return given[0]
	}
	return rand.Text()
}

func isRequestID(id string) bool {
	if id == "" || len(id) > maxRequestIDBytes {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
