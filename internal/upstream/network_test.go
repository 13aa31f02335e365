package upstream_test

import (
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/sandbox"
)

// newNetwork returns a proxy to an upstream, which does to its connections what
// toxics say, and the URL of the proxy.
func newNetwork(t *testing.T, demo *sandbox.Server) (*toxiproxy.Proxy, string) {
	t.Helper()
	server := httptest.NewServer(demo)
	t.Cleanup(server.Close)
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(api, "upstream", "127.0.0.1:0", strings.TrimPrefix(server.URL, "http://"))
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy, "http://" + proxy.Listen
}

// TestNetwork does to the bytes between client and upstream what networks do.
func TestNetwork(t *testing.T) {
	noise := make([]byte, 100_000) // so that compression makes it no smaller
	_, _ = rand.Read(noise)
	list := fmt.Sprintf(`[{"id": "1", "custom_link_path": "https://pay.example/a/b", "description": "%x"}]`, noise)
	tests := map[string]struct {
		toxic      string // of toxiproxy
		attributes string
		want       []fault.Kind
	}{
		"latency":              {"latency", `{"latency": 20, "jitter": 10}`, []fault.Kind{""}},
		"latency over a try":   {"latency", `{"latency": 2000}`, []fault.Kind{fault.UpstreamTimeout, fault.UpstreamTimeout, fault.UpstreamTimeout}},
		"slow drip":            {"slicer", `{"average_size": 4000, "size_variation": 100, "delay": 10}`, []fault.Kind{""}},
		"slow drip over a try": {"slicer", `{"average_size": 300, "size_variation": 10, "delay": 5000}`, []fault.Kind{fault.UpstreamTimeout, fault.UpstreamTimeout, fault.UpstreamTimeout}},
		"narrow":               {"bandwidth", `{"rate": 3000}`, []fault.Kind{""}},
		"too narrow":           {"bandwidth", `{"rate": 50}`, []fault.Kind{fault.UpstreamTimeout, fault.UpstreamTimeout, fault.UpstreamTimeout}},
		"reset":                {"reset_peer", `{"timeout": 0}`, []fault.Kind{fault.UpstreamUnavailable, fault.UpstreamUnavailable, fault.UpstreamUnavailable}},
		"cut in the headers":   {"limit_data", `{"bytes": 40}`, []fault.Kind{fault.UpstreamUnavailable, fault.UpstreamUnavailable, fault.UpstreamUnavailable}},
		"cut in the body":      {"limit_data", `{"bytes": 1000}`, []fault.Kind{fault.UpstreamMalformed, fault.UpstreamMalformed}},
		"nothing comes":        {"timeout", `{"timeout": 0}`, []fault.Kind{fault.UpstreamTimeout, fault.UpstreamTimeout, fault.UpstreamTimeout}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			demo := sandbox.New(sandbox.Config{})
			t.Cleanup(demo.Close)
			demo.SetBody(sandbox.SeedToken, []byte(list))
			proxy, url := newNetwork(t, demo)
			toxic := fmt.Sprintf(`{"name": "t", "type": %q, "stream": "downstream", "toxicity": 1, "attributes": %s}`, test.toxic, test.attributes)
			if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
				t.Fatal(err)
			}
			h := newHouse(t, url, timeoutFor(true, test.want))
			_, _, tries, err := h.ask(t)
			if !slices.Equal(tries, test.want) {
				t.Errorf("tries %q, want %q (error %v)", tries, test.want, err)
			}
		})
	}
}

// TestNetworkComesBack: the list is stale while nothing gets through, and fresh
// with the first try that does.
func TestNetworkComesBack(t *testing.T) {
	demo := sandbox.New(sandbox.Config{})
	t.Cleanup(demo.Close)
	proxy, url := newNetwork(t, demo)
	h := newHouse(t, url, timeoutFor(false, nil))
	if links, stale, _, err := h.ask(t); links != 5 || stale || err != nil {
		t.Fatalf("%d links, stale %v, error %v", links, stale, err)
	}
	proxy.Stop()
	if links, stale, _, err := h.ask(t); links != 5 || !stale || err != nil {
		t.Errorf("without a network: %d links, stale %v, error %v; want the old list", links, stale, err)
	}
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; {
		_, stale, _, err := h.ask(t) // waits for its try, or has the old list until the next
		if !stale && err == nil {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("stale %v, error %v long after the network came back", stale, err)
		}
	}
}
