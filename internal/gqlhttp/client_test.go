package gqlhttp_test

import (
	"testing"

	"paymentlinks/internal/gqlhttp"
)

func TestClientAddress(t *testing.T) {
	tests := map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                        {"192.0.2.9:4711", nil, "192.0.2.9"},
		"an invented client":              {"192.0.2.9:4711", []string{"203.0.113.5"}, "192.0.2.9"},
		"behind a proxy":                  {"10.1.2.3:80", []string{"203.0.113.5"}, "203.0.113.5"},
		"behind two":                      {"10.1.2.3:80", []string{"203.0.113.5, 10.9.9.9"}, "203.0.113.5"},
		"on two lines":                    {"10.1.2.3:80", []string{"203.0.113.5", "10.9.9.9"}, "203.0.113.5"},
		"invented before the proxy's":     {"10.1.2.3:80", []string{"127.0.0.1, 203.0.113.5"}, "203.0.113.5"},
		"proxies alone":                   {"10.1.2.3:80", []string{"10.0.0.1"}, "10.0.0.1"},
		"with a port":                     {"10.1.2.3:80", []string{"203.0.113.5:99"}, "203.0.113.5"},
		"unreadable":                      {"10.1.2.3:80", []string{"203.0.113.5, unknown"}, "10.1.2.3"},
		"nothing from the proxy":          {"10.1.2.3:80", nil, "10.1.2.3"},
		"IPv6":                            {"[2001:db8::1]:80", []string{"[2001:db8:9::5]:99"}, "2001:db8:9::5"},
		"IPv6, another":                   {"[2001:db8::2]:80", []string{"203.0.113.5"}, "2001:db8::2"},
		"an IPv4 address as IPv6":         {"[::ffff:10.1.2.3]:80", []string{"203.0.113.5"}, "203.0.113.5"},
		"no address":                      {"@", []string{"203.0.113.5"}, ""},
		"an address that is a single one": {"198.51.100.7:1", []string{"203.0.113.5"}, "203.0.113.5"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, func(c *gqlhttp.Config) { c.TrustedProxies = []string{"10.0.0.0/8", "2001:db8::1", "198.51.100.7"} })
			r := query(`{hello}`)
			r.RemoteAddr = test.remote
			for _, line := range test.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			e.do(r)
			if got := lines(t, e.log)[0]["client"]; got != test.want {
				t.Errorf("client %v, want %q", got, test.want)
			}
		})
	}
}

func TestProxiesAreNetworks(t *testing.T) {
	cfg := gqlhttp.Config{Executor: noExecutor{}, Callers: headerCallers{}, Guard: noGuard{}}
	for _, proxy := range []string{"proxy.example", "10.0.0.0/33", ""} {
		cfg.TrustedProxies = []string{proxy}
		if _, err := gqlhttp.New(cfg); err == nil {
			t.Errorf("New takes %q for a network", proxy)
		}
	}
}
