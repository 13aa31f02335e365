package upstream_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

// outcomes is a lister that ends each try as its script says; no kind is
// retried here that the script does not repeat.
type outcomes struct {
	mu    sync.Mutex // the bubble orders the test's own reads and writes
	kind  fault.Kind
	hold  chan struct{} // tries wait for it, unless nil
	tries int
}

func (o *outcomes) List(_ context.Context, t tenant.Tenant, _ *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	o.mu.Lock()
	o.tries++
	kind, hold := o.kind, o.hold
	o.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if kind == "" {
		return list(t), nil
	}
	err := fault.New(kind, "No.")
	err.Permanent = true // one try a call keeps the counts plain
	return nil, err
}

// watched are Policies whose breaker's states are recorded.
type watched struct {
	*upstream.Policies
	up     *outcomes
	states []upstream.State
}

func newWatched(t *testing.T) *watched {
	w := &watched{up: &outcomes{}}
	w.Policies = newPolicies(t, upstream.Config{Lister: w.up, Events: upstream.Events{
		Breaker: func(s upstream.State) { w.states = append(w.states, s) },
	}})
	return w
}

// end makes n tries of so many tenants in turn end in one way.
func (w *watched) end(t *testing.T, n, tenants int, kind fault.Kind) {
	t.Helper()
	w.up.kind = kind
	names := tokens(tenants)
	for i := range n {
		_, _ = w.List(t.Context(), pair(t, names[i%tenants]), nil)
	}
}

func (w *watched) check(t *testing.T, states ...upstream.State) {
	t.Helper()
	if !slices.Equal(w.states, states) {
		t.Fatalf("states %v, want %v", w.states, states)
	}
}

func inBubble(t *testing.T, body func(t *testing.T, w *watched)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { body(t, newWatched(t)) })
}

func TestBreakerOpens(t *testing.T) {
	type tries struct {
		n, tenants int
		kind       fault.Kind
		after      time.Duration
	}
	tests := map[string]struct {
		tries []tries
		open  bool
	}{
		"all fail":                  {[]tries{{50, 5, fault.UpstreamUnavailable, 0}}, true},
		"all time out":              {[]tries{{50, 5, fault.UpstreamTimeout, 0}}, true},
		"one try less":              {[]tries{{49, 5, fault.UpstreamUnavailable, 0}}, false},
		"one tenant less":           {[]tries{{500, 4, fault.UpstreamUnavailable, 0}}, false},
		"half fail":                 {[]tries{{25, 5, "", 0}, {25, 5, fault.UpstreamUnavailable, 0}}, true},
		"less than half fail":       {[]tries{{51, 5, "", 0}, {50, 5, fault.UpstreamUnavailable, 0}}, false},
		"few among many":            {[]tries{{25, 50, "", 0}, {100, 4, fault.UpstreamUnavailable, 0}}, false},
		"over more than the window": {[]tries{{25, 5, fault.UpstreamUnavailable, 11 * time.Second}, {25, 5, fault.UpstreamUnavailable, 0}}, false},
		"tenants of long ago":       {[]tries{{4, 4, fault.UpstreamUnavailable, 11 * time.Second}, {100, 1, fault.UpstreamUnavailable, 0}}, false},
		"within the window":         {[]tries{{25, 5, fault.UpstreamUnavailable, 8 * time.Second}, {25, 5, fault.UpstreamUnavailable, 0}}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *watched) {
				for _, step := range test.tries {
					w.end(t, step.n, step.tenants, step.kind)
					pass(step.after)
				}
				if open := len(w.states) > 0; open != test.open {
					t.Errorf("states %v, want open: %v", w.states, test.open)
				}
			})
		})
	}
}

// TestBreakerCounts holds the column "counts for the breaker", for every kind
// of fault: failures open it, and neutral outcomes neither open it nor keep it
// closed.
func TestBreakerCounts(t *testing.T) {
	failures := []fault.Kind{fault.UpstreamUnavailable, fault.UpstreamTimeout}
	for _, kind := range fault.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *watched) {
				isFailure := slices.Contains(failures, kind)
				w.end(t, 500, 10, kind)
				if isFailure != (len(w.states) > 0) {
					t.Fatalf("states %v after 500 tries", w.states)
				}
				if !isFailure {
					w.end(t, 50, 5, fault.UpstreamUnavailable)
					w.check(t, upstream.Open)
				}
			})
		})
	}
}

func TestOpenBreaker(t *testing.T) {
	inBubble(t, func(t *testing.T, w *watched) {
		w.end(t, 50, 5, fault.UpstreamUnavailable)
		pass(2 * time.Second)
		w.up.tries = 0
		_, err := w.List(t.Context(), pair(t, "b"), nil)
		classified, ok := errors.AsType[*fault.Error](err)
		if !ok || classified.Kind != fault.UpstreamUnavailable || classified.RetryAfter != 3*time.Second {
			t.Errorf("error %v, want UPSTREAM_UNAVAILABLE with the 3 s until the next probe", err)
		}
		if w.up.tries != 0 {
			t.Error("upstream was asked")
		}
	})
}

func TestBreakerProbes(t *testing.T) {
	tests := map[string]struct {
		probe  fault.Kind
		states []upstream.State // after opening
	}{
		"success": {"", []upstream.State{upstream.HalfOpen, upstream.Closed}},
		"failure": {fault.UpstreamTimeout, []upstream.State{upstream.HalfOpen, upstream.Open}},
		"neutral": {fault.Unauthenticated, []upstream.State{upstream.HalfOpen}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *watched) {
				w.end(t, 50, 5, fault.UpstreamUnavailable)
				pass(5*time.Second - time.Nanosecond)
				w.up.tries = 0
				w.end(t, 1, 1, test.probe)
				if w.up.tries != 0 {
					t.Fatal("asked before 5 s")
				}
				pass(time.Nanosecond)
				w.end(t, 1, 1, test.probe)
				w.check(t, append([]upstream.State{upstream.Open}, test.states...)...)
			})
		})
	}
}

// TestNeutralProbeLeavesRoom: what says nothing must not use up the probe.
func TestNeutralProbeLeavesRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, w *watched) {
		w.end(t, 50, 5, fault.UpstreamUnavailable)
		pass(5 * time.Second)
		w.end(t, 3, 3, fault.Unauthenticated)
		w.end(t, 1, 1, "")
		w.check(t, upstream.Open, upstream.HalfOpen, upstream.Closed)
	})
}

func TestOneProbeAtATime(t *testing.T) {
	inBubble(t, func(t *testing.T, w *watched) {
		w.end(t, 50, 5, fault.UpstreamUnavailable)
		pass(5 * time.Second)
		w.up.kind, w.up.hold, w.up.tries = "", make(chan struct{}), 0
		go func() { _, _ = w.List(t.Context(), pair(t, "a"), nil) }()
		synctest.Wait()
		began := time.Now()
		_, err := w.List(t.Context(), pair(t, "b"), nil)
		classified, ok := errors.AsType[*fault.Error](err)
		if !ok || classified.Kind != fault.UpstreamUnavailable || classified.RetryAfter != time.Second || time.Since(began) > 0 {
			t.Errorf("second probe: %v after %v, want UPSTREAM_UNAVAILABLE with a time at once", err, time.Since(began))
		}
		close(w.up.hold)
		synctest.Wait()
		if w.up.tries != 1 {
			t.Errorf("%d probes, want 1", w.up.tries)
		}
		w.check(t, upstream.Open, upstream.HalfOpen, upstream.Closed)
	})
}

// TestLateTriesAreNoProbe: a try that began before the breaker opened says
// nothing about upstream now, whenever it ends.
func TestLateTriesAreNoProbe(t *testing.T) {
	for name, kind := range map[string]fault.Kind{"success": "", "failure": fault.UpstreamUnavailable} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *watched) {
				late := make(chan struct{})
				w.up.kind, w.up.hold = kind, late
				go func() { _, _ = w.List(t.Context(), pair(t, "late"), nil) }()
				synctest.Wait()
				w.up.hold = nil
				w.end(t, 50, 5, fault.UpstreamUnavailable)
				pass(5 * time.Second)
				w.up.kind, w.up.hold = "", make(chan struct{})
				go func() { _, _ = w.List(t.Context(), pair(t, "probe"), nil) }()
				synctest.Wait()
				close(late)
				synctest.Wait()
				w.check(t, upstream.Open, upstream.HalfOpen)
				close(w.up.hold)
				synctest.Wait()
				w.check(t, upstream.Open, upstream.HalfOpen, upstream.Closed)
			})
		})
	}
}

// TestOpenBreakerSparesTheLine: with no place free, a call learns at once that
// it would be refused.
func TestOpenBreakerSparesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &outcomes{kind: fault.UpstreamUnavailable, hold: make(chan struct{})}
		p := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{Concurrency: 4}})
		for _, token := range []string{"cold1", "cold2"} { // all places of tenants without a list
			go func() { _, _ = p.List(t.Context(), pair(t, token), nil) }()
		}
		synctest.Wait()
		held := up.hold
		up.hold = nil
		for i := range 50 {
			who := pair(t, tokens(5)[i%5])
			_, _ = p.List(t.Context(), who, list(who))
		}
		began := time.Now()
		_, err := p.List(t.Context(), pair(t, "cold3"), nil)
		if fault.KindOf(err) != fault.UpstreamUnavailable || time.Since(began) > 0 {
			t.Errorf("error %v after %v, want UPSTREAM_UNAVAILABLE at once", err, time.Since(began))
		}
		close(held)
		synctest.Wait()
	})
}

// TestOpenBreakerEndsRetries: a call whose try failed gets that fault, at once
// when the breaker is open already, and after its pause when it opened
// meanwhile.
func TestOpenBreakerEndsRetries(t *testing.T) {
	for name, test := range map[string]struct {
		opensBefore bool
		most        time.Duration
		tries       int
	}{"open before": {true, 0, 51}, "open in the pause": {false, 150 * time.Millisecond, 50}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hold := make(chan struct{})
				up := &lister{}
				up.set(func(token string, _ int) error {
					if token != "retrying" {
						err := fault.New(fault.UpstreamUnavailable, "Down.")
						err.Permanent = true
						return err
					}
					<-hold
					return fault.New(fault.UpstreamTimeout, "Late.")
				}, 0)
				p := newPolicies(t, upstream.Config{Lister: up})
				open := func() {
					for i := range 50 {
						_, _ = p.List(t.Context(), pair(t, tokens(5)[i%5]), nil)
					}
				}
				ended := make(chan struct{})
				var err error
				var at time.Time
				go func() {
					_, err = p.List(t.Context(), pair(t, "retrying"), nil)
					at = time.Now()
					close(ended)
				}()
				synctest.Wait()
				if test.opensBefore {
					open()
				}
				began := time.Now()
				close(hold)
				synctest.Wait()
				if !test.opensBefore {
					open()
				}
				<-ended
				if took := at.Sub(began); fault.KindOf(err) != fault.UpstreamTimeout || took > test.most {
					t.Errorf("error %v after %v, want that of the try", err, took)
				}
				if got := up.tries(); got != test.tries {
					t.Errorf("%d tries, want %d", got, test.tries)
				}
			})
		})
	}
}

// TestPanicGivesBack: a lister that panics keeps neither place nor probe.
func TestPanicGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: func(string, int) error { panic("boom") }}
		p := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{Concurrency: 1}})
		func() {
			defer func() { _ = recover() }()
			_, _ = p.List(t.Context(), pair(t, "a"), nil)
		}()
		up.fail = nil
		if _, err := p.List(t.Context(), pair(t, "a"), nil); err != nil {
			t.Errorf("after a panic: %v", err)
		}
	})
}

// TestBreakerOff lets every try through.
func TestBreakerOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &outcomes{kind: fault.UpstreamUnavailable}
		p := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{BreakerOff: true}})
		for i := range 500 {
			_, _ = p.List(t.Context(), pair(t, tokens(10)[i%10]), nil)
		}
		if up.tries != 500 {
			t.Errorf("%d tries of 500 calls", up.tries)
		}
	})
}

// TestLateTurnIsNoFailure: a try that found its place so late that the call's
// time ended it says nothing about upstream.
func TestLateTurnIsNoFailure(t *testing.T) {
	for name, test := range map[string]struct {
		left time.Duration
		open bool
	}{
		"hardly any time": {999 * time.Millisecond, false},
		"a fair time":     {time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &lister{latency: time.Hour}
				var states []upstream.State
				p := newPolicies(t, upstream.Config{Lister: up, Events: upstream.Events{
					Breaker: func(s upstream.State) { states = append(states, s) },
				}})
				for _, token := range tokens(64) {
					go func() {
						ctx, cancel := context.WithTimeout(t.Context(), test.left)
						defer cancel()
						_, _ = p.List(ctx, pair(t, token), list(pair(t, token)))
					}()
				}
				pass(2 * time.Second)
				if open := len(states) > 0; open != test.open {
					t.Errorf("states %v, want open: %v", states, test.open)
				}
			})
		})
	}
}
