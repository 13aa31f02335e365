package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// newUpstream starts an upstream that sends every caller the same list, and
// counts the connections that it is asked over.
func newUpstream(t *testing.T, list string) (url string, connections *atomic.Int64) {
	t.Helper()
	connections = &atomic.Int64{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, list)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, connections
}

func TestUpstreamReuse(t *testing.T) {
	for setting, want := range map[string]int64{"": 3, "off": 3, "on": 1} {
		url, connections := newUpstream(t, `[]`)
		s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+url, "PAYMENTLINKS_UPSTREAM_REUSE="+setting, "PAYMENTLINKS_FRESH_FOR=0s")
		for range 3 {
			s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
		}
		if got := connections.Load(); got != want {
			t.Errorf("PAYMENTLINKS_UPSTREAM_REUSE=%q: three calls over %d connections, want %d", setting, got, want)
		}
	}
}

func TestUpstreamMaxLinks(t *testing.T) {
	const list = `[{"id":"a","custom_link_path":"https://h/a"},{"id":"b","custom_link_path":"https://h/b"}]`
	for setting, want := range map[string]string{"": `"id": "b"`, "2": `"id": "b"`, "1": "UPSTREAM_MALFORMED_RESPONSE"} {
		url, _ := newUpstream(t, list)
		s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+url, "PAYMENTLINKS_UPSTREAM_MAX_LINKS="+setting)
		if got := s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k"); !strings.Contains(got, want) {
			t.Errorf("PAYMENTLINKS_UPSTREAM_MAX_LINKS=%q: %s, want %s", setting, got, want)
		}
	}
}
