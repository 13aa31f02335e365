package sharedcache

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

const (
	// patience is what all commands of one List may take together.
	patience = 50 * time.Millisecond
	// leaseFor is how long the others wait for a replica that has died. One that
	// lives renews its lease.
	leaseFor   = 2 * time.Second
	renewEvery = leaseFor / 4
	// waitFor bounds the wait for another replica, which may have trouble of its
	// own with upstream.
	waitFor = 4 * time.Second
	// arriveFor is how long New waits for Redis.
	arriveFor = 500 * time.Millisecond
)

// Lister fetches a tenant's whole list from upstream. prev, when not nil, is what
// the same tenant got before. The snapshot carries its Body. Its errors are of
// package fault. It must return soon after ctx ends and be safe for concurrent
// use.
type Lister interface {
	List(ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error)
}

// Settings say where Redis is, and for how long a list counts as new.
type Settings struct {
	// URL is redis://HOST:PORT/DB, rediss:// for TLS, or unix:///PATH; it may
	// name a user. It is required.
	URL string
	// Password is sent to Redis; "" sends none.
	Password string
	// CAFile names a file of PEM certificates to trust beside the system's.
	CAFile string
	// FreshFor is the age up to which a list that one replica has fetched is good
	// for all. It must be positive.
	FreshFor time.Duration
	// LiveFor is how long an entry stays in Redis after its fetch. It must not be
	// shorter than replicas keep a list in memory.
	LiveFor time.Duration
	// MaxBodyBytes bounds a body after inflation. It must be positive.
	MaxBodyBytes int64
	// Upstream names who is asked for lists. Replicas of different upstreams
	// share nothing.
	Upstream string
}

// Config says what a Cache stands between. Lister, Decode and Purge are
// required.
type Config struct {
	Settings

	// Lister is asked for what Redis does not have.
	Lister Lister
	// Decode makes a set of a body that upstream sent to any replica, and counts
	// the elements that cannot be read.
	Decode func(ctx context.Context, body []byte) (set *paymentlink.Set, skipped int, err error)
	// Purge lets go of what this replica keeps of a tenant. It returns at once.
	Purge func(key tenant.Key)
	// Events hear what is done.
	Events Events
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger hears when Redis comes and goes; nil discards.
	Logger *slog.Logger
}

// Cache is a Lister that asks Redis before it asks another. It is safe for
// concurrent use.
type Cache struct {
	settings Settings
	life     time.Duration
	next     Lister
	decode   func(ctx context.Context, body []byte) (*paymentlink.Set, int, error)
	events   Events
	now      func() time.Time
	logger   *slog.Logger

	replica string // names this process in leases and purges
	link    *link
	scripts scripts
	bodies  *bodies
	waiters waiters
	writer  writer
	known   *known
	orders  orders
	ordered chan struct{} // there are new orders
	watched position
	server  string       // the identity of the Redis that was reached last; link.run's
	trusted atomic.Int64 // no list counts that was fetched before, by Redis' clock

	done    chan struct{} // closed by Close
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New returns a Cache. It waits for Redis for half a second at most, and works
// without it. An error is about cfg, and says nothing of a secret.
func New(ctx context.Context, cfg Config) (*Cache, error) {
	if cfg.Lister == nil || cfg.Decode == nil || cfg.Purge == nil {
		return nil, errors.New("sharedcache: a lister and two functions are required")
	}
	if cfg.FreshFor <= 0 || cfg.LiveFor < 0 || cfg.MaxBodyBytes <= 0 {
		return nil, errors.New("sharedcache: fresh-for and the bound on bodies must be positive")
	}
	options, err := cfg.options()
	if err != nil {
		return nil, err
	}
	c := &Cache{
		settings: cfg.Settings,
		life:     max(cfg.LiveFor, 2*cfg.FreshFor) + time.Minute,
		next:     cfg.Lister,
		decode:   cfg.Decode,
		events:   cfg.Events.orNothing(),
		now:      cfg.Now,
		logger:   cfg.Logger,
		replica:  rand.Text(),
		scripts:  newScripts(),
		waiters:  waiters{heads: map[string]map[chan struct{}]bool{}},
		writer:   writer{jobs: make(chan job, maxWaiting)},
		ordered:  make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	c.orders = orders{now: c.now, list: map[string]order{}}
	if c.bodies, err = newBodies(cfg.MaxBodyBytes); err != nil {
		return nil, fmt.Errorf("sharedcache: %w", err)
	}
	if c.known, err = newKnown(maxKnown, cfg.Purge); err != nil {
		return nil, fmt.Errorf("sharedcache: %w", err)
	}
	options.OnInvalidations = c.waiters.invalidate
	c.link = &link{options: options, arrived: c.arrived, told: c.events.Up, logger: c.logger, failed: make(chan struct{}, 1), down: make(chan struct{})}
	c.begin(context.WithoutCancel(ctx))
	return c, nil
}

// begin starts what runs beside the requests, and gives Redis a moment.
func (c *Cache) begin(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	reached := make(chan struct{})
	c.running.Go(func() {
		c.link.reach(ctx)
		close(reached)
		c.link.run(ctx)
	})
	c.running.Go(func() { c.watch(ctx) })
	c.running.Go(func() { c.sendOrders(ctx) })
	for range writers {
		c.running.Go(func() { c.writeAll(ctx) })
	}
	timer := time.NewTimer(arriveFor)
	defer timer.Stop()
	select {
	case <-reached:
	case <-timer.C:
	}
}

// Close ends what runs beside the requests. Lists that were not written yet are
// not shared.
func (c *Cache) Close() {
	close(c.done)
	c.stop()
	c.running.Wait()
	c.link.close()
	c.bodies.close()
}

// budget is the time that Redis may take of one List.
type budget struct{ left time.Duration }

// begin bounds one command. done must be called after it.
func (b *budget) begin(ctx context.Context) (_ context.Context, done func()) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.left)
	return ctx, func() {
		cancel()
		b.left -= time.Since(began)
	}
}
