package fault

import (
	"context"
	"errors"
	"time"
)

// Kind says what went wrong, in the words that clients program against.
type Kind string

// The kinds of the GraphQL layer: a request that cannot be executed.
const (
	ParseFailed          Kind = "GRAPHQL_PARSE_FAILED"
	ValidationFailed     Kind = "GRAPHQL_VALIDATION_FAILED"
	BadUserInput         Kind = "BAD_USER_INPUT"
	OperationResolution  Kind = "OPERATION_RESOLUTION_FAILURE"
	LimitExceeded        Kind = "LIMIT_EXCEEDED"
	PersistedNotFound    Kind = "PERSISTED_QUERY_NOT_FOUND"
	PersistedUnsupported Kind = "PERSISTED_QUERY_NOT_SUPPORTED"
)

// The kinds of the HTTP edge.
const (
	BadRequest           Kind = "BAD_REQUEST"
	MethodNotAllowed     Kind = "METHOD_NOT_ALLOWED"
	NotAcceptable        Kind = "NOT_ACCEPTABLE"
	UnsupportedMediaType Kind = "UNSUPPORTED_MEDIA_TYPE"
	BodyTimeout          Kind = "REQUEST_TIMEOUT"
	BodyTooLarge         Kind = "PAYLOAD_TOO_LARGE"
	HeadersTooLarge      Kind = "REQUEST_HEADERS_TOO_LARGE"
	Misdirected          Kind = "MISDIRECTED_REQUEST"
	CrossSite            Kind = "CROSS_SITE_REQUEST"
	RateLimited          Kind = "RATE_LIMITED"
	Overloaded           Kind = "OVERLOADED"
	Timeout              Kind = "TIMEOUT"
)

// The kinds of a caller's standing.
const (
	Unauthenticated Kind = "UNAUTHENTICATED"
	Forbidden       Kind = "FORBIDDEN"
)

// The kinds of a failing upstream.
const (
	UpstreamMalformed   Kind = "UPSTREAM_MALFORMED_RESPONSE"
	UpstreamRateLimited Kind = "UPSTREAM_RATE_LIMITED"
	UpstreamUnavailable Kind = "UPSTREAM_UNAVAILABLE"
	UpstreamTimeout     Kind = "UPSTREAM_TIMEOUT"
	UpstreamRejected    Kind = "UPSTREAM_REJECTED"
)

const (
	// Internal is everything that nobody classified.
	Internal Kind = "INTERNAL_SERVER_ERROR"
	// Canceled is a caller that left. It is not a failure of ours: it is not
	// logged as one, not retried, not counted, and no client ever reads it.
	Canceled Kind = "CANCELED"
)

// Kinds returns every kind, so that tests can range over the tables.
func Kinds() []Kind {
	return []Kind{
		ParseFailed, ValidationFailed, BadUserInput, OperationResolution, LimitExceeded, PersistedNotFound, PersistedUnsupported,
		BadRequest, MethodNotAllowed, NotAcceptable, UnsupportedMediaType, BodyTimeout, BodyTooLarge, HeadersTooLarge, Misdirected,
		CrossSite, RateLimited, Overloaded, Timeout,
		Unauthenticated, Forbidden,
		UpstreamMalformed, UpstreamRateLimited, UpstreamUnavailable, UpstreamTimeout, UpstreamRejected,
		Internal, Canceled,
	}
}

// Error is a classified failure: what a client may read, and beside it what
// only the log may.
type Error struct {
	// Kind is never empty.
	Kind Kind
	// Public is a sentence that we wrote. It holds nothing of a request, of
	// an upstream answer or of a Go type.
	Public string
	// RetryAfter, where positive, is the time after which trying again can help.
	RetryAfter time.Duration
	// Permanent says that asking upstream again cannot help, though the kind
	// alone would let one hope so.
	Permanent bool
	// Limit names the bound that was reached, for counting; "" for none. It is
	// one of a small set of words of ours, such as "depth".
	Limit string
	// At are the places in the request's document that the error is about; nil
	// for none.
	At []Position
	// Err is the cause, for the log alone; nil when Public says it all.
	Err error
}

// Position is a place in a document. Lines and columns begin at 1; a column is a
// character.
type Position struct{ Line, Column int }

// New returns an error of a kind with its public sentence.
func New(kind Kind, public string) *Error {
	return &Error{Kind: kind, Public: public}
}

// Wrap is New with the cause that only the log may read.
func Wrap(kind Kind, public string, cause error) *Error {
	return &Error{Kind: kind, Public: public, Err: cause}
}

// NewLimit returns an error of kind LimitExceeded that names the bound.
func NewLimit(limit, public string) *Error {
	return &Error{Kind: LimitExceeded, Public: public, Limit: limit}
}

// Error is for logs: it includes the cause. Clients read Public.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Kind) + ": " + e.Public
	}
	return string(e.Kind) + ": " + e.Public + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf classifies any error. A nil error has no kind and gives "". A
// cancelled context is Canceled, an exceeded deadline Timeout, anything that
// nobody classified Internal.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if classified, ok := errors.AsType[*Error](err); ok {
		return classified.Kind
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	}
	return Internal
}
