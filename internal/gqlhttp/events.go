package gqlhttp

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
)

// Events are told how requests end, where they are not nil. They are called by
// many goroutines at once and must return at once.
type Events struct {
	// Answered is called once for each request: with the kind of its first
	// error, "" for none; with its status, 499 for a client that left; with where
	// its answer came from, one of Sources or "" for a request that was refused;
	// with whether that was made of a stale list; and with the time that it took.
	Answered func(kind fault.Kind, status int, source string, isStale bool, took time.Duration)
	// Trace begins the span of a request, under what its header tells; nil traces
	// nothing. end takes the operation's type and name, the document's hash and the
	// kind of the first error, each empty for none.
	Trace func(ctx context.Context, header http.Header) (_ context.Context, end func(operation, name, document string, kind fault.Kind))
	// LimitReached is called with the name of each limit that a request met.
	LimitReached func(limit string)
}

func (e Events) orNothing() Events {
	if e.Answered == nil {
		e.Answered = func(fault.Kind, int, string, bool, time.Duration) {}
	}
	if e.LimitReached == nil {
		e.LimitReached = func(string) {}
	}
	return e
}

// Where answers come from.
const (
	sourceFront  = "front"  // the connection sent again what was sent before
	sourceKept   = "kept"   // a finished answer that was kept
	sourceShared = "shared" // an answer that another request was just making
	sourceBuilt  = "built"  // executed
)

// Sources returns every source that Answered may name.
func Sources() []string { return []string{sourceFront, sourceKept, sourceShared, sourceBuilt} }

// tellAnswered reports the end of the request.
func (c *call) tellAnswered(took time.Duration) {
	c.t.cfg.Events.Answered(c.kind, c.status, c.source, c.isStale(), took)
}

// isStale reports whether the request was answered from a stale list.
func (c *call) isStale() bool { return c.source != "" && c.exchange.Freshness().Stale }

// tellLimits reports the limits among the faults of a refused request.
func (c *call) tellLimits(faults []*fault.Error) {
	for _, f := range faults {
		if f.Limit != "" {
			c.t.cfg.Events.LimitReached(f.Limit)
		}
	}
}

// tellLimitsOf reports the limits among the errors of an execution.
func (c *call) tellLimitsOf(errs gqlerror.List) {
	for _, err := range errs {
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Limit != "" {
			c.t.cfg.Events.LimitReached(f.Limit)
		}
	}
}
