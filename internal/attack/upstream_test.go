//go:build linux

package attack_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// upstream is an upstream that an attacker has brought to its knees, or owns.
type upstream struct {
	url      string
	calls    atomic.Int64 // that have come
	inFlight atomic.Int64
	most     atomic.Int64 // calls in flight at once
}

// newUpstream starts an upstream that answers with handle.
func newUpstream(t *testing.T, handle http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.calls.Add(1)
		now := u.inFlight.Add(1)
		defer u.inFlight.Add(-1)
		for most := u.most.Load(); now > most && !u.most.CompareAndSwap(most, now); most = u.most.Load() {
			continue
		}
		handle(w, r)
	}))
	u.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return u
}

// over is the setting that makes u the program's upstream.
func (u *upstream) over() string { return "PAYMENTLINKS_UPSTREAM_URL=" + u.url }

// hang answers nothing for as long as the caller waits.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

const ids = `{ paymentLinks { id } }`

// crowd has n callers with an invented pair each ask for their ids, until leave
// is called, which waits for their end.
func (p *program) crowd(t *testing.T, n int) (leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for i := range n {
		callers.Go(func() { _, _ = p.try(ctx, body(ids, ""), asMerchant(fmt.Sprint("invented-", i), nil)...) })
	}
	leave = func() {
		cancel()
		callers.Wait()
	}
	t.Cleanup(leave)
	return leave
}

// await waits until what is reached.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(patience); !reached(); <-look.C {
		if time.Now().After(deadline) {
			t.Fatalf("after %v there are not %s", patience, what)
		}
	}
}

// TestInventedPairs: whoever invents credentials gets a few places upstream, and
// gives them back on leaving.
func TestInventedPairs(t *testing.T) {
	t.Parallel()
	const callers, places = 1000, 32 // half of PAYMENTLINKS_UPSTREAM_CONCURRENCY
	u := newUpstream(t, hang)
	// A call that nobody waits for must end long before its time is up.
	p := start(t, u.over(), "PAYMENTLINKS_UPSTREAM_TIMEOUT=5m", "PAYMENTLINKS_REQUEST_TIMEOUT=10m")
	p.cost(t, func() {
		leave := p.crowd(t, callers)
		await(t, "calls in all places", func() bool { return u.inFlight.Load() == places })
		p.settle(t)
		if most := u.most.Load(); most > places {
			t.Errorf("%d calls at once, want %d", most, places)
		}
		leave()
		await(t, "free places", func() bool { return u.inFlight.Load() == 0 })
	}).within(t, 10*time.Second, maxPeak)
	if calls := u.calls.Load(); calls > callers/2 {
		t.Errorf("%d calls for %d callers, want none for those that have left", calls, callers)
	}
}

// TestAnnouncedBodies: a body that is announced and does not come takes no memory.
func TestAnnouncedBodies(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(64<<20))
		_, _ = io.WriteString(w, "[")
		_ = http.NewResponseController(w).Flush()
		hang(w, r)
	})
	p := start(t, u.over())
	p.cost(t, func() {
		leave := p.crowd(t, 600)
		await(t, "calls in all places", func() bool { return u.inFlight.Load() == 32 })
		leave()
	}).within(t, 10*time.Second, 64<<20)
}

// TestFailuresAreRemembered: an outage is not passed on one to one, neither to
// upstream nor to the log, also for a pair whose list was never there.
func TestFailuresAreRemembered(t *testing.T) {
	t.Parallel()
	const requests, most = 60, 20
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	p := start(t, u.over())
	for range requests {
		if a := p.ask(t, merchant, ids, ""); !bytes.Contains(a.body, []byte("UPSTREAM_UNAVAILABLE")) {
			t.Fatalf("got %v", a)
		}
	}
	p.stop()
	lines := strings.Count(p.log.String(), "not fetched")
	if u.calls.Load() > most || lines == 0 || lines > most {
		t.Errorf("%d requests: %d calls, %d lines in the log; want some and at most %d of each", requests, u.calls.Load(), lines, most)
	}
}

// TestTooManyLinks: a list over the bound is fetched once, and remembered.
func TestTooManyLinks(t *testing.T) {
	t.Parallel()
	var list bytes.Buffer
	for i := range 1_000_000 {
		fmt.Fprintf(&list, `%c{"id":"%d","custom_link_path":"https://h/a"}`, "[,"[min(i, 1)], i)
	}
	list.WriteByte(']')
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(list.Bytes()) })
	p := start(t, u.over())
	malformed := func() {
		if a := p.ask(t, merchant, ids, ""); !bytes.Contains(a.body, []byte("UPSTREAM_MALFORMED_RESPONSE")) {
			t.Errorf("got %v", a)
		}
	}
	p.cost(t, malformed).within(t, time.Second, 256<<20)
	p.cost(t, func() {
		for range 10 {
			malformed()
		}
	}).within(t, 100*time.Millisecond, 8<<20)
	if u.calls.Load() > 1 {
		t.Errorf("%d calls, want 1", u.calls.Load())
	}
}
