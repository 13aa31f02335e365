package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// fieldMiddleware stands round the resolvers of the fields that are answered
// in a way of their own:
//
//   - _entities, by one pass over the snapshot;
//   - __type, as null where introspection is switched off (package validation
//     refuses __schema). _service is answered all the same: a gateway has to be
//     able to read it;
//   - fields for operators alone, as an error for callers that are none;
//   - fields of __Type that the type's kind does not have, as null;
//   - links and lists of them, which are written serially (lists.go).
type fieldMiddleware struct {
	introspection bool
	listsByGqlgen bool // for the tests that compare
	tracing       federatedTracing
}

var _ graphql.OperationContextMutator = fieldMiddleware{}

// ExtensionName implements graphql.HandlerExtension.
func (fieldMiddleware) ExtensionName() string { return "FieldMiddleware" }

// Validate implements graphql.HandlerExtension.
func (fieldMiddleware) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator. It wraps
// the middleware here and not as a graphql.FieldInterceptor, which would cost
// every field an allocation.
func (f fieldMiddleware) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	// gqlgen's own switch would take _service along, and answer with errors.
	op.DisableIntrospection = false
	others, trace := op.ResolverMiddleware, f.tracing.begin(op)
	op.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		return trace.field(ctx, func(ctx context.Context) (any, error) {
			resolved, err := f.resolve(ctx, func(ctx context.Context) (any, error) { return others(ctx, next) })
			if err != nil || f.listsByGqlgen {
				return resolved, err
			}
			return writeSerially(ctx, op, trace, resolved)
		})
	}
	return nil
}

func (f fieldMiddleware) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if isAbsent(field) {
		return graphql.Null, nil
	}
	if err := forbidden(ctx, field.Field.Definition); err != nil {
		return nil, err
	}
	if field.Object != "Query" {
		return next(ctx)
	}
	switch field.Field.Name {
	case entitiesField:
		representations, _ := field.Args["representations"].([]map[string]any)
		return operationFrom(ctx).entities(ctx, representations)
	case "__type":
		if !f.introspection {
			return graphql.Null, nil
		}
	}
	return next(ctx)
}
