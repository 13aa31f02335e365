package paymentlink

import "strings"

// environments reads hosts. The links of one list share few of them, so it
// remembers the last.
type environments struct {
	liveHosts []string
	authority string
	last      Environment
}

func (e *environments) of(url string) Environment {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	if rest != e.authority {
		e.authority, e.last = rest, environmentOf(hostOf(rest), e.liveHosts)
	}
	return e.last
}

// environmentOf decides by host: a label test or sandbox is TEST even if the
// host is listed as live, because taking a test link for a live one loses no
// money, and the other mistake does.
func environmentOf(host string, liveHosts []string) Environment {
	for label := range strings.SplitSeq(host, ".") {
		if strings.EqualFold(label, "test") || strings.EqualFold(label, "sandbox") {
			return EnvironmentTest
		}
	}
	for _, live := range liveHosts {
		if host != "" && strings.EqualFold(host, strings.TrimSuffix(live, ".")) {
			return EnvironmentLive
		}
	}
	return EnvironmentUnknown
}

// hostOf cuts user information, port and the root's dot off an authority
// (RFC 3986, section 3.2).
func hostOf(authority string) string {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if strings.HasPrefix(host, "[") {
		return host // an IP literal has no labels
	}
	host, _, _ = strings.Cut(host, ":")
	return strings.TrimSuffix(host, ".")
}
