package snapshot

import (
	"context"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// Current returns the generation of the tenant's list and when that stops being
// fresh, without asking upstream. The generation is 0 when no list is kept. From
// the moment on at which a list is purged or another takes its place, its
// generation is never returned again; a list that was fetched again and has not
// changed keeps it.
func (s *Store) Current(key tenant.Key) (generation uint64, freshUntil time.Time) {
	k, ok := s.lists.GetIfPresent(key)
	if !ok {
		return 0, time.Time{}
	}
	return k.snapshot.Generation, k.snapshot.FreshUntil
}

type aheadKey struct{}

// ahead is what Snapshot returned to one caller.
type ahead struct {
	key      tenant.Key
	snapshot *paymentlink.Snapshot
	err      error
}

// Ahead asks for the tenant's list as Snapshot does, for a caller who may not
// need the list itself but only which one it is. Snapshot under the context that
// it returns has the same outcome and asks for nothing. The generation is 0 when
// there was an error, or when the list stands in for a failing upstream. The
// caller waits under ctx until giveUp at most; zero means as long as ctx lets it.
func (s *Store) Ahead(ctx context.Context, t tenant.Tenant, giveUp time.Time) (_ context.Context, generation uint64, freshUntil time.Time) {
	a := &ahead{key: t.Key}
	waiting := ctx
	if !giveUp.IsZero() {
		var cancel context.CancelFunc
		waiting, cancel = context.WithDeadline(ctx, giveUp)
		defer cancel()
	}
	a.snapshot, a.err = s.Snapshot(waiting, t, time.Time{})
	ctx = context.WithValue(ctx, aheadKey{}, a)
	if a.err != nil || a.snapshot.Stale {
		return ctx, 0, time.Time{}
	}
	return ctx, a.snapshot.Generation, a.snapshot.FreshUntil
}

// isSame reports whether upstream sent the same list twice.
func isSame(a, b *paymentlink.Snapshot) bool {
	return a.Set == b.Set || (a.Version != "" && a.Version == b.Version && a.Skipped == b.Skipped)
}
