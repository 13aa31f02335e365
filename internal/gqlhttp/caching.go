package gqlhttp

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"paymentlinks/internal/exchange"
)

const noStore = "no-store"

// cacheControl says for how long the caller may keep an answer: until the list
// behind it stops being fresh or the answer changes by itself, as a link expires
// say, whichever comes first, rounded down. What depends on no list is not kept: nothing tells
// when it changes.
func cacheControl(f exchange.Freshness, now time.Time) string {
	if f.FreshUntil.IsZero() {
		return noStore
	}
	until := f.FreshUntil
	if !f.NextExpiry.IsZero() && f.NextExpiry.Before(until) {
		until = f.NextExpiry
	}
	seconds := max(int64(until.Sub(now)/time.Second), 0)
	if f.Stale {
		seconds = 0
	}
	return "private, max-age=" + strconv.FormatInt(seconds, 10)
}

// wantsFresh reports whether the request asks for a list no older than itself.
func wantsFresh(header http.Header) bool {
	for directive := range listElements(header["Cache-Control"]) {
		if name, _, _ := strings.Cut(directive, "="); strings.EqualFold(trimSpace(name), "no-cache") {
			return true
		}
	}
	return false
}

// varyOn names the request's fields that an answer depends on. Without named
// origins no answer depends on Origin: it is either ours or refused.
func varyOn(withOrigins bool) string {
	const fields = "Accept, Accept-Encoding, Authorization, BP-User-Token, X-Api-Key"
	if withOrigins {
		return fields + ", Origin"
	}
	return fields
}
