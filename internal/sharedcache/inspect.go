package sharedcache

import (
	"context"
	"time"

	"paymentlinks/internal/tenant"
)

// Entry is what Redis keeps of one tenant, for operators.
type Entry struct {
	// FetchedAt is when a replica began to fetch the list, by Redis' clock; zero
	// for no list.
	FetchedAt time.Time `json:"fetchedAt"`
	// Bytes is the size of the body, compressed and sealed.
	Bytes int64 `json:"bytes"`
	// Fetching says that a replica is fetching a newer list.
	Fetching bool `json:"fetching"`
}

// Inspect returns what Redis keeps of a tenant whose list this replica has had;
// false for any other, and while Redis does not answer.
func (c *Cache) Inspect(ctx context.Context, key tenant.Key) (Entry, bool) {
	id, known := c.known.find(key)
	clients, _, up := c.link.use()
	if !known || !up {
		return Entry{}, false
	}
	asking, cancel := context.WithTimeout(ctx, quickFor)
	defer cancel()
	quick := clients.quick
	fields, err := quick.Do(asking, quick.B().Hmget().Key(headOf(id)).Field("f", "b", "l").Build()).ToArray()
	if err != nil || len(fields) != 3 {
		c.link.blame(ctx, err)
		return Entry{}, false
	}
	var e Entry
	if at, err := fields[0].AsInt64(); err == nil {
		e.FetchedAt = time.UnixMilli(at).UTC()
	}
	_, err = fields[2].ToString()
	e.Fetching = err == nil
	if name, err := fields[1].ToString(); err == nil {
		e.Bytes, _ = quick.Do(asking, quick.B().Strlen().Key(bodyPrefix(id)+name).Build()).AsInt64() // 0 for none
	}
	return e, true
}

// Purge removes what Redis and the other replicas keep of a tenant whose list this
// replica has had. It returns at once; without Redis it is done when that answers
// again.
func (c *Cache) Purge(key tenant.Key) {
	if id, known := c.known.find(key); known {
		c.order(id)
	}
}
