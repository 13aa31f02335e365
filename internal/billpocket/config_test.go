package billpocket_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/sandbox"
)

func TestBaseURL(t *testing.T) {
	tests := map[string]struct {
		url      string
		insecure bool
		want     string // in the error; "" is none
	}{
		"https":               {"https://api.example", false, ""},
		"prefix":              {"https://api.example/a/b/", false, ""},
		"loopback":            {"http://127.0.0.1:8080", false, ""},
		"loopback, named":     {"http://LocalHost", false, ""},
		"loopback, IPv6":      {"http://[::1]:1", false, ""},
		"loopback, mapped":    {"http://[::ffff:127.0.0.1]", false, ""},
		"http":                {"http://api.example", false, "http only reaches loopback"},
		"http, wildcard":      {"http://0.0.0.0", false, "http only reaches loopback"},
		"http, looks local":   {"http://localhost.example", false, "http only reaches loopback"},
		"http, allowed":       {"http://api.example", true, ""},
		"absent":              {"", false, "must be an absolute URL"},
		"relative":            {"/v1", false, "must be an absolute URL"},
		"no host":             {"https:///a", false, "must be an absolute URL"},
		"port alone":          {"https://:443", false, "must be an absolute URL"},
		"broken":              {"https://SECRET\x7f", false, "must be an absolute URL"},
		"other scheme":        {"ftp://api.example", true, "must be an https URL"},
		"credentials":         {"https://SECRET:SECRET@api.example", false, "must not hold a user"},
		"query":               {"https://api.example?key=SECRET", false, "must not have a"},
		"empty query":         {"https://api.example?", false, "must not have a"},
		"fragment":            {"https://api.example#SECRET", false, "must not have a"},
		"scheme in capitals":  {"HTTPS://api.example", false, ""},
		"path that goes back": {"https://api.example/a/../b", false, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: test.url, Insecure: test.insecure}})
			switch {
			case test.want == "":
				if err != nil {
					t.Errorf("New(%q) = %v, want no error", test.url, err)
				}
			case err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "upstream URL"):
				t.Errorf("New(%q) = %v, want an error of the upstream URL with %q", test.url, err, test.want)
			case strings.Contains(err.Error(), "SECRET"):
				t.Errorf("New(%q) quotes the URL: %v", test.url, err)
			}
		})
	}
}

func TestBaseURLKeepsItsPath(t *testing.T) {
	for base, want := range map[string]string{
		"":            "/v1/custom-link",
		"/":           "/v1/custom-link",
		"/card":       "/card/v1/custom-link",
		"/card/":      "/card/v1/custom-link",
		"/a%2Fb":      "/a%2Fb/v1/custom-link",
		"/card/v1/x/": "/card/v1/x/v1/custom-link",
	} {
		var got string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.URL.EscapedPath()
			w.WriteHeader(http.StatusNoContent)
		}))
		client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL + base}})
		if _, err := client.List(t.Context(), credentials(t, "t"), nil); err != nil {
			t.Errorf("base path %q: %v", base, err)
		}
		server.Close()
		if got != want {
			t.Errorf("base path %q: asked for %q, want %q", base, got, want)
		}
	}
}

func TestConfigRefusesNegatives(t *testing.T) {
	for _, c := range []billpocket.Config{{Settings: billpocket.Settings{MaxBodyBytes: -1}}, {Settings: billpocket.Settings{MaxLinks: -1}}, {Settings: billpocket.Settings{TryTimeout: -time.Second}}} {
		c.BaseURL = "https://api.example"
		if _, err := billpocket.New(c); err == nil {
			t.Errorf("New(%+v) had no error", c)
		}
	}
}

func TestTLS(t *testing.T) {
	upstream := sandbox.New(sandbox.Config{})
	server := httptest.NewTLSServer(upstream)
	t.Cleanup(server.Close)
	t.Cleanup(upstream.Close)

	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL}})
	_, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
	if fault.KindOf(err) != fault.UpstreamUnavailable || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("unknown authority: %v, want UPSTREAM_UNAVAILABLE that says so", err)
	}

	caFile := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(caFile, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	var notBefore, notAfter time.Time
	client = newClient(t, billpocket.Config{
		Settings:  billpocket.Settings{BaseURL: server.URL, CAFile: caFile},
		Certified: func(from, to time.Time) { notBefore, notAfter = from, to },
	})
	if _, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil); err != nil {
		t.Errorf("authority of the CA file: %v", err)
	}
	if shown := server.Certificate(); !notBefore.Equal(shown.NotBefore) || !notAfter.Equal(shown.NotAfter) {
		t.Errorf("told of a certificate from %s to %s, want %s to %s", notBefore, notAfter, shown.NotBefore, shown.NotAfter)
	}

	client = newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: strings.Replace(server.URL, "127.0.0.1", "localhost", 1), CAFile: caFile}})
	_, err = client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
	if fault.KindOf(err) != fault.UpstreamUnavailable || !strings.Contains(err.Error(), "another host") {
		t.Errorf("another host's certificate: %v, want UPSTREAM_UNAVAILABLE that says so", err)
	}

	plain := httptest.NewServer(upstream)
	t.Cleanup(plain.Close)
	client = newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: strings.Replace(plain.URL, "http:", "https:", 1)}})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != fault.UpstreamUnavailable {
		t.Errorf("https to a port of http: %v, want UPSTREAM_UNAVAILABLE", err)
	}
}

func TestCAFile(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing to see"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, filepath.Join(t.TempDir(), "missing.pem")} {
		if _, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example", CAFile: file}}); err == nil || !strings.Contains(err.Error(), "upstream CA file") {
			t.Errorf("CA file %s: %v, want an error that names the setting", filepath.Base(file), err)
		}
	}
}

func TestProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(proxy.Close)
	proxyURL, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "http://api.example", Insecure: true}, Proxy: http.ProxyURL(proxyURL)})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); err != nil {
		t.Fatal(err)
	}
	if asked != "http://api.example/v1/custom-link" {
		t.Errorf("the proxy was asked for %q", asked)
	}

	// A proxy that refuses the tunnel: its words stay out.
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "SECRET", http.StatusForbidden)
	}))
	t.Cleanup(refusing.Close)
	if proxyURL, err = url.Parse(refusing.URL); err != nil {
		t.Fatal(err)
	}
	client = newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Proxy: http.ProxyURL(proxyURL)})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != fault.UpstreamUnavailable || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("tunnel refused: %v, want UPSTREAM_UNAVAILABLE", err)
	}
}
