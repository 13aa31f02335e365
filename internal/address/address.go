package address

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// IsLoopback reports whether a host, as HostName gives it or in any case, is
// this machine by its name alone: localhost, or an address of the loopback
// range. Any other name may point anywhere.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// HostName returns the name in a Host header or an address to listen on: without
// port, brackets and the final dot, in lower case.
func HostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// IsHost reports whether text is an IP address or a DNS name.
func IsHost(text string) bool {
	if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return true
	}
	if text == "" || len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

// IsPort reports whether text is a port number, 0 to 65535.
func IsPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// ErrPlainHTTP is returned for an http URL beyond loopback.
var ErrPlainHTTP = errors.New("must be an https URL: http only reaches loopback")

// ParseService reads the URL of a service: absolute, https (or http to loopback,
// or anywhere with acceptHTTP), and without user, query and fragment. Its errors
// complete "the URL ..." and leave the URL out: there may be a password in it.
func ParseService(text string, acceptHTTP bool) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || !IsHost(u.Hostname()) || (u.Port() != "" && !IsPort(u.Port())):
		return nil, errors.New("must be an absolute URL such as https://api.example.com")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("must be an https URL")
	case u.User != nil:
		return nil, errors.New("must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("must not have a query")
	case u.Fragment != "" || strings.Contains(text, "#"):
		return nil, errors.New("must not have a fragment")
	case u.Scheme == "http" && !acceptHTTP && !IsLoopback(u.Hostname()):
		return nil, ErrPlainHTTP
	}
	return u, nil
}
