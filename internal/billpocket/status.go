package billpocket

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paymentlinks/internal/cause"
	"paymentlinks/internal/fault"
)

// The public sentence of each kind of failure.
const (
	unauthenticated = "Upstream does not accept the credentials."
	forbidden       = "Upstream does not let these credentials list payment links."
	rateLimited     = "Upstream asks to be called less often."
	unavailable     = "Upstream is not available."
	rejected        = "Upstream rejected the request."
	malformed       = "Upstream sent an answer that cannot be read."
	tooLarge        = "Upstream sent an answer that is too large."
	canceled        = "The request was cancelled."
)

// statusFault is the table from statuses to kinds, but for 200 and 204.
func statusFault(resp *http.Response, now time.Time) *fault.Error {
	status := resp.StatusCode
	kind, public := fault.UpstreamMalformed, malformed // other 2xx, 3xx, and what is not a status
	switch {
	case status == http.StatusUnauthorized:
		kind, public = fault.Unauthenticated, unauthenticated
	case status == http.StatusForbidden:
		kind, public = fault.Forbidden, forbidden
	case status == http.StatusTooManyRequests:
		kind, public = fault.UpstreamRateLimited, rateLimited
	case status == http.StatusRequestTimeout:
		return fault.NewUpstreamTimeout(statusError(status))
	case status >= 400 && status <= 499:
		kind, public = fault.UpstreamRejected, rejected
	case status >= 500 && status <= 599:
		kind, public = fault.UpstreamUnavailable, unavailable
	}
	f := fault.Wrap(kind, public, statusError(status))
	value := resp.Header.Get("Retry-After")
	if kind == fault.UpstreamRateLimited || kind == fault.UpstreamUnavailable && value != "" {
		f.RetryAfter = retryAfter(value, now)
	}
	// A redirect is never followed, so the next answer would be the same.
	f.Permanent = status >= 300 && status <= 399
	return f
}

// statusError is the cause of a fault that a status tells.
type statusError int

func (s statusError) Error() string { return "upstream status " + strconv.Itoa(int(s)) }

// retryAfter reads seconds or an HTTP date (RFC 9110, section 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		wait = time.Duration(min(seconds, uint64(fault.MaxRetryAfter/time.Second))) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		wait = fault.MaxRetryAfter
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return fault.BoundRetryAfter(wait)
}

// classify turns an error of sending or reading into a fault. What the caller
// did comes first: the transport words a cancellation in many ways.
func classify(ctx, tryCtx context.Context, err error) *fault.Error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.Wrap(fault.Canceled, canceled, context.Canceled)
	case errors.Is(err, errBody):
		return unreadable(err)
	case fault.KindOf(err) == fault.Overloaded:
		refused, _ := errors.AsType[*fault.Error](err)
		return refused
	case tryCtx.Err() != nil, isTimeout(err):
		return fault.NewUpstreamTimeout(context.DeadlineExceeded)
	}
	return fault.Wrap(fault.UpstreamUnavailable, unavailable, cause.Of(err))
}

// unreadable is the fault of a body that cannot be read. One that is too large
// will be as large when it is asked for again.
func unreadable(err error) *fault.Error {
	if errors.Is(err, errTooLarge) {
		return &fault.Error{Kind: fault.UpstreamMalformed, Public: tooLarge, Permanent: true, Limit: "upstream_list", Err: err}
	}
	return fault.Wrap(fault.UpstreamMalformed, malformed, err)
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
