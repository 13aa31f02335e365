package gqlhttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/persisted"
)

// execute validates and executes the operation and writes the answer, or
// returns why there is none. ctx carries the deadline.
func (c *call) execute(ctx context.Context, exec graphql.GraphExecutor, req operationRequest, document persisted.Document) error {
	ctx = graphql.StartOperationTrace(ctx)
	params := &graphql.RawParams{
		Query:         document.Text,
		OperationName: req.operationName,
		Variables:     req.variables,
		Extensions:    req.extensions,
		Headers:       traceHeader(c.r),
	}
	op, list := exec.CreateOperationContext(ctx, params)
	if c.r.Method != http.MethodPost && isMutation(params, op) {
		c.w.Header().Set("Allow", http.MethodPost)
		return fault.New(fault.MethodNotAllowed, "Mutations must be sent with POST.")
	}
	if len(list) > 0 {
		ctx = graphql.WithOperationContext(ctx, op)
		return requestErrors(exec.DispatchError(ctx, list[:min(len(list), maxPresented)]).Errors)
	}
	c.register(document)
	c.operation, c.name = op.Operation.Operation, op.Operation.Name
	answers, ctx := exec.DispatchOperation(ctx, op)
	resp := answers(ctx)
	kept := c.keep(resp)
	c.source = sourceBuilt
	switch {
	case c.r.Context().Err() != nil:
		return c.r.Context().Err()
	case c.memory.Refused() != nil:
		return c.memory.Refused()
	case resp == nil && ctx.Err() != nil:
		return ctx.Err()
	case resp == nil, resp.Data == nil && len(resp.Errors) == 0:
		return errors.New("execution gave no answer")
	case resp.HasNext != nil && *resp.HasNext:
		return refuseDeferred(ctx, answers)
	case resp.Data == nil:
		return requestErrors(resp.Errors)
	}
	var err error
	if kept != nil {
		err = c.sendKept(kept, kept.FreshUntil(c.exchange.Freshness().FreshUntil))
	} else {
		err = c.writeAnswer(resp)
	}
	switch {
	case fault.KindOf(err) == fault.Overloaded:
		return err // soon there may be room for all of it
	case err != nil:
		return c.writeNull(ctx, err)
	}
	return nil
}

// traceHeader is all that extensions of the executor get to see of the header:
// how a gateway asks for a trace. Credentials are not theirs to read.
func traceHeader(r *http.Request) http.Header {
	const name = "Apollo-Federation-Include-Trace"
	asked := r.Header.Values(name)
	if len(asked) == 0 {
		return nil
	}
	return http.Header{name: asked}
}

// refuseDeferred refuses an answer in parts, which this transport does not
// speak: the first part alone would lack fields that were asked for. The other
// parts are taken, because somebody waits to hand them over.
func refuseDeferred(ctx context.Context, answers graphql.ResponseHandler) error {
	for part := answers(ctx); part != nil && part.HasNext != nil && *part.HasNext; part = answers(ctx) {
		continue
	}
	return fault.New(fault.ValidationFailed, "Answers in parts (@defer) are not supported.")
}

// writeNull answers an operation that was executed but whose answer cannot be
// sent: there is a data entry, and it is null.
func (c *call) writeNull(ctx context.Context, cause error) error {
	f := c.faultsOf(ctx, cause)[0]
	c.tellLimits([]*fault.Error{f})
	null := &graphql.Response{
		Data: []byte("null"),
		Errors: gqlerror.List{{
			Message:    f.Public,
			Extensions: map[string]any{"code": string(f.Kind), "requestId": c.exchange.RequestID},
		}},
	}
	return c.writeAnswer(null)
}
