package cost_test

import (
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
)

// field is a selected field of a type.
func field(typeName, name string, selections ...ast.Selection) *ast.Field {
	return &ast.Field{Name: name, Alias: name, ObjectDefinition: &ast.Definition{Name: typeName}, SelectionSet: selections}
}

// doubling is a fragment that holds 2^n leaves: each spreads the next twice.
func doubling(n int) *ast.FragmentSpread {
	definition := &ast.FragmentDefinition{Name: fmt.Sprint("F", n), SelectionSet: ast.SelectionSet{field("PaymentLink", "id")}}
	if n > 0 {
		next := doubling(n - 1)
		definition.SelectionSet = ast.SelectionSet{next, next}
	}
	return &ast.FragmentSpread{Name: definition.Name, Definition: definition}
}

// Whatever is selected, the count does not pass over its bound into small or
// negative numbers.
func TestComplexityDoesNotOverflow(t *testing.T) {
	for name, test := range map[string]struct {
		selection ast.Selection
		allowed   bool
	}{
		"as many as may be":       {field("Query", "paymentLinks", doubling(6)), true},
		"a sum":                   {doubling(70), false},
		"a sum, near the end":     {doubling(63), false},
		"a product":               {field("Query", "paymentLinks", doubling(60)), false},
		"a product of the most":   {field("Query", "paymentLinks", doubling(70)), false},
		"a product of powers":     {field("Query", "paymentLinks", doubling(62)), false}, // 2^62 × 100 is 0 in 64 bits
		"a product beside others": {field("Query", "paymentLink", field("Query", "paymentLinks", doubling(62)), doubling(2)), false},
	} {
		t.Run(name, func(t *testing.T) {
			operation := &graphql.OperationContext{Operation: &ast.OperationDefinition{SelectionSet: ast.SelectionSet{test.selection}}}
			err := cost.NewComplexity(cost.Limits{}).MutateOperationContext(t.Context(), operation)
			if allowed := err == nil; allowed != test.allowed {
				t.Errorf("allowed %v: %v", allowed, err)
			}
		})
	}
}
