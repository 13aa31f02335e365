package graph

import (
	"cmp"
	"context"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/model"
)

// PaymentLinkChanges tells what changed for a client who follows a filter.
func (queries) PaymentLinkChanges(ctx context.Context, filter *model.Filter, since *string, first *int32) (*model.Changes, error) {
	op := operationFrom(ctx)
	selects, err := op.allowed(filter)
	if err != nil {
		return nil, err
	}
	sync, err := model.NewSync(selects, since, first)
	if err != nil {
		return nil, err
	}
	snapshot, err := op.pinned(ctx)
	if err != nil {
		return nil, err
	}
	op.holdFor(sync.Filter(), snapshot)
	var changes model.Changes
	var reset string
	var overspent error
	err = op.moment.InTurn(ctx, func() {
		if overspent = op.budget.Charge(cost.Searched, snapshot.Set.SearchedBytes(*sync.Filter())); overspent == nil {
			changes, reset = sync.Cut(snapshot, op.moment)
		}
	})
	if err = cmp.Or(err, overspent); err != nil {
		return nil, err
	}
	if reset != "" && op.config.Reset != nil {
		op.config.Reset(reset)
	}
	return &changes, op.budget.Charge(cost.Links, changes.Len())
}
