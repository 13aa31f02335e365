package snapshot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paymentlinks/internal/fault"
)

// What is remembered of pairs that have no list.
const (
	// maxFailures bounds the pairs so remembered: a flood of invented
	// credentials costs a few megabytes and pushes out no list.
	maxFailures = 10_000
	// refusedFor is how long upstream's 401 or 403 is answered from memory.
	refusedFor = 2 * time.Second
)

// The times between tries of a pair whose upstream fails.
const (
	firstBackoff = time.Second
	maxBackoff   = 15 * time.Second
)

// failure is what is remembered of a pair that has no list: it is not asked for
// again before a time. It never changes.
type failure struct {
	err   error
	until time.Time
	// count is the number of failures in a row.
	count int
}

// next returns what to remember of another failure at now. f may be nil. After a
// failure that was forgotten for a while, the count begins anew.
func (f *failure) next(now time.Time, err error) *failure {
	count := 1
	if f != nil && now.Before(f.until.Add(maxBackoff)) {
		count = f.count + 1
	}
	return &failure{err: err, until: now.Add(pause(count, err)), count: count}
}

// at returns the error as it reads at now.
func (f *failure) at(now time.Time) error { return remaining(f.err, f.until.Sub(now)) }

// pause is the time between the n-th failure in a row, from 1, and the next try.
func pause(n int, err error) time.Duration {
	if limit := rateLimit(err); limit != nil {
		return fault.BoundRetryAfter(limit.RetryAfter)
	}
	if failed, ok := errors.AsType[*fault.Error](err); ok && failed.Permanent {
		return maxBackoff
	}
	wait := firstBackoff
	for range n - 1 {
		wait = min(2*wait, maxBackoff)
	}
	return max(wait, min(askedFor(err), fault.MaxRetryAfter))
}

// askedFor is the time after which upstream asks to be called again, 0 where it
// says none.
func askedFor(err error) time.Duration {
	if failed, ok := errors.AsType[*fault.Error](err); ok {
		return failed.RetryAfter
	}
	return 0
}

// rateLimit returns upstream's 429, nil for any other failure.
func rateLimit(err error) *fault.Error {
	if failed, ok := errors.AsType[*fault.Error](err); ok && failed.Kind == fault.UpstreamRateLimited {
		return failed
	}
	return nil
}

// remaining returns err with what is left of its RetryAfter, if it has one.
func remaining(err error, left time.Duration) error {
	failed, ok := errors.AsType[*fault.Error](err)
	if !ok || failed.RetryAfter == 0 && failed.Kind != fault.UpstreamRateLimited {
		return err
	}
	rest := *failed
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
// Canceled is not one of them: no waiter of a flight has left by the flight's
// doing.
func classify(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errStopping() // by Close, for all who still wait
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

// errClosed is the cause of every failure that Close makes.
var errClosed = errors.New("the store is closed")

func errStopping() error {
	return fault.Wrap(fault.UpstreamUnavailable, "The service is stopping.", errClosed)
}

func errTooLarge(weight uint32, maxBytes int64) error {
	return &fault.Error{
		Kind:      fault.UpstreamMalformed,
		Public:    "The list of payment links is too large to be kept.",
		Permanent: true,
		Limit:     "snapshot_bytes",
		Err:       fmt.Errorf("a list of %d bytes, with a bound of %d on all lists", weight, maxBytes),
	}
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
