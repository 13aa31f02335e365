// Package snapshot keeps the newest list of payment links of every credential
// pair in memory, and decides when upstream is asked for a newer one.
//
// The idea: what is kept of a pair is one immutable value (kept), replaced as
// a whole, so that a fresh list is answered without a lock. Everything else
// passes through one mutex that is never held while upstream is asked: that is
// done by a flight, at most one per pair, in a goroutine of its own that no
// caller can cancel. Callers only wait for flights, each under its own context.
//
// Ages of a list, counted from its fetch:
//
//   - up to FreshFor: answered from memory;
//   - up to twice that: answered from memory, one refresh behind;
//   - older: callers wait for upstream, and get the old list, marked stale,
//     only if that fails and only up to StaleFor.
//
// After a failed refresh the old list is answered at once until the next try,
// which comes after 1 s, doubling to 15 s. While upstream is known to fail,
// callers wait for a try at most 1 s before they take the old list.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

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

// Config says what a Store asks and for how long it believes the answer.
type Config struct {
	// Lister is required.
	Lister Lister
	// FreshFor is the age up to which a list is answered without asking
	// upstream. 0 asks for every caller; callers at the same moment share.
	FreshFor time.Duration
	// StaleFor is the age up to which a list stands in for a failing upstream.
	// 0 answers no list as stale.
	StaleFor time.Duration
	// MaxBytes bounds the memory of all kept lists together; 0 is
	// DefaultMaxBytes. A list larger than that is handed out but not kept.
	MaxBytes int64
	// FetchTimeout bounds one call of Lister; 0 is DefaultFetchTimeout.
	FetchTimeout time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger hears of each failed call once; nil discards.
	Logger *slog.Logger
}

// Store keeps one list per tenant, under its key. It is safe for concurrent use.
type Store struct {
	lister       Lister
	ages         ages
	fetchTimeout time.Duration
	now          func() time.Time
	logger       *slog.Logger

	// lists and refusals are read without mu; they are written under it.
	lists    *otter.Cache[tenant.Key, *kept]
	refusals *otter.Cache[tenant.Key, *refusal]

	mu      sync.Mutex
	flights map[tenant.Key]*flight // the calls under way
	closed  bool
	running sync.WaitGroup
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
		fetchTimeout: cfg.FetchTimeout,
		now:          cfg.Now,
		logger:       cfg.Logger,
		flights:      map[tenant.Key]*flight{},
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
	maxBytes := cfg.MaxBytes
	if maxBytes == 0 {
		maxBytes = DefaultMaxBytes
	}
	var err error
	s.lists, err = otter.New(&otter.Options[tenant.Key, *kept]{
		MaximumWeight: uint64(maxBytes),
		Weigher:       weigh,
		Logger:        &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot: make the cache of lists: %w", err)
	}
	s.refusals, err = otter.New(&otter.Options[tenant.Key, *refusal]{
		MaximumSize: maxRefusals,
		Logger:      &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot: make the cache of refusals: %w", err)
	}
	return s, nil
}

// Snapshot returns the list of a tenant that has credentials, never another
// tenant's. The result is
// shared and must not be changed; its FreshUntil is set, and its Stale says
// that it is older than it should be because upstream failed.
//
// notBefore, when not zero, asks for a list whose fetch began no earlier (the
// request's Cache-Control: no-cache). All who ask share one fetch, and a pair
// that has a list begins one at most once a second: within that second callers
// wait for the next one rather than get a list that may lack what their
// merchant has just made. While upstream fails they get the old list like
// everyone else.
//
// The caller waits under ctx: when ctx is canceled the error is
// fault.Canceled; at its deadline the old list stands in, without one the error
// is fault.UpstreamTimeout. The other errors are those of the Lister,
// fault.Internal for a Lister that panicked, and fault.UpstreamUnavailable after
// Close.
func (s *Store) Snapshot(ctx context.Context, t tenant.Tenant, notBefore time.Time) (*paymentlink.Snapshot, error) {
	now := s.now()
	// A clock that says "not before some time to come" could never be satisfied.
	if notBefore.After(now) {
		notBefore = now
	}
	if k, ok := s.lists.GetIfPresent(t.Key); ok && k.isFresh(now) && k.satisfies(notBefore) {
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
