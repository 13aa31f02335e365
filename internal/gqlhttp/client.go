package gqlhttp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"paymentlinks/internal/address"
)

// proxies are the networks whose word is taken about whom they pass on.
type proxies []netip.Prefix

func newProxies(trusted []string) (proxies, error) {
	p := make(proxies, 0, len(trusted))
	for _, text := range trusted {
		prefix, err := address.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("gqlhttp: trusted proxy: %w", err)
		}
		p = append(p, prefix)
	}
	return p, nil
}

func (p proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// client returns the address of who sent a request: the connection's own, or,
// where that is of a trusted proxy, the last one in X-Forwarded-For that is not.
// Each proxy appends whom it was called by, so what stands further to the left
// may be invented. It returns "" for a connection without an address.
func (p proxies) client(remote string, forwardedFor []string) string {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	client := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trusts(client) {
			break
		}
		next, err := address.ParseHop(hop)
		if err != nil {
			break // the proxy could not tell
		}
		client = next
	}
	return client.String()
}
