package graph

import (
	"cmp"
	"context"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/generated"
	"paymentlinks/graph/model"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/relay"
)

// resolvers is gqlgen's root. It has no state: everything lives in the
// operation of the context.
type resolvers struct{}

// Query returns the resolvers of the root fields.
func (resolvers) Query() generated.QueryResolver { return queries{} }

// Entity returns gqlgen's own door to entities. The interceptor of entities.go
// answers before it; it remains because the generated code asks for it, and as
// the measure of the interceptor's benchmarks.
func (resolvers) Entity() generated.EntityResolver { return entityResolver{} }

type queries struct{}

// PaymentLinks answers the two filters from the index of status and currency.
func (queries) PaymentLinks(ctx context.Context, status *paymentlink.Status, currency *money.Currency) ([]model.PaymentLink, error) {
	var filter paymentlink.Filter
	if status != nil {
		filter.Status = []paymentlink.Status{*status}
	}
	if currency != nil {
		filter.Currency = []money.Currency{*currency}
	}
	op := operationFrom(ctx)
	snapshot, err := op.pinned(ctx)
	if err != nil {
		return nil, err
	}
	var links paymentlink.Selection
	if err := op.moment.InTurn(ctx, func() { links = snapshot.Set.Select(filter, op.moment.Now()) }); err != nil {
		return nil, err
	}
	if err := op.budget.Charge(cost.Links, links.Len()); err != nil {
		return nil, err
	}
	return model.NewPaymentLinks(links, op.moment), nil
}

// PaymentLink looks one link up by its id.
func (queries) PaymentLink(ctx context.Context, id string) (*model.PaymentLink, error) {
	return lookUp(ctx, id, (*operation).linkByID)
}

// PaymentLinkByCode looks one link up by its code or URL.
func (queries) PaymentLinkByCode(ctx context.Context, code string) (*model.PaymentLink, error) {
	return lookUp(ctx, code, (*operation).linkByCode)
}

// PaymentLinkBy looks one link up by one of its keys.
func (queries) PaymentLinkBy(ctx context.Context, key model.Key) (*model.PaymentLink, error) {
	if err := key.Check("key"); err != nil {
		return nil, err
	}
	switch {
	case key.ID != nil:
		return lookUp(ctx, *key.ID, (*operation).linkByID)
	case key.Code != nil:
		return lookUp(ctx, *key.Code, (*operation).linkByCode)
	}
	return lookUp(ctx, *key.URL, (*operation).linkByURL)
}

// PaymentLinksBy looks links up in one pass.
func (queries) PaymentLinksBy(ctx context.Context, keys []model.Key) ([]*model.PaymentLink, error) {
	if err := model.CheckKeys("keys", keys); err != nil {
		return nil, err
	}
	op := operationFrom(ctx)
	snapshot, err := op.pinned(ctx)
	if err != nil {
		return nil, err
	}
	found, links := 0, make([]*model.PaymentLink, len(keys))
	err = op.moment.InTurn(ctx, func() {
		for i, key := range keys {
			if link, ok := key.Find(snapshot.Set); ok {
				links[i] = new(model.NewPaymentLink(link, op.moment))
				found++
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return links, op.budget.Charge(cost.Links, found)
}

// PaymentLinksConnection cuts a page.
func (queries) PaymentLinksConnection(
	ctx context.Context, filter *model.Filter, orderBy paymentlink.Order,
	first *int32, after *string, last *int32, before *string,
) (*model.Connection, error) {
	page, err := model.NewPage(orderBy, relay.Args{First: wide(first), Last: wide(last), After: after, Before: before})
	if err != nil {
		return nil, err
	}
	selection, snapshot, err := selected(ctx, filter)
	if err != nil {
		return nil, err
	}
	op := operationFrom(ctx)
	connection, err := page.Cut(ctx, selection, snapshot, op.moment)
	if err != nil {
		return nil, err
	}
	if err := op.budget.Charge(cost.Links, connection.Len()); err != nil {
		return nil, err
	}
	return &connection, nil
}

// PaymentLinksSummary adds up a selection.
func (queries) PaymentLinksSummary(ctx context.Context, filter *model.Filter) (*model.Summary, error) {
	selection, snapshot, err := selected(ctx, filter)
	if err != nil {
		return nil, err
	}
	summary, err := model.NewSummary(ctx, selection, snapshot, operationFrom(ctx).moment)
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// selected checks a filter before it asks for the list.
func selected(ctx context.Context, filter *model.Filter) (paymentlink.Selection, *paymentlink.Snapshot, error) {
	op := operationFrom(ctx)
	selects, err := op.allowed(filter)
	if err != nil {
		return paymentlink.Selection{}, nil, err
	}
	snapshot, err := op.pinned(ctx)
	if err != nil {
		return paymentlink.Selection{}, nil, err
	}
	op.holdFor(&selects, snapshot)
	var selection paymentlink.Selection
	var overspent error
	err = op.moment.InTurn(ctx, func() {
		if overspent = op.budget.Charge(cost.Searched, snapshot.Set.SearchedBytes(selects)); overspent == nil {
			selection = snapshot.Set.Select(selects, op.moment.Now())
		}
	})
	return selection, snapshot, cmp.Or(err, overspent)
}

// allowed reads a filter, and refuses one that would tell the caller what only
// operators may know.
func (op *operation) allowed(filter *model.Filter) (paymentlink.Filter, error) {
	selects, err := filter.Select()
	if err != nil {
		return paymentlink.Filter{}, err
	}
	if op.isLimited && filter.IsForOperators() {
		return paymentlink.Filter{}, missingScope()
	}
	return selects, nil
}

// holdFor notes when the filter selects other links although the list stays the same.
func (op *operation) holdFor(filter *paymentlink.Filter, snapshot *paymentlink.Snapshot) {
	for f := filter; f != nil; f = f.Not {
		within := f.ExpiresWithin
		if within == nil {
			continue
		}
		// The next link to be selected is the next that expires after this time.
		if at, ok := snapshot.Set.NextExpiry(op.moment.Now().Add(*within)); ok {
			op.moment.HoldsUntil(at.Add(-*within))
		}
	}
}

// lookUp asks a loader for one link; a link that is not there is null.
func lookUp(
	ctx context.Context, key string, find func(*operation, context.Context, string) (paymentlink.Link, bool, error),
) (*model.PaymentLink, error) {
	op := operationFrom(ctx)
	link, ok, err := find(op, ctx, key)
	if err != nil || !ok {
		return nil, err
	}
	view := model.NewPaymentLink(link, op.moment)
	return &view, op.budget.Charge(cost.Links, 1)
}

func (op *operation) linkByID(ctx context.Context, id string) (paymentlink.Link, bool, error) {
	if _, err := op.pinned(ctx); err != nil {
		return paymentlink.Link{}, false, err
	}
	return op.loaders.ByID(ctx, id)
}

func (op *operation) linkByCode(ctx context.Context, code string) (paymentlink.Link, bool, error) {
	if _, err := op.pinned(ctx); err != nil {
		return paymentlink.Link{}, false, err
	}
	return op.loaders.ByCode(ctx, code)
}

func (op *operation) linkByURL(ctx context.Context, text string) (paymentlink.Link, bool, error) {
	if _, err := op.pinned(ctx); err != nil {
		return paymentlink.Link{}, false, err
	}
	return op.loaders.ByURL(ctx, text)
}

func wide(n *int32) *int {
	if n == nil {
		return nil
	}
	return new(int(*n))
}
