// Package exchange is what the HTTP edge and the resolvers tell each other
// about one request and its answer, typed.
package exchange

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Exchange accompanies one request. The edge makes it and reads Freshness when
// the answer is complete; resolvers report in between, concurrently.
type Exchange struct {
	// RequestID is the id in the answer's header, in its errors and in the log.
	RequestID string
	// ReceivedAt is when the request arrived.
	ReceivedAt time.Time
	// NoCache asks for a list no older than ReceivedAt.
	NoCache bool
	// Document is the request's document if the edge had to parse it; else nil.
	// Validation writes into it, so it belongs to the one operation of the
	// request.
	Document *ast.QueryDocument
	// Room is the memory that the answer may take while it is made; nil bounds
	// nothing.
	Room Room

	waited atomic.Int64 // nanoseconds

	mu        sync.Mutex
	freshness Freshness
}

// Room is memory that grows as it is needed. It is safe for concurrent use.
type Room interface {
	// Grow takes so many bytes more. Its error says that there are none to be had.
	Grow(ctx context.Context, bytes int64) error
}

// Freshness says for how long an answer holds. Its zero value says that the
// answer depends on no list.
type Freshness struct {
	// FreshUntil is when the list behind the answer stops being fresh.
	FreshUntil time.Time
	// NextExpiry is the first instant at which the answer may change although
	// the list does not: a link expires, or a time left has one unit less. Zero
	// when there is none.
	NextExpiry time.Time
	// Stale reports that the list is past its normal age.
	Stale bool
	// Generation is that of the list: no other list of this process has the
	// same. 0 says that no list was read, or that its generation is not known.
	Generation uint64
	// Volatile reports that the answer changes by itself, although neither the
	// list changes nor a link expires: nobody may get it a second time.
	Volatile bool
}

// Report adds what one resolver learned; the earliest instants win. What was
// made of lists of two generations is volatile.
func (e *Exchange) Report(f Freshness) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.freshness.FreshUntil = earliest(e.freshness.FreshUntil, f.FreshUntil)
	e.freshness.NextExpiry = earliest(e.freshness.NextExpiry, f.NextExpiry)
	e.freshness.Stale = e.freshness.Stale || f.Stale
	e.freshness.Volatile = e.freshness.Volatile || f.Volatile
	switch {
	case e.freshness.Generation == 0:
		e.freshness.Generation = f.Generation
	case f.Generation != 0 && f.Generation != e.freshness.Generation:
		e.freshness.Volatile = true // made of two lists: no list's purge would end it
	}
}

// Waited adds the time for which the answer had to wait for its list.
func (e *Exchange) Waited(d time.Duration) { e.waited.Add(int64(d)) }

// WaitedFor returns what Waited has added up.
func (e *Exchange) WaitedFor() time.Duration { return time.Duration(e.waited.Load()) }

// Freshness returns what was reported so far.
func (e *Exchange) Freshness() Freshness {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.freshness
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// RequestID returns the id of the request that ctx belongs to, "" outside one.
func RequestID(ctx context.Context) string {
	if e, ok := ctx.Value(contextKey{}).(*Exchange); ok {
		return e.RequestID
	}
	return ""
}

type contextKey struct{}

// NewContext returns a context that carries e.
func NewContext(ctx context.Context, e *Exchange) context.Context {
	return context.WithValue(ctx, contextKey{}, e)
}

// FromContext returns the exchange of ctx, or an empty one of its own where
// there is none (a resolver called outside a request), never nil.
func FromContext(ctx context.Context) *Exchange {
	if e, ok := ctx.Value(contextKey{}).(*Exchange); ok {
		return e
	}
	return &Exchange{}
}
