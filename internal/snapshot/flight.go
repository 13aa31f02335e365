package snapshot

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// flight is one call of the Lister, which any number of callers wait for.
type flight struct {
	begunAt time.Time
	prev    *kept // what the pair had when the flight began, nil for nothing
	cancel  context.CancelFunc
	// link and end are of the flight's span.
	link func(context.Context)
	end  func(fault.Kind)

	// waiters counts those who wait. Store.mu guards it.
	waiters int

	// done is closed once list or err is set.
	done chan struct{}
	list *kept
	err  error

	// purged says that the outcome counts for nobody. Store.mu guards it until
	// done is closed.
	purged bool
}

// begin starts the pair's flight, or returns nil after Close. s.mu is held and
// the pair has no flight. The flight takes the values of ctx along, but not its
// end.
func (s *Store) begin(ctx context.Context, r request, prev *kept, now time.Time) *flight {
	if s.closed {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.fetchTimeout)
	ctx, link, end := s.trace(ctx)
	f := &flight{begunAt: now, prev: prev, cancel: cancel, link: link, end: end, done: make(chan struct{})}
	s.flights[r.tenant.Key] = f
	s.running.Go(func() { s.fly(ctx, f, r) })
	return f
}

// leave takes one waiter off a flight, and reports whether it has landed after
// all. Without waiters, a flight that has no list to refresh ends: its answer
// would serve nobody. The next caller begins another.
func (s *Store) leave(key tenant.Key, f *flight) (landed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	select {
	case <-f.done:
		return true
	default:
	}
	if f.waiters == 0 && f.prev == nil && s.flights[key] == f {
		delete(s.flights, key)
		f.cancel()
	}
	return false
}

// fly asks the Lister, and lands whatever it does: return, panic, or end its goroutine.
func (s *Store) fly(ctx context.Context, f *flight, r request) {
	var (
		snapshot *paymentlink.Snapshot
		err      = errNothing
	)
	defer func() {
		if value := recover(); value != nil {
			err = newPanicError(value, debug.Stack())
		}
		s.land(ctx, f, r, snapshot, err)
		f.cancel()
	}()
	var prev *paymentlink.Snapshot
	if f.prev != nil {
		prev = &f.prev.snapshot
	}
	snapshot, err = s.lister.List(ctx, r.tenant, prev)
	if err == nil && (snapshot == nil || snapshot.Set == nil) {
		err = errNothing
	}
}

// land replaces what is kept of the pair by the outcome, then tells the waiters.
// A flight that was left by all of them leaves no trace: a later one may have
// landed before it.
func (s *Store) land(ctx context.Context, f *flight, r request, snapshot *paymentlink.Snapshot, err error) {
	if err == nil {
		f.list = s.ages.keep(s.withHistory(*snapshot, f.prev), f.begunAt)
		err = s.checkSize(f.list)
	}
	if err != nil {
		f.list, f.err = nil, classify(ctx, err)
	}
	s.logFailure(ctx, r.tenant.Key, f)
	f.end(fault.KindOf(f.err))
	s.logLanding(ctx, r.tenant.Key, f)
	s.mu.Lock()
	if s.flights[r.tenant.Key] == f {
		delete(s.flights, r.tenant.Key)
		s.remember(f, r.tenant.Key)
	}
	close(f.done)
	s.mu.Unlock()
}

// checkSize refuses a list that could not be kept.
func (s *Store) checkSize(k *kept) error {
	if int64(k.weight) <= s.maxBytes {
		return nil
	}
	return errTooLarge(k.weight, s.maxBytes)
}

// number gives a list its generation: that of the list which it replaces if
// upstream sent the same again, else a new one. s.mu is held.
func (s *Store) number(k *kept, key tenant.Key) {
	if before, ok := s.lists.GetIfPresent(key); ok && isSame(&before.snapshot, &k.snapshot) {
		k.snapshot.Generation = before.snapshot.Generation
		return
	}
	s.generations++
	k.snapshot.Generation = s.generations
}

// remember keeps what the outcome of a flight says about the pair. s.mu is held.
func (s *Store) remember(f *flight, key tenant.Key) {
	now := s.now()
	switch {
	case f.err == nil:
		s.number(f.list, key)
		s.lists.Set(key, f.list)
	case errors.Is(f.err, errClosed):
		// It says nothing about the pair.
	case isRefusal(f.err):
		s.lists.Invalidate(key)
		s.failures.Set(key, &failure{err: f.err, until: now.Add(refusedFor)})
	case f.prev != nil:
		s.lists.Set(key, f.prev.afterFailure(now, f.err))
	default:
		last, _ := s.failures.GetIfPresent(key)
		s.failures.Set(key, last.next(now, f.err))
	}
}
