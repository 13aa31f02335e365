package answer

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Flight is the making of one answer that others wait for.
type Flight struct {
	store      *Store
	key        []byte // the leader's
	hash       uint64
	generation uint64

	done   chan struct{} // closed when answer is set
	answer *Answer       // nil when there is none to share

	mu       sync.Mutex
	waiting  int // how many want the answer, the leader included
	followed bool
	cancel   context.CancelFunc
}

// Join returns the flight that makes the answer to q, and whether the caller
// has to lead it. generation is that of the list that the caller was given
// ahead, 0 for a caller that was given none: only callers of one list share.
// The flight is nil when another question stands in the way; then the caller
// is on its own.
func (q *Question) Join(generation uint64) (f *Flight, leads bool) {
	s := q.store
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.flights[q.hash]
	if !ok {
		f = &Flight{store: s, key: q.key, hash: q.hash, generation: generation, done: make(chan struct{}), waiting: 1}
		s.flights[q.hash] = f
		return f, true
	}
	if string(f.key) != string(q.key) || f.generation != generation {
		return nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting == 0 {
		return nil, false // all have left: it may be ending without an answer
	}
	f.waiting++
	f.followed = true
	return f, false
}

// Context returns the context under which the leader makes the answer. It has
// the values and the deadline of ctx, and ends early only when ctx and all that
// follow have ended. The leader calls Land when it is done, however that ends.
func (f *Flight) Context(ctx context.Context) context.Context {
	detached := context.WithoutCancel(ctx)
	var cancel context.CancelFunc
	if deadline, ok := ctx.Deadline(); ok {
		detached, cancel = context.WithDeadline(detached, deadline)
	} else {
		detached, cancel = context.WithCancel(detached)
	}
	f.mu.Lock()
	f.cancel = cancel
	f.mu.Unlock()
	context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) { // detached has the same deadline, and should say so
			f.leave()
		}
	})
	return detached
}

// IsFollowed reports whether anybody else ever waited.
func (f *Flight) IsFollowed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.followed
}

// Land ends the flight. a is nil when there is no answer that others may have.
func (f *Flight) Land(a *Answer) {
	f.store.mu.Lock()
	delete(f.store.flights, f.hash)
	f.store.mu.Unlock()
	f.answer = a
	close(f.done)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil {
		f.cancel()
	}
}

// Wait returns the answer that a caller would have got who asked alone at
// since, with the instant at which it stops being fresh. It returns nil when
// there is none and the caller has to ask alone, or when ctx ends first.
func (f *Flight) Wait(ctx context.Context, since time.Time) (*Answer, time.Time) {
	defer f.leave()
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, time.Time{}
	}
	if f.answer == nil {
		return nil, time.Time{}
	}
	until, ok := f.answer.life.since(since, f.generation != 0)
	if !ok {
		return nil, time.Time{}
	}
	return f.answer, until
}

func (f *Flight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting--
	if f.waiting == 0 && f.cancel != nil {
		f.cancel()
	}
}
