package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/model"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

const entitiesField = "_entities"

// maxKeyBytes bounds the ids of representations: some 28 times the ids seen.
const maxKeyBytes = 1024

// maxURLBytes bounds the URLs of representations, as servers and browsers do.
const maxURLBytes = 8 << 10

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
		find, key, refusal := keyOf(representation)
		if refusal != "" {
			at := graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i))
			graphql.AddError(at, fault.New(fault.BadUserInput, refusal))
			continue
		}
		if link, ok := find(snapshot.Set, key); ok {
			links[i] = model.NewPaymentLink(link, op.moment)
			entities[i] = &links[i]
			found++
		}
	}
	return entities, op.budget.Charge(cost.Links, found)
}

// finder is one of the look-ups of a Set.
type finder func(*paymentlink.Set, string) (paymentlink.Link, bool)

// keyOf reads the key of a representation, its id or else its url, or says why
// there is none.
func keyOf(representation map[string]any) (find finder, key, refusal string) {
	switch typeName, ok := representation["__typename"].(string); {
	case !ok:
		return nil, "", "A representation must be an object with a __typename."
	case typeName != "PaymentLink":
		return nil, "", "This service has no entity of the representation's __typename."
	}
	url, hasURL := representation["url"].(string)
	if representation["id"] == nil && hasURL {
		if len(url) > maxURLBytes {
			return nil, "", "The key url of a representation is too long."
		}
		return (*paymentlink.Set).ByURL, url, ""
	}
	id, err := model.UnmarshalID(representation["id"])
	switch {
	case err != nil:
		return nil, "", "The key id of a representation must be a string or an integer."
	case len(id) > maxKeyBytes:
		return nil, "", "The key id of a representation is too long."
	}
	return (*paymentlink.Set).ByID, id, ""
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

// FindManyPaymentLinkByURLs answers as gqlgen's multi resolver does.
func (entityResolver) FindManyPaymentLinkByURLs(
	ctx context.Context, representations []*model.PaymentLinkByURLsInput,
) ([]*model.PaymentLink, error) {
	links := make([]*model.PaymentLink, len(representations))
	for i, representation := range representations {
		link, err := lookUp(ctx, representation.URL, (*operation).linkByURL)
		if err != nil {
			return nil, err
		}
		links[i] = link
	}
	return links, nil
}
