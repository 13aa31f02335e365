package gqlhttp

import (
	"errors"
	"net"
	"net/netip"
	"strings"

	"paymentlinks/internal/fault"
)

// hosts are the names that the Host header may carry; nil allows any.
//
// A page whose name was rebound to a loopback address is of the same origin as
// that address, so only the name in Host gives it away.
type hosts map[string]struct{}

func newHosts(allowed []string) (hosts, error) {
	if allowed == nil {
		return nil, nil //nolint:nilnil // nil is the documented "any host"
	}
	h := make(hosts, len(allowed))
	for _, name := range allowed {
		bare := hostName(name)
		if bare == "" || strings.ContainsAny(bare, "/@ ") {
			return nil, errors.New("gqlhttp: an allowed host is no host name")
		}
		h[bare] = struct{}{}
	}
	return h, nil
}

// check refuses a Host that is neither configured nor a name of loopback.
func (h hosts) check(host string) error {
	if h == nil {
		return nil
	}
	name := hostName(host)
	if _, ok := h[name]; ok || isLoopback(name) {
		return nil
	}
	return fault.New(fault.Misdirected, "This server does not answer for the host name of the request.")
}

// hostName cuts port, brackets and the final dot, and lower-cases.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}
