package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/model"
	"paymentlinks/internal/fault"
)

const entitiesField = "_entities"

// maxKeyBytes bounds the ids of representations: some 28 times the ids seen.
const maxKeyBytes = 1024

// entities answers representations in their order. A link that the caller does
// not have is null; a representation that names none is an error at its index.
func (op *operation) entities(ctx context.Context, representations []map[string]any) ([]fedruntime.Entity, error) {
	if err := op.budget.Charge(cost.Representations, len(representations)); err != nil {
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
	found, links := 0, make([]model.PaymentLink, len(representations))
	for i, representation := range representations {
		id, refusal := keyOf(representation)
		if refusal != "" {
			at := graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i))
			graphql.AddError(at, fault.New(fault.BadUserInput, refusal))
			continue
		}
		if link, ok := snapshot.Set.ByID(id); ok {
			links[i] = model.NewPaymentLink(link, op.moment)
			entities[i] = &links[i]
			found++
		}
	}
	return entities, op.budget.Charge(cost.Links, found)
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
