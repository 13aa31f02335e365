package snapshot_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
)

// listerFunc answers an empty list dated by a clock.
type listerFunc func() time.Time

func (now listerFunc) List(context.Context, tenant.Tenant, *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	return &paymentlink.Snapshot{Set: paymentlink.NewSet(nil, nil), FetchedAt: now()}, nil
}

func TestStampedeMakesOneCall(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = time.Second })
		var callers sync.WaitGroup
		var answered atomic.Int64
		for range 1000 {
			callers.Go(func() {
				if got, err := b.ask("a"); err == nil && got.Version == "v1" {
					answered.Add(1)
				}
			})
		}
		callers.Wait()
		if answered.Load() != 1000 {
			t.Errorf("%d of 1,000 callers were answered", answered.Load())
		}
		b.wantCalls("a", 0)
	})
}

func TestSharedFailureIsLoggedOnce(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = time.Second })
		b.up.failWith(unavailable())
		var callers sync.WaitGroup
		for range 100 {
			callers.Go(func() { b.wantKind("a", fault.UpstreamUnavailable) })
		}
		callers.Wait()
		b.wantCalls("a", 0)
		if n := strings.Count(b.log.String(), "\n"); n != 1 {
			t.Errorf("the failure was logged %d times:\n%s", n, b.log)
		}
	})
}

func TestLeavingWaiterBreaksNothing(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = 3 * time.Second })
		ctx, leave := context.WithCancel(b.t.Context())
		var callers sync.WaitGroup
		callers.Go(func() { // the one that begins the flight
			_, err := b.Snapshot(ctx, pair(t, "a"), time.Time{})
			if fault.KindOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
				t.Errorf("the caller that left got %v, want a canceled error", err)
			}
			if b.elapsed() != time.Second {
				t.Errorf("the caller that left was held until %v", b.elapsed())
			}
		})
		synctest.Wait()
		callers.Go(func() { b.want("a", "v1", false) })
		b.sleepUntil(time.Second)
		leave()
		callers.Wait()
		b.wantCalls("a", 0)
		if b.log.String() != "" {
			t.Errorf("a caller that left was logged:\n%s", b.log)
		}
	})
}

// A list that nobody waits for any more, and that nobody has: the call ends, so
// that callers who come and go cannot pile up calls to upstream.
func TestFlightEndsWithItsLastWaiter(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = 3 * time.Second })
		ctx, leave := context.WithCancel(b.t.Context())
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() { _, _ = b.Snapshot(ctx, pair(t, "a"), time.Time{}) })
		}
		b.sleepUntil(time.Second)
		if got := b.up.inFlight(); got != 1 {
			t.Errorf("%d calls in flight, want 1", got)
		}
		leave()
		callers.Wait()
		synctest.Wait()
		if got := b.up.inFlight(); got != 0 {
			t.Errorf("%d calls in flight after all have left, want none", got)
		}
		b.want("a", "v2", false) // its end is remembered as no failure
		b.wantCalls("a", 0, time.Second)
		if b.log.String() != "" {
			t.Errorf("callers that left were logged:\n%s", b.log)
		}
	})
}

func TestDeadlineOfTheLastWaiterEndsTheFlightToo(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = 3 * time.Second })
		ctx, cancel := context.WithTimeout(b.t.Context(), time.Second)
		defer cancel()
		if _, err := b.Snapshot(ctx, pair(t, "a"), time.Time{}); fault.KindOf(err) != fault.UpstreamTimeout {
			t.Errorf("error %v, want an upstream time-out", err)
		}
		synctest.Wait()
		if got := b.up.inFlight(); got != 0 {
			t.Errorf("%d calls in flight, want none", got)
		}
	})
}

func TestRefreshOutlivesAllItsWaiters(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = 3 * time.Second })
		b.sleepUntil(time.Minute)
		ctx, leave := context.WithCancel(b.t.Context())
		var callers sync.WaitGroup
		callers.Go(func() { _, _ = b.Snapshot(ctx, pair(t, "a"), time.Time{}) })
		b.sleepUntil(61 * time.Second)
		leave()
		callers.Wait()
		b.sleepUntil(63 * time.Second)
		b.want("a", "v2", false)
		b.wantCalls("a", 0, time.Minute)
	})
}

// stubborn is an upstream that does not hear of the end of its first call.
type stubborn struct {
	calls   int
	release chan struct{}
}

func (s *stubborn) List(context.Context, tenant.Tenant, *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	s.calls++
	version := "new"
	if s.calls == 1 {
		version = "old"
		<-s.release
	}
	return &paymentlink.Snapshot{Set: paymentlink.NewSet(nil, nil), FetchedAt: time.Now(), Version: version}, nil
}

func TestAbandonedFlightReplacesNothing(t *testing.T) {
	up := &stubborn{release: make(chan struct{})}
	inBubble(t, func(c *snapshot.Config) { c.Lister = up }, func(b *bench) {
		up.release = make(chan struct{}) // of the bubble
		ctx, leave := context.WithCancel(b.t.Context())
		var callers sync.WaitGroup
		callers.Go(func() { _, _ = b.Snapshot(ctx, pair(t, "a"), time.Time{}) })
		synctest.Wait()
		leave()
		callers.Wait()
		b.want("a", "new", false)
		close(up.release)
		synctest.Wait()
		b.want("a", "new", false)
	})
}

func TestWaitEndsAtTheDeadline(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FetchTimeout = time.Minute }, func(b *bench) {
		b.up.set(func(u *upstream) { u.hangs = true })
		ctx, cancel := context.WithTimeout(b.t.Context(), 9*time.Second)
		defer cancel()
		got, err := b.Snapshot(ctx, pair(t, "a"), time.Time{})
		if got != nil || fault.KindOf(err) != fault.UpstreamTimeout {
			t.Errorf("Snapshot = %v, %v, want an upstream time-out", got, err)
		}
		if b.elapsed() != 9*time.Second {
			t.Errorf("waited %v, want 9s", b.elapsed())
		}
	})
}

func TestDeadlineGivesTheOldList(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FetchTimeout = 20 * time.Second }, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.hangs = true })
		b.sleepUntil(time.Minute)
		ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
		defer cancel()
		got, err := b.Snapshot(ctx, pair(t, "a"), time.Time{})
		b.check(got, err, "v1", true)
		if want := time.Minute + 5*time.Second; b.elapsed() != want {
			t.Errorf("answered at %v, want %v", b.elapsed(), want)
		}
	})
}

func TestFetchTimeoutEndsAHungCall(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FetchTimeout = 4 * time.Second }, func(b *bench) {
		b.up.set(func(u *upstream) { u.hangs = true })
		b.wantKind("a", fault.UpstreamTimeout)
		if b.elapsed() != 4*time.Second {
			t.Errorf("the call ended at %v, want 4s", b.elapsed())
		}
	})
}

func TestBrokenLister(t *testing.T) {
	secret := "SECRET-of-a-link"
	tests := map[string]struct {
		fault func() error
		log   string
	}{
		"panics":                      {func() error { panic(secret) }, "panic in the lister"},
		"panics with an error":        {func() error { panic(errors.New(secret)) }, "panic in the lister"},
		"panics in the runtime":       {func() error { return []error{}[len(secret)] }, "index out of range"},
		"ends its goroutine":          {func() error { runtime.Goexit(); return nil }, "neither a list nor an error"},
		"gives an unclassified error": {func() error { return errors.New("boom") }, "boom"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				b.up.set(func(u *upstream) { u.latency, u.fault = time.Second, test.fault })
				var callers sync.WaitGroup
				for range 5 {
					callers.Go(func() {
						if err := b.faultOf("a", fault.Internal); err.Public != "Internal error" {
							t.Errorf("error %v, want the public sentence of an internal error", err)
						}
					})
				}
				callers.Wait()
				b.wantCalls("a", 0)
				log := b.log.String()
				if strings.Count(log, "\n") != 1 || !strings.Contains(log, test.log) || !strings.Contains(log, "level=ERROR") {
					t.Errorf("want one error line with %q, got:\n%s", test.log, log)
				}
				if strings.HasPrefix(name, "panics") && !strings.Contains(log, "stack=") {
					t.Errorf("the panic was logged without its stack:\n%s", log)
				}
				if strings.Contains(log, secret) {
					t.Errorf("the panic's value was logged:\n%s", log)
				}
				b.up.recover()
				b.sleepUntil(2 * time.Second) // the failure is remembered for a second
				b.want("a", "v2", false)
			})
		})
	}
}

// nothing keeps no promise: it returns neither a list nor an error.
type nothing struct{}

func (nothing) List(context.Context, tenant.Tenant, *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	return nil, nil //nolint:nilnil // what this fake is for
}

func TestListerWithoutAnAnswer(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.Lister = nothing{} }, func(b *bench) {
		b.wantKind("a", fault.Internal)
	})
}

func TestCanceledByNobodyIsAnOutage(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.failWith(context.Canceled)
		b.wantKind("a", fault.UpstreamUnavailable)
	})
}

// Close is no failure of upstream: the list that it found young stays young.
func TestCloseIsNotRememberedAsAFailure(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.hangs = true })
		b.sleepUntil(freshFor)
		b.want("a", "v1", false) // begins the refresh that Close ends
		synctest.Wait()
		b.Close()
		b.want("a", "v1", false)
	})
}

func TestCloseEndsFlights(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("fresh", "v1", false)
		b.up.set(func(u *upstream) { u.hangs = true })
		var callers sync.WaitGroup
		callers.Go(func() { b.wantKind("a", fault.UpstreamUnavailable) })
		b.sleepUntil(time.Second)
		b.Close()
		callers.Wait()
		if b.elapsed() != time.Second {
			t.Errorf("Close took %v", b.elapsed()-time.Second)
		}
		b.want("fresh", "v1", false)
		b.wantKind("b", fault.UpstreamUnavailable)
		b.wantCalls("b")
		b.sleepUntil(time.Minute)
		b.want("fresh", "v1", true)
		if b.log.String() != "" {
			t.Errorf("an orderly end was logged:\n%s", b.log)
		}
	})
}
