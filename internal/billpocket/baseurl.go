package billpocket

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// listURL checks the base URL and appends the call's path. Its errors do not
// repeat the URL: people put secrets into URLs.
func listURL(base string, insecure bool) (*url.URL, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, errors.New("upstream URL is no absolute URL")
	case u.User != nil:
		return nil, errors.New("upstream URL must not hold credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("upstream URL must have neither query nor fragment")
	}
	switch u.Scheme {
	case "https":
	case "http":
		if !insecure && !isLoopback(u.Hostname()) {
			return nil, errors.New("upstream URL must be https unless its host is loopback or insecure upstreams are allowed")
		}
	default:
		return nil, errors.New("upstream URL must be https")
	}
	if u.Path == "" {
		u.Path = "/" // JoinPath would make a relative path, and no request line may hold one
	}
	return u.JoinPath("v1", "custom-link"), nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
