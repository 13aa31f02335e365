package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"paymentlinks/internal/sandbox"
)

// asTenants has so many tenants ask for their lists at once.
func (s *service) asTenants(t *testing.T, tenants int) {
	t.Helper()
	var callers sync.WaitGroup
	for i := range tenants {
		callers.Go(func() {
			_, _, err := s.try(t.Context(), http.MethodPost, s.url+"/graphql", `{"query": "{ paymentLinks { id } }"}`,
				"BP-User-Token", fmt.Sprintf("tenant-%d", i), "X-Api-Key", sandbox.APIKey)
			if err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
}

func TestFailedTriesAreRepeated(t *testing.T) {
	s := start(t)
	status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "status", "status": 503, "calls": 2}`)
	if status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	if answer := s.query(t, `{ paymentLinks { id } }`); strings.Contains(answer, "errors") {
		t.Errorf("answer %s, want the links of the third try", answer)
	}
	if calls := s.upstreamCalls(t); calls != 3 {
		t.Errorf("%d upstream calls, want 3", calls)
	}
}

// TestUpstreamConcurrency: whatever the callers, upstream sees no more calls at
// once than the setting says.
func TestUpstreamConcurrency(t *testing.T) {
	const places = 4
	var inFlight, over, calls atomic.Int64
	full := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		if now := inFlight.Add(1); now > places {
			over.Add(1)
		} else if now == places/2 { // as many as tenants without a list may have
			select {
			case <-full:
			default:
				close(full)
			}
		}
		<-full
		inFlight.Add(-1)
		_, _ = w.Write([]byte("[]"))
	}))
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, fmt.Sprintf("PAYMENTLINKS_UPSTREAM_CONCURRENCY=%d", places))
	s.asTenants(t, 40)
	if over.Load() > 0 || calls.Load() != 40 {
		t.Errorf("%d of %d upstream calls beyond %d at once, want 40 in turn", over.Load(), calls.Load(), places)
	}
}

func TestBreaker(t *testing.T) {
	for setting, asked := range map[string]bool{"on": false, "off": true} {
		t.Run(setting, func(t *testing.T) {
			demo := sandbox.New(sandbox.Config{})
			defer demo.Close()
			// A Retry-After that no request waits for keeps it at one call each.
			if err := demo.Fail(sandbox.Fault{Mode: sandbox.ModeStatus, Status: http.StatusServiceUnavailable, RetryAfter: "300"}); err != nil {
				t.Fatal(err)
			}
			upstream := httptest.NewServer(demo)
			defer upstream.Close()
			s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_BREAKER="+setting)
			s.asTenants(t, 50)
			before := demo.Calls().Total
			answer := s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", sandbox.SeedToken, "X-Api-Key", sandbox.APIKey)
			if !strings.Contains(answer, "UPSTREAM_UNAVAILABLE") || !strings.Contains(answer, "retryAfter") {
				t.Errorf("answer %s, want UPSTREAM_UNAVAILABLE with a time", answer)
			}
			if before != 50 || (demo.Calls().Total > before) != asked {
				t.Errorf("%d upstream calls, then %d; want 50 and asked again: %v", before, demo.Calls().Total, asked)
			}
			if logged := strings.Contains(s.stderr.String(), "breaker for upstream changed"); logged == asked {
				t.Errorf("breaker logged: %v", logged)
			}
		})
	}
}
