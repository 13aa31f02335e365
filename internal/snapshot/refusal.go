package snapshot

import (
	"context"
	"errors"
	"time"

	"paymentlinks/internal/fault"
)

// What is remembered of pairs that have no list.
const (
	// maxRefusals bounds the pairs so remembered: a flood of invented
	// credentials costs a few megabytes and pushes out no list.
	maxRefusals = 10_000
	// refusedFor is how long upstream's 401 or 403 is answered from memory.
	refusedFor = 2 * time.Second
)

// refusal is upstream's word that a pair without a list must not be asked for
// again before a time.
type refusal struct {
	err   error
	until time.Time
}

// at returns the error as it reads at now.
func (r *refusal) at(now time.Time) error { return remaining(r.err, r.until.Sub(now)) }

// remaining returns err with what is left of its RetryAfter, if it has one.
func remaining(err error, left time.Duration) error {
	limit, ok := errors.AsType[*fault.Error](err)
	if !ok || limit.Kind != fault.UpstreamRateLimited {
		return err
	}
	rest := *limit
	rest.RetryAfter = left
	return &rest
}

// isRefusal reports whether upstream denied the pair itself: then nothing
// fetched under it may be answered any more.
func isRefusal(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Unauthenticated || kind == fault.Forbidden
}

// classify gives every outcome of a flight a kind that its waiters may see.
// Canceled is none: no waiter of a flight has left by the flight's doing.
func classify(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errStopping() // only Close cancels a flight
	}
	switch fault.KindOf(err) {
	case fault.Canceled:
		return fault.Wrap(fault.UpstreamUnavailable, "Billpocket could not be reached.", err)
	case fault.Timeout:
		return fault.NewUpstreamTimeout(err)
	case fault.Internal:
		return fault.NewInternal(err)
	default:
		return err
	}
}

func errLate() error { return fault.NewUpstreamTimeout(nil) }

func errLeft(cause error) error {
	return fault.Wrap(fault.Canceled, "The caller left.", cause)
}

func errStopping() error {
	return fault.New(fault.UpstreamUnavailable, "The service is stopping.")
}

// errNothing is a Lister that keeps no promise: neither a list nor an error.
var errNothing = errors.New("the lister returned neither a list nor an error")

// panicError is a panic of the Lister.
type panicError struct {
	what  string
	stack []byte
}

func (e *panicError) Error() string { return "panic in the lister: " + e.what }

func newPanicError(value any, stack []byte) *panicError {
	return &panicError{what: fault.PanicText(value), stack: stack}
}
