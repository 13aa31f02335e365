package gqlhttp

import (
	"fmt"
	"net/http"
	"strings"

	"paymentlinks/internal/address"
	"paymentlinks/internal/fault"
)

// origins are the browser origins that may call the API.
type origins map[address.Origin]struct{}

func newOrigins(named []string) (origins, error) {
	o := make(origins, len(named))
	for _, name := range named {
		origin, err := address.ParseOrigin(name)
		if err != nil {
			return nil, fmt.Errorf("gqlhttp: allowed origin: %w", err)
		}
		o[origin] = struct{}{}
	}
	return o, nil
}

// named reports whether a value of Origin is one of the configured.
func (o origins) named(sent string) bool {
	if len(o) == 0 {
		return false
	}
	origin, err := address.ParseOrigin(sent)
	if err != nil {
		return false
	}
	_, ok := o[origin]
	return ok
}

// refuseForeign refuses what a browser sends on behalf of another site's page,
// whatever the method: such a page could spend the caller's standing (a
// loopback address, configured credentials) although it cannot read the answer.
//
// A browser says so in Sec-Fetch-Site, which pages cannot set, and in Origin,
// where it sends one. Both have to be in order; same-site is foreign too, as
// another team's host is. Other clients send neither and pass. Behind a proxy
// that rewrites Host, the public origin has to be among the allowed ones.
func (o origins) refuseForeign(r *http.Request) error {
	sent := r.Header["Origin"]
	isNamed := len(sent) == 1 && o.named(sent[0])
	if isNamed {
		return nil
	}
	if len(sent) > 1 || (len(sent) == 1 && !isOwn(sent[0], r.Host)) {
		return fault.Wrap(fault.CrossSite, "Pages of this origin may not call this API.",
			fault.Because("the origin %q is not allowed", fault.Cut(strings.Join(sent, ", "))))
	}
	for _, site := range r.Header["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "none" {
			return fault.Wrap(fault.CrossSite, "Pages of other sites may not call this API.",
				fault.Because("Sec-Fetch-Site is %q", fault.Cut(site)))
		}
	}
	return nil
}

// isOwn reports whether an origin is this server's own host. The scheme is not
// compared: where TLS ends before us, we cannot know it.
func isOwn(origin, host string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	return ok && (scheme == "http" || scheme == "https") && host != "" && strings.EqualFold(rest, host)
}

// The answers to preflights, and what pages of a named origin may read.
const (
	corsMethods = "GET, POST"
	corsHeaders = "Accept, Authorization, BP-User-Token, Cache-Control, Content-Type, If-None-Match, X-Api-Key, X-Request-Id"
	corsExposed = "ETag, Retry-After, X-Request-Id, X-Snapshot"
	corsMaxAge  = "600" // seconds
)

// allow adds what a page of a named origin needs to read the answer.
func (o origins) allow(header http.Header, r *http.Request) {
	if sent := r.Header["Origin"]; len(sent) == 1 && o.named(sent[0]) {
		header.Set("Access-Control-Allow-Origin", sent[0])
		header.Set("Access-Control-Expose-Headers", corsExposed)
	}
}

// isPreflight reports whether a browser asks for leave to send a request.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// allowPreflight adds the leave. No credentials mode: the API knows no cookies.
func allowPreflight(header http.Header) {
	header.Set("Access-Control-Allow-Methods", corsMethods)
	header.Set("Access-Control-Allow-Headers", corsHeaders)
	header.Set("Access-Control-Max-Age", corsMaxAge)
}
