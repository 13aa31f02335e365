package sharedcache

import (
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"

	"paymentlinks/internal/tenant"
)

// maxKnown bounds the pairs of which this replica remembers a list, at about 200
// bytes each.
const maxKnown = 200_000

// known are the pairs that this replica got a list of: who keeps it, and which it
// was. A pair that is pushed out is dropped where its list is kept, because a
// purge of it could not be carried out any more. It is safe for concurrent use.
type known struct {
	pairs *otter.Cache[string, pair]
	purge func(tenant.Key)
}

// pair is what is known of one.
type pair struct {
	key tenant.Key
	// handed is the list that was handed out last: when it was fetched by Redis'
	// clock, and the time that the caller was told.
	handed   int64
	handedAt time.Time
}

func newKnown(limit int, purge func(tenant.Key)) (*known, error) {
	k := &known{purge: purge}
	var err error
	k.pairs, err = otter.New(&otter.Options[string, pair]{
		MaximumSize: limit,
		Logger:      &otter.NoopLogger{},
		OnDeletion: func(e otter.DeletionEvent[string, pair]) {
			if e.WasEvicted() {
				purge(e.Value.key)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make the cache of pairs: %w", err)
	}
	return k, nil
}

func (k *known) set(id string, p pair) { k.pairs.Set(id, p) }

func (k *known) get(id string) (pair, bool) { return k.pairs.GetIfPresent(id) }

// drop forgets the pair, and has its list dropped.
func (k *known) drop(id string) bool {
	p, ok := k.pairs.Invalidate(id)
	if ok {
		k.purge(p.key)
	}
	return ok
}

func (k *known) dropAll() {
	for id := range k.pairs.Keys() {
		k.drop(id)
	}
}

// find looks for a tenant among all, for operators.
func (k *known) find(key tenant.Key) (id string, ok bool) {
	for id, p := range k.pairs.All() {
		if p.key == key {
			return id, true
		}
	}
	return "", false
}
