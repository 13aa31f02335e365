package upstream

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

const (
	// firstPause is the middle of the pause before the first retry; it doubles
	// with each. A pause is between half of it and one and a half.
	firstPause = 100 * time.Millisecond
	// maxRetryAfter is the longest Retry-After that a call waits for. Beyond
	// it the caller learns of the time instead.
	maxRetryAfter = time.Second
	// leastTry is the time that must be left for a retry to be worth a call.
	leastTry = 100 * time.Millisecond
)

// retry calls try until it succeeds, or until another try is not allowed. It
// returns the last answer that came from upstream.
//
// The loop is our own, and not failsafe-go's policy: whether a try is repeated
// depends on the kind of its fault, the time left, Retry-After and our budget,
// and a pause that the call's time does not allow must not be waited for.
func (p *Policies) retry(
	ctx context.Context, try func(first bool) (*paymentlink.Snapshot, error),
) (*paymentlink.Snapshot, error) {
	snapshot, err := try(true)
	for retries := 0; err != nil; retries++ {
		pause, refusal := p.mayRetry(ctx, err, retries)
		if refusal != "" {
			p.logger.LogAttrs(ctx, slog.LevelDebug, "will not ask upstream again",
				slog.String("kind", string(fault.KindOf(err))), slog.String("reason", refusal))
			return nil, err
		}
		p.logger.LogAttrs(ctx, slog.LevelDebug, "will ask upstream again",
			slog.String("kind", string(fault.KindOf(err))), slog.Duration("pause", pause))
		if cause := sleep(ctx, pause); errors.Is(cause, context.Canceled) {
			return nil, errCanceled(cause)
		}
		again, errAgain := try(false)
		if errors.Is(errAgain, errRefused) {
			return nil, err
		}
		snapshot, err = again, errAgain
	}
	return snapshot, nil
}

// mayRetry decides whether a try is repeated that failed with err after so many
// retries, and after which pause. It takes the retry from the budget. Else it
// returns why not.
func (p *Policies) mayRetry(ctx context.Context, err error, retries int) (pause time.Duration, refusal string) {
	classified, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok, classified.Permanent:
		return 0, "it cannot help"
	case errors.Is(err, errRefused):
		return 0, "upstream was not asked"
	case ruleOf(classified.Kind).retries == 0:
		return 0, "this kind is final"
	case retries >= ruleOf(classified.Kind).retries:
		return 0, "it was tried often enough"
	case classified.RetryAfter > maxRetryAfter:
		return 0, "upstream asks for a longer pause"
	}
	pause = jitter(firstPause<<retries) + classified.RetryAfter
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) < pause+leastTry {
		return 0, "too little time is left"
	}
	if _, refused := p.breaker.refuses(); refused {
		return 0, "the breaker is open"
	}
	if !p.budget.spend() {
		return 0, "the budget of retries is spent"
	}
	return pause, ""
}

// jitter returns a time between half of pause and one and a half.
func jitter(pause time.Duration) time.Duration { return pause/2 + rand.N(pause) }

// sleep waits for d, or until ctx ends, and then returns its error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
