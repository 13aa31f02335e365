package upstream_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/upstream"
)

// TestRetries holds the column "retried" of the table of upstream's answers,
// for every kind of fault there is.
func TestRetries(t *testing.T) {
	retries := map[fault.Kind]int{
		fault.UpstreamUnavailable: 2,
		fault.UpstreamTimeout:     2,
		fault.UpstreamMalformed:   1,
		fault.UpstreamRateLimited: 1,
	}
	for _, kind := range fault.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &lister{fail: always(fault.New(kind, "No."))}
				retried := 0
				p := newPolicies(t, upstream.Config{Lister: up, Events: upstream.Events{Retried: func() { retried++ }}})
				_, err := p.List(t.Context(), pair(t, "a"), nil)
				if got := fault.KindOf(err); got != kind {
					t.Errorf("kind %q, want that of the last try", got)
				}
				if got := up.tries(); got != 1+retries[kind] || retried != retries[kind] {
					t.Errorf("%d tries and %d retries told, want %d retries", got, retried, retries[kind])
				}
			})
		})
	}
}

func TestRetrySucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: first(2, unavailable())}
		got, err := newPolicies(t, upstream.Config{Lister: up}).List(t.Context(), pair(t, "a"), nil)
		if err != nil || got.Version != "a" {
			t.Fatalf("list %v, error %v; want the list of the third try", got, err)
		}
		first, second := up.asked[1].at.Sub(up.asked[0].at), up.asked[2].at.Sub(up.asked[1].at)
		if first < 50*time.Millisecond || first > 150*time.Millisecond {
			t.Errorf("first pause %v, want 100 ms, half of it more or less", first)
		}
		if second < 100*time.Millisecond || second > 300*time.Millisecond {
			t.Errorf("second pause %v, want twice as much", second)
		}
	})
}

// TestRetriesSpread: callers that failed together must not come back together.
func TestRetriesSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: first(8, unavailable())}
		p := newPolicies(t, upstream.Config{Lister: up})
		for _, token := range tokens(8) {
			go func() { _, _ = p.List(t.Context(), pair(t, token), nil) }()
		}
		synctest.Wait()
		pass(time.Second)
		moments := map[time.Time]bool{}
		for _, a := range up.asked[8:] {
			moments[a.at] = true
		}
		if len(moments) < 7 {
			t.Errorf("8 retries at %d moments, want them apart", len(moments))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		kind  fault.Kind
		after time.Duration
		tries int
	}{
		"429, at once":      {fault.UpstreamRateLimited, 0, 2},
		"429, soon":         {fault.UpstreamRateLimited, time.Second, 2},
		"429, not soon":     {fault.UpstreamRateLimited, time.Second + time.Millisecond, 1},
		"503, soon":         {fault.UpstreamUnavailable, time.Second, 3},
		"503, not soon":     {fault.UpstreamUnavailable, 2 * time.Second, 1},
		"503, says no time": {fault.UpstreamUnavailable, 0, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := fault.New(test.kind, "Later.")
				err.RetryAfter = test.after
				up := &lister{fail: always(err)}
				_, _ = newPolicies(t, upstream.Config{Lister: up}).List(t.Context(), pair(t, "a"), nil)
				if got := up.tries(); got != test.tries {
					t.Fatalf("%d tries, want %d", got, test.tries)
				}
				for i := range up.asked[1:] {
					if pause := up.asked[i+1].at.Sub(up.asked[i].at); pause < test.after {
						t.Errorf("asked again after %v, want not before %v", pause, test.after)
					}
				}
			})
		})
	}
}

// TestRetriesKeepTheDeadline: no retry begins that the call's time does not
// allow, and the last fault is returned at once rather than at the deadline.
func TestRetriesKeepTheDeadline(t *testing.T) {
	tests := map[string]struct {
		deadline, latency time.Duration
		tries             int
	}{
		"no time for a pause": {200 * time.Millisecond, 100 * time.Millisecond, 1},
		"time for one":        {400 * time.Millisecond, 100 * time.Millisecond, 2},
		"time for all":        {2 * time.Second, 100 * time.Millisecond, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &lister{latency: test.latency, fail: always(unavailable())}
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				_, err := newPolicies(t, upstream.Config{Lister: up}).List(ctx, pair(t, "a"), nil)
				if fault.KindOf(err) != fault.UpstreamUnavailable || ctx.Err() != nil {
					t.Errorf("error %v with context %v, want upstream's before the deadline", err, ctx.Err())
				}
				if got := up.tries(); got != test.tries {
					t.Errorf("%d tries, want %d", got, test.tries)
				}
			})
		})
	}
}

// TestPermanentFaultsAreNotRetried: a redirect is a malformed answer that stays.
func TestPermanentFaultsAreNotRetried(t *testing.T) {
	redirect := fault.New(fault.UpstreamMalformed, "No.")
	redirect.Permanent = true
	up := &lister{fail: always(redirect)}
	_, _ = newPolicies(t, upstream.Config{Lister: up}).List(t.Context(), pair(t, "a"), nil)
	if got := up.tries(); got != 1 {
		t.Errorf("%d tries, want 1", got)
	}
}

// TestLeavingEndsThePause: a call that nobody waits for ends in its pause.
func TestLeavingEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: always(unavailable())}
		p := newPolicies(t, upstream.Config{Lister: up})
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		done := make(chan error)
		go func() {
			_, err := p.List(ctx, pair(t, "a"), nil)
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; fault.KindOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want CANCELED", err)
		}
		if took := time.Since(began); took != 0 || up.tries() != 1 {
			t.Errorf("%d tries in %v, want 1 in no time", up.tries(), took)
		}
	})
}

// TestBudget: with the breaker off and every try failing, all tries together
// are at most 1.2 for each call, and 10.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: always(unavailable())}
		p := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{BreakerOff: true}})
		const calls = 1000
		for n := 1; n <= calls; n++ {
			_, _ = p.List(t.Context(), pair(t, "a"), nil)
			if got := up.tries(); 10*got > 12*n+100 {
				t.Fatalf("%d tries for %d calls, want at most 1.2 each, and 10", got, n)
			}
		}
		if got := up.tries(); got < 1209 {
			t.Errorf("%d tries for %d calls, want the whole budget spent", got, calls)
		}
	})
}

// TestBudgetKeepsTen: a long time of success saves no more retries than that.
func TestBudgetKeepsTen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{}
		p := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{BreakerOff: true}})
		for range 1000 {
			_, _ = p.List(t.Context(), pair(t, "a"), nil)
		}
		up.fail = always(unavailable())
		for range 20 {
			_, _ = p.List(t.Context(), pair(t, "a"), nil)
		}
		if got := up.tries() - 1020; got < 10 || got > 14 {
			t.Errorf("%d retries of 20 failed calls after 1,000 successes, want 10 and 0.2 for each", got)
		}
	})
}
