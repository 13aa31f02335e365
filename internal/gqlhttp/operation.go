package gqlhttp

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

// Operation is an operation of a caller who was identified elsewhere.
type Operation struct {
	// Document is the text. It is kept among the answers, so it must not hold
	// anything of the caller.
	Document string
	// Name names the operation in a document of several; "" otherwise.
	Name string
	// Variables is a JSON object; "" for none.
	Variables string
	// Route is what the access log calls the way that the operation came by.
	Route string
}

// Execute answers an operation as the API's paths do: within the same limits,
// from the same kept answers, and told in the same log and figures. It returns
// the answer as application/graphql-response+json; nil when ctx was cancelled.
func (a *API) Execute(ctx context.Context, caller tenant.Tenant, op Operation) []byte {
	r := &http.Request{Method: http.MethodPost, Pattern: op.Route, Header: http.Header{}}
	deadline := time.Now().Add(a.t.cfg.RequestTimeout)
	v := visitFrom(ctx)
	if v != nil {
		// What a protocol executes may know nothing of the request that asks for it.
		var leave context.CancelFunc
		ctx, leave = context.WithCancel(ctx)
		defer leave()
		stop := v.onLeave(leave)
		defer stop()
		r.Header["X-Request-Id"], r.Header["X-Forwarded-For"], r.RemoteAddr = []string{v.requestID}, v.forwardedFor, v.remoteAddr
		deadline = v.deadline
	}
	// The connection must not send this answer by itself: it is part of another.
	r = r.WithContext(answer.NewContext(ctx, nil))
	w := &memory{header: http.Header{}}
	c := a.t.receive(w, r)
	defer c.memory.Release()
	c.media, c.codings = mediaResponse, codings{plain: true}
	ctx, cancel := context.WithDeadline(r.Context(), deadline)
	defer cancel()
	defer c.finish(ctx)
	ctx = exchange.NewContext(ctx, c.exchange)
	c.caller = caller.Key
	if err := c.executeOperation(ctx, caller, op, v); err != nil {
		c.refuse(ctx, err)
	}
	return w.body.Bytes()
}

func (c *call) executeOperation(ctx context.Context, caller tenant.Tenant, op Operation, v *visit) error {
	if v != nil && v.executed.Add(1) > maxOperations {
		return fault.NewLimit("operations", "The request asks for too many operations: send them one by one.")
	}
	req := operationRequest{operationName: op.Name}
	if op.Variables != "" {
		var err error
		if req.variables, err = decodeObject(op.Variables); err != nil {
			return err
		}
	}
	return c.ask(ctx, c.t.cfg.Executor, caller, req, persisted.Document{Text: op.Document, IsNamed: true})
}

// memory is a response that somebody else sends on.
type memory struct {
	header http.Header
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*memory)(nil)

// Header implements http.ResponseWriter.
func (m *memory) Header() http.Header { return m.header }

// WriteHeader implements http.ResponseWriter.
func (m *memory) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }
