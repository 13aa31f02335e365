package snapshot_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
)

// current returns the generation of a token's list, 0 for none.
func (b *bench) current(token string) uint64 {
	b.t.Helper()
	generation, _ := b.Current(pair(b.t, token).Key)
	return generation
}

// generation asks for a token's list and returns its generation, which has to
// be the current one.
func (b *bench) generation(token string) uint64 {
	b.t.Helper()
	got, err := b.ask(token)
	if err != nil {
		b.t.Fatalf("at %v: %v", b.elapsed(), err)
	}
	generation, freshUntil := b.Current(pair(b.t, token).Key)
	if got.Generation != generation || !got.FreshUntil.Equal(freshUntil) {
		b.t.Errorf("at %v: the list is %d until %v, current is %d until %v", b.elapsed(), got.Generation, got.FreshUntil, generation, freshUntil)
	}
	return got.Generation
}

func TestGenerationFollowsTheContent(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		if got := b.current("a"); got != 0 {
			t.Errorf("before the first fetch it is %d", got)
		}
		first, other := b.generation("a"), b.generation("b")
		if first == 0 || first == other {
			t.Errorf("two tenants have %d and %d", first, other)
		}
		b.up.set(func(u *upstream) { u.stays = true })
		b.sleepUntil(3 * freshFor)
		if got := b.generation("a"); got != first {
			t.Errorf("an unchanged list changes from %d to %d", first, got)
		}
		b.up.set(func(u *upstream) { u.stays = false })
		b.sleepUntil(6 * freshFor)
		changed := b.generation("a")
		if changed == first || changed == other || changed == 0 {
			t.Errorf("a changed list has %d after %d", changed, first)
		}
		b.up.failWith(unavailable())
		b.sleepUntil(9 * freshFor)
		b.want("a", "v3", true)
		if got := b.current("a"); got != changed {
			t.Errorf("while upstream fails it is %d, want %d", got, changed)
		}
	})
}

// A list that is read anew and has the same version is the same list, as far as
// the same of it could be read.
func TestGenerationFollowsTheVersion(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.version = new("v") })
		first := b.generation("a")
		b.sleepUntil(3 * freshFor)
		if got := b.generation("a"); got != first {
			t.Errorf("the same version has %d after %d", got, first)
		}
		b.up.set(func(u *upstream) { u.skipped = 1 })
		b.sleepUntil(6 * freshFor)
		lacking := b.generation("a")
		if lacking == first {
			t.Error("the same version with an element less has the same generation")
		}
		b.up.set(func(u *upstream) { u.version = new("") })
		b.sleepUntil(9 * freshFor)
		unversioned := b.generation("a")
		b.sleepUntil(12 * freshFor)
		if got := b.generation("a"); got == unversioned {
			t.Error("two lists without a version count as the same")
		}
	})
}

// A purge ends the generation at once, and the same list comes back as another.
func TestPurgeEndsTheGeneration(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Unauthenticated, fault.Forbidden} {
		t.Run(string(kind), func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				first := b.generation("a")
				b.up.failWith(fault.New(kind, "No."))
				b.wantForcedKind("a", kind)
				if got := b.current("a"); got != 0 {
					t.Errorf("after the purge it is %d", got)
				}
				b.up.recover()
				b.sleepUntil(time.Minute)
				if got := b.generation("a"); got == first || got == 0 {
					t.Errorf("after the purge of %d the list is %d", first, got)
				}
			})
		})
	}
}

// wantForcedKind asks for a list no older than now and checks the error's kind.
func (b *bench) wantForcedKind(token string, kind fault.Kind) {
	b.t.Helper()
	time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock: one forced fetch a second
	if _, err := b.Snapshot(b.t.Context(), pair(b.t, token), time.Now()); fault.KindOf(err) != kind {
		b.t.Errorf("error %v, want %s", err, kind)
	}
}

func TestAheadAsksOnce(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FreshFor = 0 }, func(b *bench) {
		caller := pair(t, "a")
		ctx, generation, freshUntil := b.Ahead(b.t.Context(), caller, time.Time{})
		got, err := b.Snapshot(ctx, caller, time.Time{})
		if err != nil || got.Generation != generation || generation == 0 || !got.FreshUntil.Equal(freshUntil) {
			t.Errorf("ahead said %d until %v, then came %v, %v", generation, freshUntil, got, err)
		}
		if other, err := b.Snapshot(ctx, pair(t, "b"), time.Time{}); err != nil || other.Generation == generation {
			t.Errorf("another tenant got %v, %v", other, err)
		}
		b.wantCalls("a", 0)
		b.up.failWith(fault.New(fault.Forbidden, "No."))
		ctx, generation, _ = b.Ahead(b.t.Context(), caller, time.Time{})
		if _, err := b.Snapshot(ctx, caller, time.Time{}); fault.KindOf(err) != fault.Forbidden || generation != 0 {
			t.Errorf("ahead said %d, then came %v", generation, err)
		}
		b.wantCalls("a", 0, 0)
	})
}

// A stale list is no list to be ahead of: its answers say that it is stale.
func TestAheadOfAStaleList(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(3 * freshFor)
		ctx, generation, _ := b.Ahead(b.t.Context(), pair(t, "a"), time.Time{})
		if got, err := b.Snapshot(ctx, pair(t, "a"), time.Time{}); err != nil || !got.Stale || generation != 0 {
			t.Errorf("ahead said %d, then came %v, %v", generation, got, err)
		}
	})
}

// A list that is refreshed behind is given at once, as what it is.
func TestAheadStartsTheRefresh(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		first := b.generation("a")
		b.sleepUntil(freshFor)
		_, generation, freshUntil := b.Ahead(b.t.Context(), pair(t, "a"), time.Time{})
		if generation != first || freshUntil.After(time.Now()) {
			t.Errorf("ahead said %d until %v, want %d", generation, freshUntil, first)
		}
		b.wantCalls("a", 0, freshFor)
	})
}

// A caller who leaves while it waits ahead is told so as ever.
func TestAheadIsLeft(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.hangs = true })
		ctx, leave := context.WithCancel(b.t.Context())
		time.AfterFunc(time.Second, leave)
		ctx, _, _ = b.Ahead(ctx, pair(t, "a"), time.Time{})
		if _, err := b.Snapshot(ctx, pair(t, "a"), time.Time{}); fault.KindOf(err) != fault.Canceled {
			t.Errorf("error %v", err)
		}
		synctest.Wait()
	})
}

// Nobody waits longer than it has time for, and the context behind goes on.
func TestAheadGivesUp(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.hangs = true })
		ctx, generation, _ := b.Ahead(b.t.Context(), pair(t, "a"), time.Now().Add(time.Second))
		if _, err := b.Snapshot(ctx, pair(t, "a"), time.Time{}); fault.KindOf(err) != fault.UpstreamTimeout || generation != 0 {
			t.Errorf("list %d, error %v", generation, err)
		}
		if b.elapsed() != time.Second || ctx.Err() != nil {
			t.Errorf("after %v the context says %v", b.elapsed(), ctx.Err())
		}
	})
}
