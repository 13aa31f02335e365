package graph

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph/cost"
)

// rootFields answers, in front of the generated resolvers, the fields of Query
// that gqlgen has for every schema: entities by one pass over the snapshot, and
// introspection as null where it is switched off. _service is not among them:
// a gateway has to be able to read it. Behind the resolvers it writes lists of
// links, unless they are few and the operation is traced: a trace tells of every field.
type rootFields struct {
	introspection bool
	listsByGqlgen bool // for the tests that compare
}

var _ graphql.OperationContextMutator = rootFields{}

// ExtensionName implements graphql.HandlerExtension.
func (rootFields) ExtensionName() string { return "RootFields" }

// Validate implements graphql.HandlerExtension.
func (rootFields) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator. It wraps
// the middleware here and not as a graphql.FieldInterceptor, which would cost
// every field of every link an allocation.
func (f rootFields) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	// gqlgen's own switch would take _service along, and answer with errors.
	op.DisableIntrospection = false
	others, trace := op.ResolverMiddleware, &traceBound{isAsked: isTraced(op)}
	op.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (resolved any, err error) {
		field := graphql.GetFieldContext(ctx)
		switch field.Object {
		case "Query":
			resolved, err = f.resolve(ctx, field, func(ctx context.Context) (any, error) { return others(ctx, next) })
		case "PaymentLinkShare", "PaymentLinkQrCode":
			resolved, err = others(ctx, next)
			if text, ok := resolved.(string); ok && err == nil {
				err = operationFrom(ctx).budget.Charge(cost.Bytes, len(text))
			}
			return resolved, err
		case "PaymentLinkConnection":
			resolved, err = others(ctx, next)
		default:
			return others(ctx, next)
		}
		if err != nil || f.listsByGqlgen {
			return resolved, err
		}
		if trace.covers(resolved) {
			return resolved, nil
		}
		return operationFrom(ctx).serialList(ctx, op, field.Field.Selections, resolved)
	}
	return nil
}

func (f rootFields) resolve(ctx context.Context, field *graphql.FieldContext, next graphql.Resolver) (any, error) {
	switch field.Field.Name {
	case entitiesField:
		representations, _ := field.Args["representations"].([]map[string]any)
		return operationFrom(ctx).entities(ctx, representations)
	case "__schema", "__type":
		if !f.introspection {
			return quietNull(), nil
		}
	}
	return next(ctx)
}

// quietNull is a null that stands although the field is non-null: clients that
// probe for introspection get an answer and not an error.
func quietNull() graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, "null") })
}
