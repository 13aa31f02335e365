package graph

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/apollofederatedtracingv1"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph/model"
)

// federatedTracing answers a gateway that asks for it (apollo-federation-include-trace:
// ftv1) with how long each field took, in extensions.ftv1. Errors are masked
// there: the answer itself says what clients may read of them.
type federatedTracing struct {
	tracer *apollofederatedtracingv1.Tracer
}

var _ interface {
	graphql.OperationContextMutator
	graphql.OperationInterceptor
	graphql.ResponseInterceptor
} = federatedTracing{}

func newFederatedTracing() federatedTracing {
	return federatedTracing{tracer: &apollofederatedtracingv1.Tracer{}}
}

// ExtensionName implements graphql.HandlerExtension.
func (federatedTracing) ExtensionName() string { return "FederatedTracing" }

// Validate implements graphql.HandlerExtension.
func (federatedTracing) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator. The
// tracer joins the middleware of traced operations alone: as a
// graphql.FieldInterceptor it would look at every field of all others, too.
func (f federatedTracing) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if !isTraced(op) {
		return nil
	}
	others := op.ResolverMiddleware
	op.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		return f.tracer.InterceptField(ctx, func(ctx context.Context) (any, error) { return others(ctx, next) })
	}
	return nil
}

// isTraced reports whether the operation's gateway asks for a trace.
func isTraced(op *graphql.OperationContext) bool {
	return op.Headers.Get("Apollo-Federation-Include-Trace") == "ftv1"
}

// InterceptOperation implements graphql.OperationInterceptor.
func (f federatedTracing) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return f.tracer.InterceptOperation(ctx, next)
}

// InterceptResponse implements graphql.ResponseInterceptor.
func (f federatedTracing) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return f.tracer.InterceptResponse(ctx, next)
}

// maxTracedLinks bounds the links of one operation whose fields a trace tells
// of: each field of each takes some 500 bytes and 5 µs, and any caller may ask.
// Of what is beyond, the trace tells of the list.
const maxTracedLinks = 1_000

// traceBound counts the links that the trace of one operation covers. It is
// safe for concurrent use.
type traceBound struct {
	isAsked bool
	links   atomic.Int64
}

// covers reports whether the elements of a resolved list are to be traced.
func (b *traceBound) covers(resolved any) bool {
	if !b.isAsked {
		return false
	}
	elements := 0
	switch list := resolved.(type) {
	case []model.PaymentLink:
		elements = len(list)
	case []model.Edge:
		elements = len(list)
	case []fedruntime.Entity:
		elements = len(list)
	}
	return b.links.Add(int64(elements)) <= maxTracedLinks
}
