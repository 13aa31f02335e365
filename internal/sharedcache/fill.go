package sharedcache

import (
	"context"
	"crypto/rand"
	"time"

	"paymentlinks/internal/paymentlink"
)

// newLease returns a name that nobody else has.
func (c *Cache) newLease() string { return rand.Text() }

// fill fetches a list under the lease, and gives it to all replicas behind the
// answer.
func (c *Cache) fill(ctx context.Context, q question) (*paymentlink.Snapshot, error) {
	lasting, finish := context.WithCancel(context.WithoutCancel(ctx))
	c.running.Go(func() { c.renew(lasting, q) })
	j := job{keys: q.keys, lease: q.lease, before: q.before, finish: finish}
	defer func() { c.behind(j) }() // also after a panic of the lister
	c.events.Listed(fromFill)
	snapshot, err := c.next.List(ctx, q.tenant, q.prev)
	if err != nil {
		c.refuse(q, err)
		return nil, err
	}
	if snapshot.Body != nil {
		j.body, j.mark = snapshot.Body, mark{fetchedAt: q.begunAt, version: snapshot.Version}
	}
	c.known.set(q.keys.id, pair{key: q.tenant.Key, handed: q.begunAt, handedAt: snapshot.FetchedAt})
	return snapshot, nil
}

// renew keeps the lease until ctx ends.
func (c *Cache) renew(ctx context.Context, q question) {
	ticker := time.NewTicker(renewEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.done:
			return
		case <-ticker.C:
		}
		if clients, _, up := c.link.use(); up {
			asking, cancel := context.WithTimeout(ctx, renewEvery)
			err := c.scripts.renew.Exec(asking, clients.quick, []string{q.keys.head()}, []string{q.lease, milliseconds(leaseFor)}).Error()
			cancel()
			c.link.blame(ctx, err)
		}
	}
}
