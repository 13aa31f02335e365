//go:build linux

package attack_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// inFlight is what may be in flight in these tests, and beside is what the program
// takes beside it: connections, goroutines, and garbage that Go has not collected.
const (
	inFlight = 64 << 20
	beside   = 128 << 20
)

// TestAnswersBeyondTheMemory: 60 callers ask for answers of some 10 MB each, and
// read nothing. A small question is answered beside them.
func TestAnswersBeyondTheMemory(t *testing.T) {
	t.Parallel()
	p := start(t, "PAYMENTLINKS_IN_FLIGHT_BYTES=64MiB", "PAYMENTLINKS_SNAPSHOT_BYTES=64MiB", "PAYMENTLINKS_ANSWER_BYTES=0", "GOMEMLIMIT=192MiB")
	p.give(t, plain())
	api, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	p.cost(t, func() {
		for range 60 {
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", api.Host)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			asked := body(`{paymentLinks{`+aliases(12, `id url`)+`}}`, "")
			if _, err := fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nBP-User-Token: %s\r\nX-Api-Key: demo-key\r\nContent-Length: %d\r\n\r\n%s",
				api.Host, merchant, len(asked), asked); err != nil {
				t.Fatal(err)
			}
		}
	}).within(t, time.Minute, inFlight+beside)
	if a := p.ask(t, "demo-seed", `{ paymentLinks { id } }`, ""); a.status != http.StatusOK {
		t.Errorf("a small question beside them: %v", a)
	}
}

// TestListsThatStall: upstream sends all but the last byte of lists of 8 MiB to
// 200 callers that it does not know.
func TestListsThatStall(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	almost := strings.Repeat(" ", size-1)
	end := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		_, _ = io.WriteString(w, almost)
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(upstream.Close)
	t.Cleanup(func() { close(end) })
	p := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_IN_FLIGHT_BYTES=64MiB", "PAYMENTLINKS_UPSTREAM_TIMEOUT=1s",
		"PAYMENTLINKS_REQUEST_TIMEOUT=3s", "GOMEMLIMIT=192MiB")
	p.cost(t, func() {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				a, err := p.try(t.Context(), body(`{ paymentLinks { id } }`, ""), asMerchant(fmt.Sprint("m", i), nil)...)
				if err != nil || !strings.Contains(string(a.body), `"errors"`) {
					t.Errorf("a caller got %v %v", a, err)
				}
			})
		}
		all.Wait()
	}).within(t, time.Minute, inFlight+beside)
}
