package gqlhttp

import (
	"errors"
	"strings"

	"paymentlinks/internal/address"
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
		bare := address.HostName(name)
		if bare == "" || strings.ContainsAny(bare, "/@ ") {
			return nil, errors.New("gqlhttp: an allowed host is not a host name")
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
	name := address.HostName(host)
	if _, ok := h[name]; ok || address.IsLoopback(name) {
		return nil
	}
	return fault.Wrap(fault.Misdirected, "This server does not answer for the host name of the request.",
		fault.Because("the host %q is not allowed", fault.Cut(host)))
}
