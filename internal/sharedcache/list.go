package sharedcache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/rueidis"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// Where a list came from, as it is counted.
const (
	fromShared = "shared" // another replica had fetched it
	fromFill   = "filled" // fetched for all replicas
	fromAlone  = "alone"  // fetched without Redis, or in spite of it
)

// List returns the newest list of a tenant that any replica has fetched, if that
// is newer than prev and no older than FreshFor, or else fetches it. prev is what
// the caller has: who asks again wants a newer one.
//
// Its FetchedAt is never later than the list was fetched, whatever the clocks of
// the replicas say. Its errors are those of the Lister; Redis has none.
func (c *Cache) List(ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	k, err := derive(c.settings.Upstream, t.Credentials)
	if err != nil {
		return c.alone(ctx, question{tenant: t, prev: prev})
	}
	q := question{tenant: t, prev: prev, keys: k, lease: c.newLease(), budget: &budget{left: patience}}
	q.wanted = c.wanted(k.id, prev)
	if c.orders.pending(k.id) { // what Redis has must not be used any more
		return c.alone(ctx, q)
	}
	snapshot, err := c.shared(ctx, &q)
	switch {
	case err == nil && snapshot != nil:
		c.events.Listed(fromShared)
		return snapshot, nil
	case err == nil:
		return c.fill(ctx, q)
	}
	return c.alone(ctx, q)
}

// question is one call of List.
type question struct {
	tenant tenant.Tenant
	prev   *paymentlink.Snapshot
	keys   keys
	lease  string
	wanted wanted
	budget *budget
	// unusable says that what Redis has of the pair cannot be opened.
	unusable bool
	// before is the list that Redis has, begunAt Redis' time, once the lease is
	// taken.
	before  mark
	begunAt int64
}

// wanted says how new a list must be for a caller that has prev.
func (c *Cache) wanted(id string, prev *paymentlink.Snapshot) wanted {
	w := wanted{after: c.trusted.Load(), maxAge: -1}
	if prev == nil {
		return w
	}
	if p, ok := c.known.get(id); ok && p.handedAt.Equal(prev.FetchedAt) {
		w.after = max(w.after, p.handed)
		return w
	}
	w.maxAge = max(c.now().Sub(prev.FetchedAt), 0)
	return w
}

// shared returns the list that Redis has or that another replica is fetching. It
// returns nil without an error when this one is to fetch it, and an error when
// Redis is of no use.
func (c *Cache) shared(ctx context.Context, q *question) (*paymentlink.Snapshot, error) {
	giveUp := time.Now().Add(waitFor)
	var waitedFor claimed
	for {
		clients, _, up := c.link.use()
		if !up {
			return nil, errDown
		}
		if q.budget.left <= 0 {
			return nil, errSlow
		}
		sentAt := c.now()
		asking, done := q.budget.begin(ctx)
		claim, err := c.scripts.askClaim(asking, clients.quick, q.keys.head(), q.lease, q.wanted, c.settings.FreshFor)
		done()
		if err != nil {
			c.link.blame(ctx, err)
			return nil, err
		}
		switch claim.state {
		case stateKept:
			snapshot, err := c.read(ctx, q, clients, claim, sentAt)
			if !errors.Is(err, errSealed) {
				return snapshot, err
			}
			if q.wanted.after >= claim.fetchedAt {
				return nil, err
			}
			q.wanted.after, q.unusable = claim.fetchedAt, true
		case stateFill:
			if !q.unusable {
				q.before, _ = q.keys.openMark(claim.sealed) // without it the body is written anew
			}
			q.begunAt = claim.now
			return nil, nil //nolint:nilnil // the third outcome, as told
		case stateWait:
			failed := waitedFor.holder != "" && waitedFor.holder != claim.holder && waitedFor.fetchedAt == claim.fetchedAt
			if failed || time.Now().After(giveUp) {
				return nil, errOther
			}
			waitedFor = claim
			if err := c.wait(ctx, q.budget, q.keys.head(), claim); err != nil {
				return nil, err
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		default:
			return nil, errAnswer
		}
	}
}

// errSlow says that Redis has had its time.
var errSlow = errors.New("redis has taken its time")

// errOther says that the replica which fetches does not get on.
var errOther = errors.New("another replica could not fetch the list")

// read returns the list that a claim found. The error is errSealed for an entry
// that cannot be used, and must be fetched anew.
func (c *Cache) read(ctx context.Context, q *question, clients *clients, claim claimed, sentAt time.Time) (*paymentlink.Snapshot, error) {
	m, err := q.keys.openMark(claim.sealed)
	if err != nil || m.fetchedAt != claim.fetchedAt {
		return nil, errSealed
	}
	// Redis told its time after sentAt, and in whole milliseconds, so this is not
	// later than the fetch.
	age := time.Duration(claim.now-claim.fetchedAt+1) * time.Millisecond
	snapshot := &paymentlink.Snapshot{Version: m.version, FetchedAt: sentAt.Add(-age)}
	if q.prev != nil && q.prev.Set != nil && q.prev.Version == m.version {
		snapshot.Set, snapshot.Skipped = q.prev.Set, q.prev.Skipped
	} else {
		body, err := c.body(ctx, q, clients, m.version)
		if err != nil {
			return nil, err
		}
		if snapshot.Set, snapshot.Skipped, err = c.decode(ctx, body); err != nil {
			return nil, errSealed
		}
	}
	c.known.set(q.keys.id, pair{key: q.tenant.Key, handed: claim.fetchedAt, handedAt: snapshot.FetchedAt})
	return snapshot, nil
}

// body reads the body of a version.
func (c *Cache) body(ctx context.Context, q *question, clients *clients, version string) ([]byte, error) {
	asking, done := q.budget.begin(ctx)
	defer done()
	name := bodyPrefix(q.keys.id) + q.keys.bodyName(version)
	sealed, err := clients.read.Do(asking, clients.read.B().Get().Key(name).Build()).AsBytes()
	if refused(err) || rueidis.IsRedisNil(err) {
		return nil, errSealed // gone, or of another type
	}
	if err != nil {
		// A large body may take longer than this while Redis is well.
		if !errors.Is(err, context.DeadlineExceeded) {
			c.link.blame(ctx, err)
		}
		return nil, err
	}
	return c.bodies.open(q.keys, version, sealed)
}

// alone fetches a list for this replica.
func (c *Cache) alone(ctx context.Context, q question) (*paymentlink.Snapshot, error) {
	c.events.Listed(fromAlone)
	snapshot, err := c.next.List(ctx, q.tenant, q.prev)
	if err != nil {
		c.refuse(q, err)
		return nil, err
	}
	if q.keys.id != "" { // a purge must find it
		c.known.set(q.keys.id, pair{key: q.tenant.Key})
	}
	return snapshot, nil
}

// refuse has the pair purged everywhere if upstream denies it.
func (c *Cache) refuse(q question, err error) {
	kind := fault.KindOf(err)
	if q.keys.id != "" && (kind == fault.Unauthenticated || kind == fault.Forbidden) {
		c.order(q.keys.id)
	}
}
