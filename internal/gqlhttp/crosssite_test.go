package gqlhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"paymentlinks/internal/gqlhttp"
)

// The requests of httptest are to example.com.
func TestCrossSite(t *testing.T) {
	named := func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"https://shop.example", "http://localhost:3000"} }
	tests := map[string]struct {
		headers []string
		named   bool
		refused bool
	}{
		"no browser":                      {nil, false, false},
		"a typed URL":                     {[]string{"Sec-Fetch-Site", "none"}, false, false},
		"our own page":                    {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://example.com"}, false, false},
		"our own page, behind TLS":        {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "https://EXAMPLE.com"}, false, false},
		"our own page, an old browser":    {[]string{"Origin", "https://example.com"}, false, false},
		"another site":                    {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false, true},
		"another site, no origin":         {[]string{"Sec-Fetch-Site", "cross-site"}, false, true},
		"another host of our site":        {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://blog.example.com"}, false, true},
		"same-site, no origin":            {[]string{"Sec-Fetch-Site", "same-site"}, false, true},
		"another site, an old browser":    {[]string{"Origin", "https://evil.example"}, false, true},
		"another port of our host":        {[]string{"Origin", "http://example.com:8081"}, false, true},
		"a name that begins like ours":    {[]string{"Origin", "https://example.com.evil.example"}, false, true},
		"an opaque origin":                {[]string{"Origin", "null"}, false, true},
		"an opaque origin, same-origin":   {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, false, true},
		"an empty origin":                 {[]string{"Origin", ""}, false, true},
		"another scheme":                  {[]string{"Origin", "file://example.com"}, false, true},
		"two origins, one ours":           {[]string{"Origin", "http://example.com", "Origin", "https://evil.example"}, false, true},
		"a relation that we do not know":  {[]string{"Sec-Fetch-Site", "cousin"}, false, true},
		"two relations, one fine":         {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "cross-site"}, false, true},
		"forged forwarding headers":       {[]string{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example"}, false, true},
		"a named origin":                  {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example"}, true, false},
		"a named origin, in capitals":     {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://SHOP.example"}, true, false},
		"a named origin with a port":      {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://localhost:3000"}, true, false},
		"a named origin on another port":  {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://localhost:3001"}, true, true},
		"a named origin without TLS":      {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://shop.example"}, true, true},
		"not the named one":               {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, true, true},
		"a named one beside another":      {[]string{"Origin", "https://shop.example", "Origin", "https://evil.example"}, true, true},
		"cross-site, no origin, although": {[]string{"Sec-Fetch-Site", "cross-site"}, true, true},
	}
	for name, test := range tests {
		for method, request := range map[string]*http.Request{
			"POST": query(`{hello}`, test.headers...), "GET": get("query={hello}", test.headers...),
			"OPTIONS": raw("OPTIONS", "/graphql", "", test.headers...),
		} {
			t.Run(name+", "+method, func(t *testing.T) {
				e := newEdge(t)
				if test.named {
					e = newEdge(t, named)
				}
				w := e.do(request)
				if refused := w.Code == http.StatusForbidden; refused != test.refused {
					t.Fatalf("status = %d, want refused %v", w.Code, test.refused)
				}
				if test.refused {
					if e.fixture.executed.Load() > 0 || !strings.Contains(w.Body.String(), "CROSS_SITE_REQUEST") {
						t.Errorf("executed %d, body %s, want none and CROSS_SITE_REQUEST", e.fixture.executed.Load(), w.Body)
					}
					if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
						t.Errorf("Access-Control-Allow-Origin = %q for a refused origin", got)
					}
				}
			})
		}
	}
}

func TestCORS(t *testing.T) {
	e := newEdge(t, func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"https://shop.example"} })
	const vary = "Accept, Accept-Encoding, Authorization, BP-User-Token, X-Api-Key, Origin"

	preflight := raw("OPTIONS", "/graphql", "", "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,authorization")
	w := e.do(preflight)
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":      "https://shop.example",
		"Access-Control-Allow-Methods":     "GET, POST",
		"Access-Control-Allow-Headers":     "Accept, Authorization, BP-User-Token, Cache-Control, Content-Type, If-None-Match, X-Api-Key, X-Request-Id",
		"Access-Control-Max-Age":           "600",
		"Access-Control-Allow-Credentials": "",
		"Vary":                             vary,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("preflight: %s = %q, want %q", name, got, want)
		}
	}
	if w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("preflight: %d %q, want 204 without a body", w.Code, w.Body)
	}

	w = e.do(query(`{hello}`, "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"))
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "https://shop.example" || w.Code != 200 {
		t.Errorf("request: %d, Access-Control-Allow-Origin %q, want 200 and the origin", w.Code, got)
	}
	if got, want := w.Header().Get("Access-Control-Expose-Headers"), "ETag, Retry-After, X-Request-Id, X-Snapshot"; got != want {
		t.Errorf("Access-Control-Expose-Headers = %q, want %q", got, want)
	}
	if w := e.do(query(`{`, "Origin", "https://shop.example")); w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Error("an error cannot be read by the named origin")
	}
	large := strings.Repeat("x", gqlhttp.DefaultMaxHeaderBytes)
	if w := e.do(query(`{hello}`, "Origin", "https://shop.example", "X-Filler", large)); w.Code != 431 || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("headers that are too large: %d, headers %v; want 431 that the named origin can read", w.Code, w.Header())
	}
	if w := e.do(query(`{hello}`)); w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Vary") != vary {
		t.Errorf("no browser: headers %v, want no leave, and Vary %q", w.Header(), vary)
	}
}

func TestPreflightIsNothingWithoutNamedOrigins(t *testing.T) {
	w := newEdge(t).do(raw("OPTIONS", "/graphql", "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST"))
	if w.Code != http.StatusForbidden || w.Header().Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("got %d %v, want 403 and no leave", w.Code, w.Header())
	}
}

func TestHost(t *testing.T) {
	tests := map[string]struct {
		allowed []string
		host    string
		status  int
	}{
		"any host":                      {nil, "whatever.example", 200},
		"any host, none":                {nil, "", 200},
		"loopback name":                 {[]string{}, "localhost:8080", 200},
		"loopback name, in capitals":    {[]string{}, "LOCALHOST", 200},
		"loopback name, with a dot":     {[]string{}, "localhost.:8080", 200},
		"loopback address":              {[]string{}, "127.0.0.1:8080", 200},
		"another loopback address":      {[]string{}, "127.1.2.3", 200},
		"loopback address of IPv6":      {[]string{}, "[::1]:8080", 200},
		"without a port":                {[]string{}, "[::1]", 200},
		"mapped loopback address":       {[]string{}, "[::ffff:127.0.0.1]:8080", 200},
		"a rebound name":                {[]string{}, "evil.example:8080", 421},
		"a name that begins like ours":  {[]string{}, "localhost.evil.example", 421},
		"an address that is not ours":   {[]string{}, "127.0.0.1.evil.example", 421},
		"none":                          {[]string{}, "", 421},
		"any address":                   {[]string{}, "0.0.0.0:8080", 421},
		"a configured name":             {[]string{"api.example"}, "API.example:443", 200},
		"a configured name with a port": {[]string{"api.example:8443"}, "api.example", 200},
		"not the configured name":       {[]string{"api.example"}, "www.api.example", 421},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, func(c *gqlhttp.Config) { c.AllowedHosts = test.allowed })
			r := query(`{hello}`, "X-Forwarded-Host", "localhost", "Forwarded", "host=localhost")
			r.Host = test.host
			w := e.do(r)
			if w.Code != test.status || (test.status == 421) != strings.Contains(w.Body.String(), "MISDIRECTED_REQUEST") {
				t.Errorf("Host %q: %d %s, want %d", test.host, w.Code, w.Body, test.status)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	base := func() gqlhttp.Config {
		return gqlhttp.Config{Executor: noExecutor{}, Callers: headerCallers{}, Guard: noGuard{}}
	}
	for name, change := range map[string]func(*gqlhttp.Config){
		"no executor":               func(c *gqlhttp.Config) { c.Executor = nil },
		"no callers":                func(c *gqlhttp.Config) { c.Callers = nil },
		"no guard":                  func(c *gqlhttp.Config) { c.Guard = nil },
		"a wildcard":                func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"*"} },
		"an origin with a path":     func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"https://shop.example/"} },
		"an origin without scheme":  func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"shop.example"} },
		"the opaque origin":         func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"null"} },
		"an origin with user":       func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"https://a@shop.example"} },
		"an origin of another kind": func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"ftp://shop.example"} },
		"an unreadable origin":      func(c *gqlhttp.Config) { c.AllowedOrigins = []string{"https://%zz"} },
		"an empty host":             func(c *gqlhttp.Config) { c.AllowedHosts = []string{""} },
		"a host with a path":        func(c *gqlhttp.Config) { c.AllowedHosts = []string{"api.example/graphql"} },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := base()
			change(&cfg)
			if _, err := gqlhttp.New(cfg); err == nil {
				t.Errorf("New accepted %s", name)
			}
		})
	}
	if _, err := gqlhttp.New(base()); err != nil {
		t.Errorf("New: %v, want none for the required settings alone", err)
	}
}
