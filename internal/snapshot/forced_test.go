package snapshot_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
)

func TestForcedListIsNoOlderThanItsCaller(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.sleepUntil(5 * time.Second)
		b.wantForced("a", "v2", false)
		b.want("a", "v2", false)
		b.wantCalls("a", 0, 5*time.Second)
	})
}

func TestForcedCallersShare(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = 300 * time.Millisecond })
		b.sleepUntil(5 * time.Second)
		var callers sync.WaitGroup
		for range 100 {
			callers.Go(func() { b.wantForced("a", "v2", false) })
		}
		callers.Wait()
		b.wantCalls("a", 0, 5*time.Second)
	})
}

// A caller who asks while a fetch is under way gets none of that fetch, for it
// may have begun before the caller's merchant made the link.
func TestForcedCallerIsNotServedByAnEarlierFlight(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = 2 * time.Second })
		var callers sync.WaitGroup
		callers.Go(func() { b.want("a", "v1", false) })
		b.sleepUntil(time.Second)
		for range 10 {
			callers.Go(func() { b.wantForced("a", "v2", false) })
		}
		callers.Wait()
		b.wantCalls("a", 0, 2*time.Second)
	})
}

func TestForcedAtMostOnceASecond(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		var callers sync.WaitGroup
		for i := range 50 {
			b.sleepUntil(time.Duration(i) * 100 * time.Millisecond)
			callers.Go(func() {
				asked := time.Now()
				got, err := b.Snapshot(b.t.Context(), pair(t, "a"), asked)
				if err != nil || got.FetchedAt.Before(asked) {
					t.Errorf("asked at %v: list of %v, error %v", asked, got.FetchedAt, err)
				}
				if waited := time.Since(asked); waited > time.Second {
					t.Errorf("waited %v", waited)
				}
			})
		}
		callers.Wait()
		b.wantCalls("a", 0, time.Second, 2*time.Second, 3*time.Second, 4*time.Second, 5*time.Second)
	})
}

func TestForcedIsPerPair(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.wantForced("a", "v1", false)
		b.wantForced("b", "v1", false)
		b.wantCalls("a", 0)
		b.wantCalls("b", 0)
	})
}

func TestForcedWhileUpstreamFails(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(5 * time.Second)
		b.wantForced("a", "v1", true) // asked for newer, got older: stale
		b.want("a", "v1", false)      // asked for nothing special: fresh
		b.wantForced("a", "v1", true)
		b.wantCalls("a", 0, 5*time.Second)
		b.up.recover()
		b.sleepUntil(6 * time.Second)
		b.wantForced("a", "v3", false)
	})
}

func TestForcedInThePauseHonoursItsContext(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.sleepUntil(100 * time.Millisecond)

		ctx, leave := context.WithCancel(b.t.Context())
		var callers sync.WaitGroup
		callers.Go(func() {
			if _, err := b.Snapshot(ctx, pair(t, "a"), time.Now()); fault.KindOf(err) != fault.Canceled {
				t.Errorf("error %v, want a canceled one", err)
			}
		})
		synctest.Wait()
		leave()
		callers.Wait()

		short, cancel := context.WithTimeout(b.t.Context(), 200*time.Millisecond)
		defer cancel()
		got, err := b.Snapshot(short, pair(t, "a"), time.Now())
		b.check(got, err, "v1", true)
		if b.elapsed() != 300*time.Millisecond {
			t.Errorf("answered at %v, want 300ms", b.elapsed())
		}
		b.wantCalls("a", 0)
	})
}

func TestNotBeforeInTheFutureIsNow(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		got, err := b.Snapshot(b.t.Context(), pair(t, "a"), time.Now().Add(time.Hour))
		b.check(got, err, "v1", false)
		b.wantCalls("a", 0)
	})
}
