package address

import (
	"errors"
	"net/netip"
	"strings"
)

// ErrNoNetwork is returned for text that is neither a network nor an address.
var ErrNoNetwork = errors.New("must be a network such as 10.0.0.0/8, or an address")

// ParsePrefix reads a network (10.0.0.0/8), or an address as the network of it
// alone. The error is ErrNoNetwork.
func ParsePrefix(text string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, ErrNoNetwork
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// ParseHop reads an element of X-Forwarded-For: an address, which some proxies
// write with its port.
func ParseHop(text string) (netip.Addr, error) {
	text = strings.TrimSpace(text)
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap(), nil
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err
}
