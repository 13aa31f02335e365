package sharedcache

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

const (
	// purges is the stream that all replicas read.
	purges = format + "purges"
	// rememberedFor is how long the stream holds a purge, for replicas that
	// could not read it when it was written.
	rememberedFor = 10 * time.Minute
	// maxOrders bounds the purges that a replica remembers to have ordered.
	maxOrders = 10_000
	// blockFor bounds one read of the stream, batch what it brings.
	blockFor = 5 * time.Second
	batch    = 1000
)

// orders are the purges that this replica has asked for. Those that Redis has not
// got yet are sent when it answers again. The others are sent once more to a
// server that is another one than before: it may have lost them. It is safe for
// concurrent use.
type orders struct {
	now func() time.Time

	mu   sync.Mutex
	list map[string]order // by the pair's id
}

type order struct {
	at   time.Time
	sent bool
}

// add remembers the purge of a pair. Beyond the bound, the oldest of a few leaves.
func (o *orders) add(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if len(o.list) >= maxOrders {
		o.forget(now)
	}
	o.list[id] = order{at: now}
}

// forget makes room. mu is held.
func (o *orders) forget(now time.Time) {
	maps.DeleteFunc(o.list, func(_ string, old order) bool { return now.Sub(old.at) > rememberedFor })
	oldest, looked := "", 0
	for id, old := range o.list { // in any order
		if oldest == "" || old.at.Before(o.list[oldest].at) {
			oldest = id
		}
		if looked++; looked == 100 {
			break
		}
	}
	if len(o.list) >= maxOrders {
		delete(o.list, oldest)
	}
}

// unsent returns the pairs whose purge Redis has not got; all of them if it is
// another server than before.
func (o *orders) unsent(all bool) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var ids []string
	for id, old := range o.list {
		if o.now().Sub(old.at) <= rememberedFor && (all || !old.sent) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (o *orders) sent(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if old, ok := o.list[id]; ok {
		o.list[id] = order{at: old.at, sent: true}
	}
}

// pending reports whether Redis has yet to be told of a purge of the pair.
func (o *orders) pending(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	old, ok := o.list[id]
	return ok && !old.sent
}

// order removes the pair from Redis and from all replicas, behind the answer.
func (c *Cache) order(id string) {
	c.orders.add(id)
	select {
	case c.ordered <- struct{}{}:
	default: // it is being looked at
	}
}

// sendOrders sends what was ordered, as soon as Redis answers.
func (c *Cache) sendOrders(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.ordered:
		}
		if clients, _, up := c.link.use(); up {
			_ = c.send(ctx, clients, false) // what failed is sent when Redis answers again
		}
	}
}

func (c *Cache) send(ctx context.Context, clients *clients, all bool) error {
	for _, id := range c.orders.unsent(all) {
		asking, cancel := context.WithTimeout(ctx, quickFor)
		err := c.scripts.purge.Exec(asking, clients.quick, []string{headOf(id), purges}, []string{
			id, c.replica, bodyPrefix(id), milliseconds(rememberedFor),
		}).Error()
		cancel()
		if err != nil {
			c.link.blame(ctx, err)
			return err
		}
		c.orders.sent(id)
		c.events.Purged("sent")
	}
	return nil
}

// arrived is called before a Redis is used that was not reached until now. What
// another server kept from before may have been purged since.
func (c *Cache) arrived(ctx context.Context, clients *clients, server string) error {
	another := c.server != "" && c.server != server
	if err := c.send(ctx, clients, another); err != nil {
		return err
	}
	quick := clients.quick
	asking, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	if another {
		clock, err := quick.Do(asking, quick.B().Time().Build()).AsIntSlice()
		if err != nil {
			return err
		}
		if len(clock) != 2 {
			return errAnswer
		}
		c.trusted.Store(clock[0]*1000 + clock[1]/1000)
	}
	if c.server == "" {
		last, err := quick.Do(asking, quick.B().Xrevrange().Key(purges).End("+").Start("-").Count(1).Build()).AsXRange()
		if err != nil {
			return err
		}
		c.watched.start("0-0")
		if len(last) > 0 {
			c.watched.start(last[0].ID)
		}
	} else if another {
		c.watched.start("0-0")
	}
	c.server = server
	return nil
}

// position is how far the stream of purges was read.
type position struct {
	mu     sync.Mutex
	id     string
	readAt time.Time
}

func (p *position) start(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id = id
}

func (p *position) at() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

// advance moves on from one position to the next, unless another was started
// meanwhile. It returns how long nothing was read before.
func (p *position) advance(from, to string, now time.Time) (unread time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.id == from {
		p.id = to
	}
	if !p.readAt.IsZero() {
		unread = now.Sub(p.readAt)
	}
	p.readAt = now
	return unread
}

// watch reads the stream of purges until ctx ends.
func (c *Cache) watch(ctx context.Context) {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		clients, _, up := c.link.use()
		if up && c.readPurges(ctx, clients) {
			continue
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// readPurges waits for the next purges, and carries them out. It returns false
// when Redis did not answer.
func (c *Cache) readPurges(ctx context.Context, clients *clients) bool {
	from := c.watched.at()
	// A deadline would have rueidis read in this goroutine, deaf to ctx.
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(blockFor+quickFor, cancel).Stop()
	quick := clients.quick
	streams, err := quick.Do(asking, quick.B().Xread().Count(batch).Block(blockFor.Milliseconds()).Streams().Key(purges).Id(from).Build()).AsXRead()
	if err != nil && !rueidis.IsRedisNil(err) {
		c.link.blame(ctx, err)
		return false
	}
	to := from
	for _, entry := range streams[purges] {
		to = entry.ID
		if entry.FieldValues["by"] != c.replica {
			c.drop(entry.FieldValues["id"])
		}
	}
	if unread := c.watched.advance(from, to, c.now()); unread > rememberedFor {
		c.known.dropAll()
	}
	return true
}

// drop lets go of what this replica keeps of a pair.
func (c *Cache) drop(id string) {
	if c.known.drop(id) {
		c.events.Purged("followed")
	}
}
