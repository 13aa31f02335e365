package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/apollofederatedtracingv1"
	"github.com/vektah/gqlparser/v2/gqlerror"
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
