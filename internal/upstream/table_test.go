package upstream_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

// house is kept lists over the policies over the client, as in the program.
type house struct {
	store *snapshot.Store
	who   tenant.Tenant

	mu    sync.Mutex
	kinds []fault.Kind // of the tries, in order
}

// newHouse asks an upstream for every caller, under a try's time-out.
func newHouse(t *testing.T, url string, tryTimeout time.Duration) *house {
	t.Helper()
	client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: url, TryTimeout: tryTimeout}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	h := &house{}
	policies := newPolicies(t, upstream.Config{Lister: client, Events: upstream.Events{
		Tried: func(kind fault.Kind, _ time.Duration) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.kinds = append(h.kinds, kind)
		},
	}})
	h.store, err = snapshot.New(snapshot.Config{Lister: policies, Settings: snapshot.Settings{StaleFor: time.Minute, FetchTimeout: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.store.Close)
	pair, err := tenant.NewCredentials(sandbox.SeedToken, sandbox.APIKey)
	if err != nil {
		t.Fatal(err)
	}
	h.who = keyer.Tenant(pair)
	return h
}

// timeoutFor is the time of a try: short where it is to run out, and long
// enough for a busy machine where it is not.
func timeoutFor(hangs bool, tries []fault.Kind) time.Duration {
	if hangs && slices.Contains(tries, fault.UpstreamTimeout) {
		return 300 * time.Millisecond
	}
	return 15 * time.Second
}

// ask returns how many links came, or the error, and the kinds of the tries
// that it took.
func (h *house) ask(t *testing.T) (links int, stale bool, tries []fault.Kind, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h.mu.Lock()
	h.kinds = nil
	h.mu.Unlock()
	got, err := h.store.Snapshot(ctx, h.who, time.Time{})
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		return 0, false, h.kinds, err
	}
	return got.Set.Len(), got.Stale, h.kinds, nil
}

// TestTableOfAnswers goes through what upstream can answer, row by row, for a
// tenant that has no list and for one that has.
func TestTableOfAnswers(t *testing.T) {
	const seedLinks = 5
	once := func(kind fault.Kind) []fault.Kind { return []fault.Kind{kind} }
	twice := func(kind fault.Kind) []fault.Kind { return []fault.Kind{kind, kind} }
	thrice := func(kind fault.Kind) []fault.Kind { return []fault.Kind{kind, kind, kind} }
	status := func(status int) sandbox.Fault { return sandbox.Fault{Mode: sandbox.ModeStatus, Status: status} }
	body := func(status int, body string) sandbox.Fault {
		return sandbox.Fault{Mode: sandbox.ModeStatus, Status: status, Body: body}
	}
	after := func(status int, seconds string) sandbox.Fault {
		return sandbox.Fault{Mode: sandbox.ModeStatus, Status: status, RetryAfter: seconds}
	}
	const (
		fresh  = iota // the answer replaces the list
		kept          // the list stands in, marked stale
		purged        // the list is gone
	)
	tests := map[string]struct {
		fault sandbox.Fault
		tries []fault.Kind
		links int // of an answer that is fresh
		list  int // what becomes of it
		after time.Duration
	}{
		"200":                     {sandbox.Fault{}, once(""), seedLinks, fresh, 0},
		"204":                     {status(204), once(""), 0, fresh, 0},
		"200, some unreadable":    {body(200, `[{}, {"id":"1","custom_link_path":"https://pay.example/a/b"}]`), once(""), 1, fresh, 0},
		"200, a repeated id":      {body(200, `[{"id":"1","custom_link_path":"https://pay.example/a/b"},{"id":"1","custom_link_path":"https://pay.example/a/c"}]`), once(""), 1, fresh, 0},
		"200, all unreadable":     {body(200, `[{}]`), twice(fault.UpstreamMalformed), 0, kept, 0},
		"200, no array":           {body(200, `{}`), twice(fault.UpstreamMalformed), 0, kept, 0},
		"200, HTML":               {sandbox.Fault{Mode: sandbox.ModeMalformed}, twice(fault.UpstreamMalformed), 0, kept, 0},
		"200, cut off":            {sandbox.Fault{Mode: sandbox.ModeCutOff}, twice(fault.UpstreamMalformed), 0, kept, 0},
		"201":                     {body(201, `[]`), twice(fault.UpstreamMalformed), 0, kept, 0},
		"301":                     {sandbox.Fault{Mode: sandbox.ModeRedirect, Status: 301, Location: "https://elsewhere.example/"}, once(fault.UpstreamMalformed), 0, kept, 0},
		"304":                     {status(304), once(fault.UpstreamMalformed), 0, kept, 0},
		"400":                     {status(400), once(fault.UpstreamRejected), 0, kept, 0},
		"404":                     {status(404), once(fault.UpstreamRejected), 0, kept, 0},
		"401":                     {status(401), once(fault.Unauthenticated), 0, purged, 0},
		"403":                     {status(403), once(fault.Forbidden), 0, purged, 0},
		"408":                     {status(408), thrice(fault.UpstreamTimeout), 0, kept, 0},
		"429":                     {status(429), twice(fault.UpstreamRateLimited), 0, kept, time.Second},
		"429, not soon":           {after(429, "2"), once(fault.UpstreamRateLimited), 0, kept, 2 * time.Second},
		"500":                     {status(500), thrice(fault.UpstreamUnavailable), 0, kept, 0},
		"502":                     {status(502), thrice(fault.UpstreamUnavailable), 0, kept, 0},
		"503":                     {status(503), thrice(fault.UpstreamUnavailable), 0, kept, 0},
		"503, not soon":           {after(503, "120"), once(fault.UpstreamUnavailable), 0, kept, 2 * time.Minute},
		"504":                     {status(504), thrice(fault.UpstreamUnavailable), 0, kept, 0},
		"disconnected":            {sandbox.Fault{Mode: sandbox.ModeDisconnect}, thrice(fault.UpstreamUnavailable), 0, kept, 0},
		"hanging":                 {sandbox.Fault{Mode: sandbox.ModeHang}, thrice(fault.UpstreamTimeout), 0, kept, 0},
		"stalled in the body":     {sandbox.Fault{Mode: sandbox.ModeStall}, thrice(fault.UpstreamTimeout), 0, kept, 0},
		"dripping, not in time":   {sandbox.Fault{Mode: sandbox.ModeSlowDrip, Delay: 100 * time.Millisecond}, thrice(fault.UpstreamTimeout), 0, kept, 0},
		"dripping, but in time":   {sandbox.Fault{Mode: sandbox.ModeSlowDrip, Delay: time.Millisecond}, once(""), seedLinks, fresh, 0},
		"late, but in time":       {sandbox.Fault{Delay: 50 * time.Millisecond}, once(""), seedLinks, fresh, 0},
		"503 once":                {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503, Calls: 1}, []fault.Kind{fault.UpstreamUnavailable, ""}, seedLinks, fresh, 0},
		"cut off once":            {sandbox.Fault{Mode: sandbox.ModeCutOff, Calls: 1}, []fault.Kind{fault.UpstreamMalformed, ""}, seedLinks, fresh, 0},
		"429 once, soon":          {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429, RetryAfter: "1", Calls: 1}, []fault.Kind{fault.UpstreamRateLimited, ""}, seedLinks, fresh, 0},
		"503 twice":               {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503, Calls: 2}, []fault.Kind{fault.UpstreamUnavailable, fault.UpstreamUnavailable, ""}, seedLinks, fresh, 0},
		"503 once, and says soon": {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503, RetryAfter: "1", Calls: 1}, []fault.Kind{fault.UpstreamUnavailable, ""}, seedLinks, fresh, 0},
	}
	// Most of a row is waiting: they run beside each other.
	var rows sync.WaitGroup
	defer rows.Wait()
	places := make(chan struct{}, 16)
	for name, test := range tests {
		for tenantHas, warm := range map[string]bool{"no list": false, "a list": true} {
			name := name + ", tenant with " + tenantHas
			demo := sandbox.New(sandbox.Config{})
			t.Cleanup(demo.Close)
			server := httptest.NewServer(demo)
			t.Cleanup(server.Close)
			h := newHouse(t, server.URL, timeoutFor(test.fault.Mode != sandbox.ModeStatus, test.tries))
			if warm {
				if _, _, _, err := h.ask(t); err != nil {
					t.Fatal(err)
				}
			}
			if err := demo.Fail(test.fault); err != nil {
				t.Fatal(err)
			}
			places <- struct{}{}
			rows.Go(func() {
				defer func() { <-places }()
				links, stale, tries, err := h.ask(t)
				if !slices.Equal(tries, test.tries) {
					t.Errorf("%s: tries %q, want %q", name, tries, test.tries)
				}
				last := test.tries[len(test.tries)-1]
				switch {
				case test.list == fresh:
					if err != nil || stale || links != test.links {
						t.Errorf("%s: %d links, stale %v, error %v; want %d fresh ones", name, links, stale, err, test.links)
					}
				case test.list == kept && warm:
					if err != nil || !stale || links != seedLinks {
						t.Errorf("%s: %d links, stale %v, error %v; want the old list", name, links, stale, err)
					}
				default:
					classified, ok := errors.AsType[*fault.Error](err)
					if !ok || classified.Kind != last || classified.RetryAfter != test.after {
						t.Errorf("%s: error %v, want %s after %v", name, err, last, test.after)
					}
				}
			})
		}
	}
}
