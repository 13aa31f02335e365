package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/fastlist"
	"paymentlinks/graph/model"
)

// serialList writes a resolved list of links or edges as a finished field. What
// is no such list, or selects what package fastlist does not know, stays as it
// is, for gqlgen to write. The error is that of ctx or of a bound.
//
// Nothing per field happens to a list that is written here: no middleware, no
// field context, no trace.
func (op *operation) serialList(
	ctx context.Context, operation *graphql.OperationContext, selections ast.SelectionSet, resolved any,
) (any, error) {
	meter := meter{budget: op.budget}
	switch list := resolved.(type) {
	case []model.PaymentLink:
		written, err := writeAll(ctx, &meter, operation, selections, model.SerialPaymentLink(), list)
		if written == nil && err == nil {
			return resolved, op.budget.Charge(cost.Links, len(list)*repeats(operation, selections))
		}
		return written, err
	case []model.Edge:
		written, err := writeAll(ctx, &meter, operation, selections, model.SerialEdge(), list)
		if written == nil && err == nil {
			return resolved, nil
		}
		return written, err
	case []fedruntime.Entity:
		return writeEntities(ctx, &meter, operation, selections, list)
	}
	return resolved, nil
}

// repeats is how often, beyond once, each link of a list does what gqlgen is
// left to write: compose a message or draw a code. Complexity cannot bound it,
// as it takes every list for a hundred links.
func repeats(operation *graphql.OperationContext, selections ast.SelectionSet) int {
	link, composed := model.SerialPaymentLink(), 0
	for _, field := range graphql.CollectFields(operation, selections, append([]string{link.Name}, link.Abstract...)) {
		if field.Name == "share" || field.Name == "qrCode" {
			composed++
		}
	}
	return max(composed-1, 0)
}

// writeAll returns nil when gqlgen has to write the list; a nil list is a null
// and no list, which only gqlgen writes.
func writeAll[T any](
	ctx context.Context, meter *meter, operation *graphql.OperationContext, selections ast.SelectionSet,
	object fastlist.Object[*T], elements []T,
) (any, error) {
	plan, ok := fastlist.Compile(operation, selections, object)
	if !ok || elements == nil {
		return nil, nil //nolint:nilnil // documented
	}
	list := plan.NewList(len(elements))
	for i := range elements {
		list.Add(&elements[i])
		if err := meter.pass(ctx, list.Len()); err != nil {
			return nil, err
		}
	}
	if written, ok := list.Finish(); ok {
		return written, meter.charge(ctx, list.Len())
	}
	return nil, nil //nolint:nilnil // documented
}

func writeEntities(
	ctx context.Context, meter *meter, operation *graphql.OperationContext, selections ast.SelectionSet, entities []fedruntime.Entity,
) (any, error) {
	plan, ok := fastlist.Compile(operation, selections, model.SerialPaymentLink())
	if !ok {
		return entities, nil
	}
	list := plan.NewList(len(entities))
	for _, entity := range entities {
		switch link := entity.(type) {
		case nil:
			list.AddNull()
		case *model.PaymentLink:
			list.Add(link)
		default:
			return entities, nil
		}
		if err := meter.pass(ctx, list.Len()); err != nil {
			return nil, err
		}
	}
	if written, ok := list.Finish(); ok {
		return written, meter.charge(ctx, list.Len())
	}
	return entities, nil
}

// meterStep is how many bytes a list writes between two looks at the bounds.
const meterStep = 64 << 10

// meter charges a growing list to the answer. A list that gqlgen writes in the
// end was charged for its part.
type meter struct {
	budget  *cost.Budget
	charged int
}

// pass charges in steps: a look at every element would cost more than most of them.
func (m *meter) pass(ctx context.Context, written int) error {
	if written-m.charged < meterStep {
		return nil
	}
	return m.charge(ctx, written)
}

func (m *meter) charge(ctx context.Context, written int) error {
	step := written - m.charged
	m.charged = written
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.budget.Charge(cost.Bytes, step)
}
