package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"

	"paymentlinks/graph/model"
	"paymentlinks/internal/fault"
)

const entitiesField = "_entities"

// maxKeyBytes bounds the ids of representations: some 28 times the ids seen.
const maxKeyBytes = 1024

// rootFields answers, in front of the generated resolvers, the fields of Query
// that gqlgen has for every schema: entities by one pass over the snapshot, and
// introspection as null where it is switched off. _service is not among them:
// a gateway has to be able to read it.
type rootFields struct {
	introspection bool
}

var _ graphql.FieldInterceptor = rootFields{}

// ExtensionName implements graphql.HandlerExtension.
func (rootFields) ExtensionName() string { return "RootFields" }

// Validate implements graphql.HandlerExtension.
func (rootFields) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptField implements graphql.FieldInterceptor.
func (f rootFields) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if field.Object != "Query" {
		return next(ctx)
	}
	switch field.Field.Name {
	case entitiesField:
		representations, _ := field.Args["representations"].([]map[string]any)
		return operationFrom(ctx).entities(ctx, representations)
	case "__schema", "__type":
		if !f.introspection {
			return nil, nil //nolint:nilnil // null without an error, as the HTTP audit asks for
		}
	}
	return next(ctx)
}

// entities answers representations in their order. A link that the caller does
// not have is null; a representation that names none is an error at its index.
func (op *operation) entities(ctx context.Context, representations []map[string]any) ([]fedruntime.Entity, error) {
	if err := op.bring(len(representations)); err != nil {
		return nil, err
	}
	entities := make([]fedruntime.Entity, len(representations))
	if len(representations) == 0 {
		return entities, nil
	}
	snapshot, err := op.pinned(ctx)
	if err != nil {
		return nil, err
	}
	found := 0
	for i, representation := range representations {
		id, refusal := keyOf(representation)
		if refusal != "" {
			at := graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i))
			graphql.AddError(at, fault.New(fault.BadUserInput, refusal))
			continue
		}
		if link, ok := snapshot.Set.ByID(id); ok {
			entities[i] = model.NewPaymentLink(link, op.now)
			found++
		}
	}
	return entities, op.handOut(found)
}

// keyOf reads the id of a representation, or says why there is none.
func keyOf(representation map[string]any) (id, refusal string) {
	switch typeName, ok := representation["__typename"].(string); {
	case !ok:
		return "", "A representation must be an object with a __typename."
	case typeName != "PaymentLink":
		return "", "This service has no entity of the representation's __typename."
	}
	id, err := model.UnmarshalID(representation["id"])
	switch {
	case err != nil:
		return "", "The key id of a representation must be a string or an integer."
	case len(id) > maxKeyBytes:
		return "", "The key id of a representation is too long."
	}
	return id, ""
}

// entityResolver is the door that the generated code asks for.
type entityResolver struct{}

// FindManyPaymentLinkByIDs answers as gqlgen's multi resolver does.
func (entityResolver) FindManyPaymentLinkByIDs(
	ctx context.Context, representations []*model.PaymentLinkByIDsInput,
) ([]*model.PaymentLink, error) {
	links := make([]*model.PaymentLink, len(representations))
	for i, representation := range representations {
		link, err := lookUp(ctx, representation.ID, (*operation).linkByID)
		if err != nil {
			return nil, err
		}
		links[i] = link
	}
	return links, nil
}
