package sharedcache

import (
	"context"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

const (
	// pulseEvery and pulseFor bound how late those who wait for another replica
	// learn that Redis has stopped answering.
	pulseEvery = 10 * time.Millisecond
	pulseFor   = 40 * time.Millisecond
	// trackedFor is how long Redis is asked to tell of changes of a head.
	trackedFor = 10 * time.Second
)

// waiters are those who wait for a change of a head, by its name.
type waiters struct {
	mu    sync.Mutex
	heads map[string]map[chan struct{}]bool
	count int
}

// join returns what is closed at the next change of the head. leave must be
// called once. first says that nobody else waits.
func (w *waiters) join(head string) (changed chan struct{}, first bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed = make(chan struct{})
	if w.heads[head] == nil {
		w.heads[head] = map[chan struct{}]bool{}
	}
	w.heads[head][changed] = true
	w.count++
	return changed, w.count == 1
}

func (w *waiters) leave(head string, changed chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count--
	if delete(w.heads[head], changed); len(w.heads[head]) == 0 {
		delete(w.heads, head)
	}
}

func (w *waiters) any() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count > 0
}

// invalidate takes what Redis tells of changes; nil for all that it told of.
func (w *waiters) invalidate(messages []rueidis.RedisMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if messages == nil {
		for head := range w.heads {
			w.wake(head)
		}
	}
	for _, message := range messages {
		if head, err := message.ToString(); err == nil {
			w.wake(head)
		}
	}
}

// wake is called with mu held.
func (w *waiters) wake(head string) {
	for changed := range w.heads[head] {
		close(changed)
		delete(w.heads[head], changed)
	}
}

// wait blocks until the head has changed since it was claimed, the lease of
// another replica is over, Redis does not answer, or ctx ends.
func (c *Cache) wait(ctx context.Context, b *budget, head string, seen claimed) error {
	changed, first := c.waiters.join(head)
	defer c.waiters.leave(head, changed)
	clients, down, up := c.link.use()
	if !up {
		return errDown
	}
	if first {
		lasting := context.WithoutCancel(ctx)
		c.running.Go(func() { c.pulse(lasting) })
	}
	// The read asks Redis to tell of the next change. What changed between the
	// claim and it shows in its answer.
	quick := clients.quick
	asking, done := b.begin(ctx)
	fields, err := quick.DoCache(asking, quick.B().Hmget().Key(head).Field("f", "l").Cache(), trackedFor).ToArray()
	done()
	if err != nil {
		c.link.blame(ctx, err)
		return err
	}
	if len(fields) != 2 {
		return errAnswer
	}
	fetchedAt, _ := fields[0].AsInt64() // 0 for none
	if holder, _ := fields[1].ToString(); holder != seen.holder || fetchedAt != seen.fetchedAt {
		return nil
	}
	timer := time.NewTimer(seen.left + time.Millisecond)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-down:
		return errDown
	case <-ctx.Done():
	}
	return nil
}

// pulse asks Redis for a sign of life as long as anybody waits.
func (c *Cache) pulse(ctx context.Context) {
	ticker := time.NewTicker(pulseEvery)
	defer ticker.Stop()
	for c.waiters.any() {
		clients, _, up := c.link.use()
		if !up {
			return
		}
		asking, cancel := context.WithTimeout(ctx, pulseFor)
		err := clients.quick.Do(asking, clients.quick.B().Ping().Build()).Error()
		cancel()
		c.link.blame(ctx, err)
		select {
		case <-ticker.C:
		case <-c.done:
			return
		}
	}
}
