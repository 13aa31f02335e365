package snapshot

import (
	"context"
	"errors"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

const (
	// forcedEvery is the least time between two fetches of one pair on the
	// word of notBefore.
	forcedEvery = time.Second
	// patience is how long a caller waits for a try while upstream is known to
	// fail and an old list is at hand.
	patience = time.Second
)

// request is one caller's question.
type request struct {
	tenant    tenant.Tenant
	notBefore time.Time
}

// step is what a caller does next: return snapshot or err, or wait for flight,
// or pause and ask again. One of the four is set.
type step struct {
	why      string // in words for the log
	shares   bool   // flight was begun by another caller
	snapshot *paymentlink.Snapshot
	err      error
	flight   *flight
	pause    time.Duration

	// patience bounds the wait for flight; 0 for a caller with all the time of
	// its context.
	patience time.Duration
}

// await answers what cannot be answered from memory at once.
func (s *Store) await(ctx context.Context, r request) (*paymentlink.Snapshot, error) {
	for {
		next := s.decide(ctx, r)
		s.logStep(ctx, r.tenant.Key, next)
		if next.shares {
			next.flight.link(ctx)
		}
		if next.snapshot != nil || next.err != nil {
			return next.snapshot, next.err
		}
		event := next.wait(ctx)
		if next.flight != nil && event != landed && s.leave(r.tenant.Key, next.flight) {
			event = landed
		}
		switch event {
		case landed:
			f := next.flight
			if f.purged {
				continue // once more, without what was fetched before
			}
			if f.err != nil {
				return s.fallBack(r, f.err) // after a refusal nothing is there to fall back on
			}
			if f.list.satisfies(r.notBefore) {
				return &f.list.snapshot, nil
			}
			// The flight began before this caller asked: once more, with the others.
		case patienceOver:
			return s.fallBack(r, errLate())
		case pauseOver:
			// Once more.
		case contextEnded:
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, errLeft(ctx.Err())
			}
			return s.fallBack(r, errLate())
		}
	}
}

// decide looks at what is kept of the pair, and begins a flight where one is
// needed and none is under way.
func (s *Store) decide(ctx context.Context, r request) step {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	k, _ := s.lists.GetIfPresent(r.tenant.Key)
	f := s.flights[r.tenant.Key]
	if k == nil {
		if failed, ok := s.failures.GetIfPresent(r.tenant.Key); ok && now.Before(failed.until) {
			return step{why: "failed a moment ago", err: failed.at(now)}
		}
	} else {
		switch {
		case k.isFresh(now) && k.satisfies(r.notBefore):
			return step{why: "fresh", snapshot: &k.snapshot}
		case now.Before(k.nextTry) && k.isHeld(now):
			return step{why: "stale until the next try", snapshot: k.stale()}
		case now.Before(k.nextTry):
			return step{why: "too old, and failed a moment ago", err: remaining(k.err, k.nextTry.Sub(now))}
		case k.isBehind(now) && r.notBefore.IsZero():
			if f == nil {
				s.begin(ctx, r, k, now)
			}
			return step{why: "a refresh runs behind", snapshot: &k.snapshot}
		}
	}
	why, shares := "waits for a fetch under way", f != nil
	if f == nil {
		why = "waits for a fetch that it begins"
		if k != nil && !r.notBefore.IsZero() && now.Before(k.begunAt.Add(forcedEvery)) {
			return step{why: "asked for anew within a second", pause: k.begunAt.Add(forcedEvery).Sub(now)}
		}
		if f = s.begin(ctx, r, k, now); f == nil {
			snapshot, err := s.fallBack(r, errStopping())
			return step{why: "the service stops", snapshot: snapshot, err: err}
		}
	}
	f.waiters++
	next := step{why: why, flight: f, shares: shares}
	if k != nil && k.failures > 0 && k.isHeld(now.Add(patience)) {
		next.patience = patience
	}
	return next
}

// fallBack returns the old list while it may stand in, else err. The list is
// looked up anew: upstream may have denied the pair meanwhile, or have sent
// what was asked for at the very end of the wait.
func (s *Store) fallBack(r request, err error) (*paymentlink.Snapshot, error) {
	k, ok := s.lists.GetIfPresent(r.tenant.Key)
	switch now := s.now(); {
	case ok && k.isFresh(now) && k.satisfies(r.notBefore):
		return &k.snapshot, nil
	case ok && k.isHeld(now):
		return k.stale(), nil
	}
	return nil, err
}

// event is what ended a wait.
type event int

const (
	landed event = iota
	patienceOver
	pauseOver
	contextEnded
)

// wait blocks until the flight has landed, the patience or the pause is over, or
// ctx ends.
func (next step) wait(ctx context.Context) event {
	if next.flight == nil {
		if sleep(ctx, next.pause) {
			return pauseOver
		}
		return contextEnded
	}
	var limit <-chan time.Time
	if next.patience > 0 {
		timer := time.NewTimer(next.patience)
		defer timer.Stop()
		limit = timer.C
	}
	select {
	case <-next.flight.done:
		return landed
	case <-limit:
		return patienceOver
	case <-ctx.Done():
		return contextEnded
	}
}

// sleep waits for d, and returns false when ctx ends before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
