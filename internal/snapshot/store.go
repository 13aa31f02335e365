package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// The defaults of Config's zero values.
const (
	DefaultMaxBytes     = 512 << 20
	DefaultFetchTimeout = 9 * time.Second
)

// Lister fetches a tenant's whole list from upstream. prev, when not nil, is
// what the same tenant got before: where upstream's body has not changed, the
// answer may share prev's Set. Its errors are of package fault; an error of
// any other origin counts as internal. It must return soon after ctx ends and
// be safe for concurrent use.
type Lister interface {
	List(ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error)
}

// Settings are the bounds of a Store.
type Settings struct {
	// FreshFor is the age up to which a list is answered without asking
	// upstream. 0 asks for every caller; callers at the same moment share.
	FreshFor time.Duration
	// StaleFor is the age up to which a list stands in for a failing upstream.
	// 0 answers no list as stale.
	StaleFor time.Duration
	// MaxBytes bounds the memory of all kept lists together; 0 is
	// DefaultMaxBytes. A list larger than that is a failure of upstream: handed
	// out but not kept, it would be fetched anew for every request.
	MaxBytes int64
	// FetchTimeout bounds one call of Lister; 0 is DefaultFetchTimeout.
	FetchTimeout time.Duration
}

// Config says what a Store asks and for how long it believes the answer.
type Config struct {
	Settings

	// Lister is required.
	Lister Lister
	// Fetch begins the span of a flight; nil traces nothing. link is called under
	// the context of each caller who waits for a flight that another began, and
	// end with the kind of the flight's fault, "" for a list.
	Fetch func(ctx context.Context) (_ context.Context, link func(context.Context), end func(fault.Kind))
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger hears of each failed call once; nil discards.
	Logger *slog.Logger
}

// Store keeps one list per tenant, under its key. It is safe for concurrent use.
type Store struct {
	lister       Lister
	ages         ages
	maxBytes     int64
	fetchTimeout time.Duration
	trace        func(ctx context.Context) (_ context.Context, link func(context.Context), end func(fault.Kind))
	now          func() time.Time
	logger       *slog.Logger

	// lists and failures are read without mu; they are written under it.
	lists    *otter.Cache[tenant.Key, *kept]
	failures *otter.Cache[tenant.Key, *failure]

	mu          sync.Mutex
	flights     map[tenant.Key]*flight // those that somebody may still join
	generations uint64                 // the last that was given out
	closed      bool
	running     sync.WaitGroup
}

// New returns a Store that has asked for nothing yet.
func New(cfg Config) (*Store, error) {
	if cfg.Lister == nil {
		return nil, errors.New("snapshot: a lister is required")
	}
	for name, d := range map[string]time.Duration{"fresh-for": cfg.FreshFor, "stale-for": cfg.StaleFor, "fetch time-out": cfg.FetchTimeout} {
		if d < 0 {
			return nil, fmt.Errorf("snapshot: %s must not be negative", name)
		}
	}
	if cfg.MaxBytes < 0 {
		return nil, errors.New("snapshot: max bytes must not be negative")
	}
	s := &Store{
		lister:       cfg.Lister,
		ages:         ages{freshFor: cfg.FreshFor, staleFor: cfg.StaleFor},
		maxBytes:     cfg.MaxBytes,
		fetchTimeout: cfg.FetchTimeout,
		trace:        cfg.Fetch,
		now:          cfg.Now,
		logger:       cfg.Logger,
		flights:      map[tenant.Key]*flight{},
	}
	if s.maxBytes == 0 {
		s.maxBytes = DefaultMaxBytes
	}
	if s.trace == nil {
		s.trace = func(ctx context.Context) (context.Context, func(context.Context), func(fault.Kind)) {
			return ctx, func(context.Context) {}, func(fault.Kind) {}
		}
	}
	if s.fetchTimeout == 0 {
		s.fetchTimeout = DefaultFetchTimeout
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	var err error
	s.lists, err = otter.New(&otter.Options[tenant.Key, *kept]{
		MaximumWeight: uint64(s.maxBytes),
		Weigher:       weigh,
		Logger:        &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot: make the cache of lists: %w", err)
	}
	s.failures, err = otter.New(&otter.Options[tenant.Key, *failure]{
		MaximumSize: maxFailures,
		Logger:      &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot: make the cache of failures: %w", err)
	}
	return s, nil
}

// Snapshot returns the list of a tenant that has credentials, never another
// tenant's. The result is shared and must not be changed. Its FreshUntil is
// set, and its Stale says that it is older than it should be because upstream
// failed.
//
// notBefore, when not zero, asks for a list whose fetch began no earlier (the
// request's Cache-Control: no-cache). All who ask share one fetch. For a pair
// that has a list a fetch begins at most once a second. Callers within that
// second wait for the next fetch: a list from before may lack what their
// merchant has just made. While upstream fails they get the old list like
// everyone else.
//
// The caller waits under ctx. When ctx is canceled the error is
// fault.Canceled. At its deadline the old list stands in; without one the error
// is fault.UpstreamTimeout. The other errors are those of the Lister,
// fault.Internal for a Lister that panicked, fault.UpstreamMalformed for a list
// too large to be kept, and fault.UpstreamUnavailable after Close. A pair
// without a list gets its last error again until it may be asked for anew.
func (s *Store) Snapshot(ctx context.Context, t tenant.Tenant, notBefore time.Time) (*paymentlink.Snapshot, error) {
	if a, ok := ctx.Value(aheadKey{}).(*ahead); ok && a.key == t.Key {
		return a.snapshot, a.err
	}
	now := s.now()
	// A clock that says "not before some time to come" could never be satisfied.
	if notBefore.After(now) {
		notBefore = now
	}
	if k, ok := s.lists.GetIfPresent(t.Key); ok && k.isFresh(now) && k.satisfies(notBefore) {
		s.logStep(ctx, t.Key, step{why: "fresh"})
		return &k.snapshot, nil
	}
	return s.await(ctx, request{tenant: t, notBefore: notBefore})
}

// Close cancels the calls under way and waits until the Lister has returned
// from all of them. Their waiters, and later callers who would need upstream,
// get fault.UpstreamUnavailable; fresh lists are still answered.
func (s *Store) Close() {
	s.mu.Lock()
	s.closed = true
	for _, f := range s.flights {
		f.cancel()
	}
	s.mu.Unlock()
	s.running.Wait()
}
