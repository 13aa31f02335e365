package upstream

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// DefaultConcurrency is the number of tries in flight where Config names none.
const DefaultConcurrency = 64

// fairTry is the time that a hung upstream must have had before the end of a
// call's own time counts against it. A call that waited long for its place may
// leave its try no time to succeed.
const fairTry = time.Second

// Lister fetches a tenant's whole list from upstream, once. prev, when not
// nil, is what the same tenant got before. Its errors are of package fault. It
// must return soon after ctx ends and be safe for concurrent use.
type Lister interface {
	List(ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error)
}

// Settings are the bounds of the Policies.
type Settings struct {
	// Concurrency bounds the tries in flight; 0 is DefaultConcurrency. At most
	// half of them are for tenants that have no list yet.
	Concurrency int
	// BreakerOff lets every try through, whatever came of those before.
	BreakerOff bool
}

// Config says whom the Policies ask, and how often.
type Config struct {
	Settings

	// Lister is required.
	Lister Lister
	// Events hear what is done.
	Events Events
	// Logger hears of each decision at level debug, and of the breaker at
	// level warn; nil discards.
	Logger *slog.Logger
}

// Events are told what the Policies do, where they are not nil. They are called
// by many goroutines at once and must return at once.
type Events struct {
	// Trace begins the span of a try; nil traces nothing. end takes the kind of
	// its fault, "" for a list.
	Trace func(ctx context.Context) (_ context.Context, end func(fault.Kind))
	// Tried is called after each try with its fault kind, "" for a list, and
	// with the time that it took.
	Tried func(kind fault.Kind, took time.Duration)
	// Retried is called before each try that repeats another.
	Retried func()
	// Breaker is called with each new state; the first is Closed, and not told.
	Breaker func(State)
}

// Policies is a Lister that stands between its callers and another. It is safe
// for concurrent use.
type Policies struct {
	lister     Lister
	turns      *turns
	breaker    *breaker
	breakerOff bool
	budget     *budget
	events     Events
	logger     *slog.Logger
}

// New returns Policies that have asked for nothing yet.
func New(c Config) (*Policies, error) {
	switch {
	case c.Lister == nil:
		return nil, errors.New("upstream: a lister is required")
	case c.Concurrency < 0:
		return nil, errors.New("upstream: concurrency must not be negative")
	}
	if c.Concurrency == 0 {
		c.Concurrency = DefaultConcurrency
	}
	p := &Policies{
		lister:     c.Lister,
		turns:      newTurns(c.Concurrency),
		breakerOff: c.BreakerOff,
		budget:     newBudget(),
		events:     c.Events.orNothing(),
		logger:     c.Logger,
	}
	if p.logger == nil {
		p.logger = slog.New(slog.DiscardHandler)
	}
	p.breaker = newBreaker(p.tellBreaker)
	return p, nil
}

func (e Events) orNothing() Events {
	if e.Trace == nil {
		e.Trace = func(ctx context.Context) (context.Context, func(fault.Kind)) { return ctx, func(fault.Kind) {} }
	}
	if e.Tried == nil {
		e.Tried = func(fault.Kind, time.Duration) {}
	}
	if e.Retried == nil {
		e.Retried = func() {}
	}
	if e.Breaker == nil {
		e.Breaker = func(State) {}
	}
	return e
}

func (p *Policies) tellBreaker(s State) {
	p.events.Breaker(s)
	p.logger.Warn("breaker for upstream changed", slog.String("state", s))
}

// List fetches the whole list of a tenant with as many tries as the policies
// allow before ctx ends. prev is handed to each of them; a call without one
// counts as that of a tenant that has no list yet.
//
// The error is that of the last try. A call that was refused a try, though none
// had failed, gets fault.UpstreamUnavailable from an open breaker, and
// fault.Overloaded when its time was over before it found a place. A cancelled
// ctx gives fault.Canceled.
func (p *Policies) List(
	ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot,
) (*paymentlink.Snapshot, error) {
	call := call{tenant: t, prev: prev, class: known}
	if prev == nil {
		call.class = cold
	}
	return p.retry(ctx, func(first bool) (*paymentlink.Snapshot, error) { return p.try(ctx, call, first) })
}

// call is what all tries of one List have in common.
type call struct {
	tenant tenant.Tenant
	prev   *paymentlink.Snapshot
	class  class
}

// try asks upstream once, if the policies allow it. An error that wraps
// errRefused is theirs: upstream was not asked.
func (p *Policies) try(ctx context.Context, call call, first bool) (*paymentlink.Snapshot, error) {
	if wait, refused := p.breaker.refuses(); refused {
		p.logRefusal(ctx, call, "the breaker is open")
		return nil, errOpen(wait)
	}
	queued := time.Now()
	release, err := p.turns.take(ctx, call.tenant.Key, call.class)
	if err != nil {
		p.logRefusal(ctx, call, "no place became free in time")
		return nil, errNoPlace(err)
	}
	defer release()
	permit, wait, ok := p.breaker.begin()
	if !ok {
		p.logRefusal(ctx, call, "the breaker is open, or its probe is under way")
		return nil, errOpen(wait)
	}
	counts := neutral // also for a lister that panics
	defer func() { p.breaker.end(permit, call.tenant.Key, counts) }()
	if first {
		p.budget.earn()
	} else {
		p.events.Retried()
	}
	began := time.Now()
	traced, end := p.events.Trace(ctx)
	snapshot, err := p.lister.List(traced, call.tenant, call.prev)
	end(fault.KindOf(err))
	took := time.Since(began)
	kind := fault.KindOf(err)
	if !p.breakerOff && (ctx.Err() == nil || took >= fairTry) {
		counts = ruleOf(kind).outcome
	}
	p.events.Tried(kind, took)
	p.logger.LogAttrs(ctx, slog.LevelDebug, "asked upstream",
		slog.String("kind", string(kind)), slog.Duration("took", took), slog.Bool("first", first),
		slog.String("tenant", call.tenant.Key.Short()), slog.Bool("known", call.class == known), slog.Duration("queued", began.Sub(queued)))
	return snapshot, err
}

func (p *Policies) logRefusal(ctx context.Context, call call, why string) {
	p.logger.LogAttrs(ctx, slog.LevelDebug, "upstream not asked",
		slog.String("reason", why), slog.String("tenant", call.tenant.Key.Short()), slog.Bool("known", call.class == known))
}

// errRefused is the cause of errors that are the policies' own.
var errRefused = errors.New("upstream was not asked")

func errOpen(wait time.Duration) error {
	return &fault.Error{
		Kind: fault.UpstreamUnavailable, Public: "Upstream is not available.", RetryAfter: wait, Err: errRefused,
	}
}

func errNoPlace(cause error) error {
	if errors.Is(cause, context.Canceled) {
		return errCanceled(cause)
	}
	return &fault.Error{
		Kind: fault.Overloaded, Public: "Too many calls to upstream are waiting.", RetryAfter: time.Second, Err: errRefused,
	}
}

func errCanceled(cause error) error {
	return fault.Wrap(fault.Canceled, "The request was cancelled.", errors.Join(cause, errRefused))
}
