package upstream

import (
	"container/list"
	"context"
	"sync"

	"paymentlinks/internal/tenant"
)

// turns hands out the places for tries in flight. It is safe for concurrent
// use.
//
// Who finds no place waits in line. A place that becomes free goes in turn to
// the two classes, and within a class in turn to its tenants. Tenants that have
// no list yet are a class of their own, and never hold all places: anybody can
// invent pairs of credentials, and a flood of them must leave room for the
// tenants that are known.
type turns struct {
	mu      sync.Mutex
	free    [classes]int // places that a class could take now
	waiting [classes]line
	next    class // whose turn it is
}

// class tells tenants that have a list from those that have none yet.
type class int

const (
	known class = iota
	cold
	classes
)

// newTurns returns so many places, at least one. At most half of them go to
// cold tenants.
func newTurns(places int) *turns {
	return &turns{free: [classes]int{known: places, cold: max(1, places/2)}}
}

// waiter is one try without a place.
type waiter struct {
	// granted is closed when the try has a place.
	granted chan struct{}
}

// take waits for a place until ctx ends, whose error it returns. release must
// be called once.
func (t *turns) take(ctx context.Context, key tenant.Key, c class) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{granted: make(chan struct{})}
	t.mu.Lock()
	t.waiting[c].add(key, w)
	t.grant()
	t.mu.Unlock()
	select {
	case <-w.granted:
	case <-ctx.Done():
		if t.leave(key, c, w) {
			return nil, ctx.Err()
		}
	}
	return func() { t.release(c) }, nil
}

// leave takes w out of the line. It returns false when w has its place already.
func (t *turns) leave(key tenant.Key, c class, w *waiter) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting[c].remove(key, w)
}

func (t *turns) release(c class) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free[known]++
	if c == cold {
		t.free[cold]++
	}
	t.grant()
}

// grant gives places away while there are some and somebody may have them.
// t.mu is held.
func (t *turns) grant() {
	for t.free[known] > 0 {
		c := t.next
		if !t.mayTake(c) {
			if c = classes - 1 - c; !t.mayTake(c) {
				return
			}
		}
		t.free[known]--
		if c == cold {
			t.free[cold]--
		}
		t.next = classes - 1 - c
		close(t.waiting[c].pop().granted)
	}
}

func (t *turns) mayTake(c class) bool { return t.free[c] > 0 && !t.waiting[c].isEmpty() }

// line is a round of tenants, each with its waiters, first come first. The
// zero value is empty.
type line struct {
	round    list.List // of *queue
	byTenant map[tenant.Key]*list.Element
}

// queue holds the waiters of one tenant; it is never empty.
type queue struct {
	key     tenant.Key
	waiters []*waiter
}

func (l *line) isEmpty() bool { return l.round.Len() == 0 }

func (l *line) add(key tenant.Key, w *waiter) {
	if at, ok := l.byTenant[key]; ok {
		q := queueAt(at)
		q.waiters = append(q.waiters, w)
		return
	}
	if l.byTenant == nil {
		l.byTenant = map[tenant.Key]*list.Element{}
	}
	l.byTenant[key] = l.round.PushBack(&queue{key: key, waiters: []*waiter{w}})
}

// pop returns the first waiter of the tenant whose turn it is, and moves the
// tenant to the end of the round. The line is not empty.
func (l *line) pop() *waiter {
	at := l.round.Front()
	q := queueAt(at)
	w := q.waiters[0]
	l.round.MoveToBack(at)
	l.drop(at, 0)
	return w
}

// remove takes w out, and reports whether it was there.
func (l *line) remove(key tenant.Key, w *waiter) bool {
	at, ok := l.byTenant[key]
	if !ok {
		return false
	}
	for i, other := range queueAt(at).waiters {
		if other == w {
			l.drop(at, i)
			return true
		}
	}
	return false
}

// drop takes one waiter out of a queue, and the queue out when it was the last.
func (l *line) drop(at *list.Element, i int) {
	q := queueAt(at)
	q.waiters = append(q.waiters[:i], q.waiters[i+1:]...)
	if len(q.waiters) == 0 {
		l.round.Remove(at)
		delete(l.byTenant, q.key)
	}
}

func queueAt(at *list.Element) *queue {
	q, _ := at.Value.(*queue) // the line holds nothing else
	return q
}
