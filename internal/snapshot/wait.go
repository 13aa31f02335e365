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

// next is what a caller does next: return snapshot or err, or wait for flight,
// or pause and ask again.
type next struct {
	snapshot *paymentlink.Snapshot
	err      error

	flight *flight
	limit  time.Duration // of the wait, 0 for none; without a flight the pause
}

// await answers what cannot be answered from memory at once.
func (s *Store) await(ctx context.Context, r request) (*paymentlink.Snapshot, error) {
	for {
		n := s.decide(ctx, r)
		if n.snapshot != nil || n.err != nil {
			return n.snapshot, n.err
		}
		switch n.wait(ctx) {
		case landed:
			f := n.flight
			if f.err != nil {
				return s.fallBack(r.tenant.Key, f.err) // after a refusal nothing is there to fall back on
			}
			if f.list.satisfies(r.notBefore) {
				return &f.list.snapshot, nil
			}
			// The flight began before this caller asked: once more, with the others.
		case limitReached:
			if n.flight != nil {
				return s.fallBack(r.tenant.Key, errLate())
			}
		case contextEnded:
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, errLeft(ctx.Err())
			}
			return s.fallBack(r.tenant.Key, errLate())
		}
	}
}

// decide looks at what is kept of the pair, and begins a flight where one is
// needed and none is under way.
func (s *Store) decide(ctx context.Context, r request) next {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	k, _ := s.lists.GetIfPresent(r.tenant.Key)
	f := s.flights[r.tenant.Key]
	if k == nil {
		if refused, ok := s.refusals.GetIfPresent(r.tenant.Key); ok && now.Before(refused.until) {
			return next{err: refused.at(now)}
		}
	} else {
		switch {
		case k.isFresh(now) && k.satisfies(r.notBefore):
			return next{snapshot: &k.snapshot}
		case now.Before(k.nextTry) && k.isHeld(now):
			return next{snapshot: k.stale()}
		case now.Before(k.nextTry) && k.limited != nil:
			return next{err: remaining(k.limited, k.nextTry.Sub(now))}
		case k.isBehind(now) && r.notBefore.IsZero():
			if f == nil {
				s.begin(ctx, r, k, now)
			}
			return next{snapshot: &k.snapshot}
		}
	}
	if f == nil {
		if k != nil && !r.notBefore.IsZero() && now.Before(k.begunAt.Add(forcedEvery)) {
			return next{limit: k.begunAt.Add(forcedEvery).Sub(now)}
		}
		if f = s.begin(ctx, r, k, now); f == nil {
			snapshot, err := s.fallBack(r.tenant.Key, errStopping())
			return next{snapshot: snapshot, err: err}
		}
	}
	n := next{flight: f}
	if k != nil && k.failures > 0 && k.isHeld(now.Add(patience)) {
		n.limit = patience
	}
	return n
}

// fallBack returns the old list while it may stand in, else err. The list is
// looked up anew: upstream may have denied the pair meanwhile.
func (s *Store) fallBack(key tenant.Key, err error) (*paymentlink.Snapshot, error) {
	if old, ok := s.lists.GetIfPresent(key); ok && old.isHeld(s.now()) {
		return old.stale(), nil
	}
	return nil, err
}

// event is what ended a wait.
type event int

const (
	landed event = iota
	limitReached
	contextEnded
)

// wait blocks until the flight has landed, the limit is reached or ctx ends.
func (n next) wait(ctx context.Context) event {
	var (
		done  <-chan struct{}
		limit <-chan time.Time
	)
	if n.flight != nil {
		done = n.flight.done
	}
	if n.limit > 0 {
		timer := time.NewTimer(n.limit)
		defer timer.Stop()
		limit = timer.C
	}
	select {
	case <-done:
		return landed
	case <-limit:
		return limitReached
	case <-ctx.Done():
		return contextEnded
	}
}
