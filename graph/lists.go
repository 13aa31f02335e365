package graph

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin/federation/fedruntime"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/model"
	"paymentlinks/internal/fastlist"
)

// serialList writes a resolved list of links or edges as a finished field. What
// is no such list, or selects what package fastlist does not know, stays as it
// is, for gqlgen to write.
//
// Nothing per field happens to a list that is written here: no middleware, no
// field context, no trace.
func serialList(operation *graphql.OperationContext, selections ast.SelectionSet, resolved any) any {
	switch list := resolved.(type) {
	case []model.PaymentLink:
		return writeAll(operation, selections, model.SerialPaymentLink(), list, resolved)
	case []model.Edge:
		return writeAll(operation, selections, model.SerialEdge(), list, resolved)
	case []fedruntime.Entity:
		return writeEntities(operation, selections, list)
	}
	return resolved
}

// writeAll returns otherwise when gqlgen has to write the list; nil is a null
// and no list, which only gqlgen writes.
func writeAll[T any](
	operation *graphql.OperationContext, selections ast.SelectionSet, object fastlist.Object[*T], elements []T, otherwise any,
) any {
	plan, ok := fastlist.Compile(operation, selections, object)
	if !ok || elements == nil {
		return otherwise
	}
	list := plan.NewList(len(elements))
	for i := range elements {
		list.Add(&elements[i])
	}
	if written, ok := list.Finish(); ok {
		return written
	}
	return otherwise
}

func writeEntities(operation *graphql.OperationContext, selections ast.SelectionSet, entities []fedruntime.Entity) any {
	plan, ok := fastlist.Compile(operation, selections, model.SerialPaymentLink())
	if !ok {
		return entities
	}
	list := plan.NewList(len(entities))
	for _, entity := range entities {
		switch link := entity.(type) {
		case nil:
			list.AddNull()
		case *model.PaymentLink:
			list.Add(link)
		default:
			return entities
		}
	}
	if written, ok := list.Finish(); ok {
		return written
	}
	return entities
}
