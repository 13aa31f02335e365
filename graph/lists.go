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

// writeSerially writes what a resolver gave as a finished field when it is a
// link, a list of links, edges or entities, or what a summary counts by. Anything
// else stays as it is. The error is that of ctx or of a bound.
func writeSerially(ctx context.Context, operation *graphql.OperationContext, trace *trace, resolved any) (any, error) {
	s := serial{ctx: ctx, operation: operation, options: fastlist.Options{Meter: meter{cost.FromContext(ctx)}, Trace: trace.write()}}
	switch value := resolved.(type) {
	case []model.PaymentLink:
		return writeList(s, model.SerialPaymentLink(), value)
	case []*model.PaymentLink:
		return writeFound(s, value) //nolint:contextcheck // s carries it to the Writer
	case []model.Edge:
		return writeList(s, model.SerialEdge(), value)
	case []model.Change:
		return writeList(s, model.SerialChange(), value)
	case []model.CurrencySummary:
		return writeList(s, model.SerialCurrencySummary(), value)
	case []model.EnvironmentSummary:
		return writeList(s, model.SerialEnvironmentSummary(), value)
	case []model.SlugSummary:
		return writeList(s, model.SerialSlugSummary(), value)
	case []model.PeriodSummary:
		return writeList(s, model.SerialPeriodSummary(), value)
	case []fedruntime.Entity:
		return writeEntities(s, value) //nolint:contextcheck // s carries it to the Writer
	case *model.PaymentLink:
		return writeLink(s, value) //nolint:contextcheck // s carries it to the Writer
	}
	return resolved, nil
}

// serial is what the writing of one field needs.
type serial struct {
	//nolint:containedctx // it lives for one call
	ctx       context.Context
	operation *graphql.OperationContext
	options   fastlist.Options
}

// compile returns false when gqlgen has to write the field.
func compile[T any](s serial, object fastlist.Object[T]) (fastlist.Plan[T], bool) {
	refuse := func(field *ast.FieldDefinition) error { return forbidden(s.ctx, field) }
	return fastlist.Compile(s.operation, graphql.GetFieldContext(s.ctx).Field.Selections, object, refuse)
}

func writeList[T any](s serial, object fastlist.Object[*T], elements []T) (any, error) {
	plan, ok := compile(s, object)
	if !ok || elements == nil { // a nil list is null, which only gqlgen writes
		return elements, nil
	}
	list := plan.NewList(s.ctx, s.options, len(elements), true)
	for i := range elements {
		if !list.Add(&elements[i]) {
			break
		}
	}
	return list.Finish()
}

func writeEntities(s serial, entities []fedruntime.Entity) (any, error) {
	plan, ok := compile(s, model.SerialPaymentLink())
	if !ok {
		return entities, nil
	}
	list := plan.NewList(s.ctx, s.options, len(entities), false)
	for _, entity := range entities {
		link, ok := entity.(*model.PaymentLink)
		if !ok {
			list.AddNull()
		} else if !list.Add(link) {
			break
		}
	}
	return list.Finish()
}

// writeFound writes links of which some are missing.
func writeFound(s serial, links []*model.PaymentLink) (any, error) {
	plan, ok := compile(s, model.SerialPaymentLink())
	if !ok || links == nil { // a nil list is null, which only gqlgen writes
		return links, nil
	}
	list := plan.NewList(s.ctx, s.options, len(links), false)
	for _, link := range links {
		if link == nil {
			list.AddNull()
		} else if !list.Add(link) {
			break
		}
	}
	return list.Finish()
}

func writeLink(s serial, link *model.PaymentLink) (any, error) {
	plan, ok := compile(s, model.SerialPaymentLink())
	if !ok || link == nil {
		return link, nil
	}
	return plan.Object(s.ctx, s.options, link)
}

// meter charges what is written to the operation's Budget.
type meter struct {
	*cost.Budget
}

// Bytes implements fastlist.Meter.
func (m meter) Bytes(n int) error { return m.Charge(cost.Bytes, n) }
