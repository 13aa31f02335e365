package graph

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/apollofederatedtracingv1"
)

// federatedTracing answers a gateway that asks for it (apollo-federation-include-trace:
// ftv1) with how long each field took, in extensions.ftv1. Errors are masked
// there: the answer itself says what clients may read of them.
type federatedTracing struct {
	tracer *apollofederatedtracingv1.Tracer
}

var _ interface {
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

// InterceptOperation implements graphql.OperationInterceptor.
func (f federatedTracing) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return f.tracer.InterceptOperation(ctx, next)
}

// InterceptResponse implements graphql.ResponseInterceptor.
func (f federatedTracing) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return f.tracer.InterceptResponse(ctx, next)
}

// maxTracedFields bounds the fields that one trace tells of: each takes some 500
// bytes and 5 µs, and any caller may ask for a trace. Of the fields beyond it
// the trace does not tell.
const maxTracedFields = 5_000

// trace is that of one operation. A nil trace records nothing. It is safe for
// concurrent use.
type trace struct {
	tracer *apollofederatedtracingv1.Tracer
	fields atomic.Int64
}

// begin returns the trace of an operation whose gateway asks for one, else nil.
func (f federatedTracing) begin(op *graphql.OperationContext) *trace {
	if op.Headers.Get("Apollo-Federation-Include-Trace") != "ftv1" {
		return nil
	}
	return &trace{tracer: f.tracer}
}

// field runs the resolver of a field, and records how long it took.
func (t *trace) field(ctx context.Context, resolve graphql.Resolver) (any, error) {
	if t == nil || t.fields.Add(1) > maxTracedFields {
		return resolve(ctx)
	}
	return t.tracer.InterceptField(ctx, resolve)
}

// write returns what records the fields that are written serially; nil for none.
func (t *trace) write() func(ctx context.Context, write func()) {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, write func()) {
		_, _ = t.field(ctx, func(context.Context) (any, error) {
			write()
			return nil, nil //nolint:nilnil // the value is written already
		})
	}
}
