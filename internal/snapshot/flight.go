package snapshot

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

// flight is one call of the Lister, which any number of callers wait for.
type flight struct {
	begunAt time.Time
	prev    *kept // what the pair had when the flight began, nil for nothing
	cancel  context.CancelFunc

	// done is closed once list or err is set.
	done chan struct{}
	list *kept
	err  error
}

// begin starts the pair's flight, or returns nil after Close. s.mu is held and
// the pair has no flight. The flight takes the values of ctx along, but no
// caller's leaving or deadline ends it.
func (s *Store) begin(ctx context.Context, r request, prev *kept, now time.Time) *flight {
	if s.closed {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.fetchTimeout)
	f := &flight{begunAt: now, prev: prev, cancel: cancel, done: make(chan struct{})}
	s.flights[r.tenant.Key] = f
	s.running.Go(func() { s.fly(ctx, f, r) })
	return f
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
func (s *Store) land(ctx context.Context, f *flight, r request, snapshot *paymentlink.Snapshot, err error) {
	if err != nil {
		f.err = classify(ctx, err)
	} else {
		f.list = s.ages.keep(*snapshot, f.begunAt)
	}
	s.mu.Lock()
	if f.err == nil {
		s.lists.Set(r.tenant.Key, f.list)
	} else if ctx.Err() == nil || !errors.Is(ctx.Err(), context.Canceled) {
		s.remember(f, r)
	}
	delete(s.flights, r.tenant.Key)
	s.mu.Unlock()
	s.log(ctx, f)
	close(f.done)
}

// remember keeps what a failure says about the pair. s.mu is held.
func (s *Store) remember(f *flight, r request) {
	now := s.now()
	limit, _ := errors.AsType[*fault.Error](f.err)
	switch kind := fault.KindOf(f.err); {
	case isRefusal(f.err):
		s.lists.Invalidate(r.tenant.Key)
		s.refusals.Set(r.tenant.Key, &refusal{err: f.err, until: now.Add(refusedFor)})
	case kind == fault.UpstreamRateLimited && f.prev != nil:
		s.lists.Set(r.tenant.Key, f.prev.afterLimit(now, limit))
	case kind == fault.UpstreamRateLimited:
		s.refusals.Set(r.tenant.Key, &refusal{err: f.err, until: now.Add(fault.BoundRetryAfter(limit.RetryAfter))})
	case f.prev != nil:
		s.lists.Set(r.tenant.Key, f.prev.afterFailure(now))
	}
}

// log reports a failed flight, once for all its waiters. A refused pair is its
// caller's affair, and a flight that Close canceled nobody's.
func (s *Store) log(ctx context.Context, f *flight) {
	if f.err == nil || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	attrs := []slog.Attr{
		slog.String("kind", string(fault.KindOf(f.err))),
		slog.Bool("list_kept", f.prev != nil && !isRefusal(f.err)),
		slog.Any("error", f.err),
	}
	level := slog.LevelWarn
	switch caught, ok := errors.AsType[*panicError](f.err); {
	case ok:
		level = slog.LevelError
		attrs = append(attrs, slog.String("stack", string(caught.stack)))
	case isRefusal(f.err):
		level = slog.LevelInfo
	case fault.KindOf(f.err) == fault.Internal:
		level = slog.LevelError
	}
	s.logger.LogAttrs(ctx, level, "list of payment links not fetched", attrs...)
}
