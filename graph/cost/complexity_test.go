package cost_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
	"paymentlinks/internal/relay"
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

// complexityOf is the least bound under which an operation is allowed.
func complexityOf(t *testing.T, variables map[string]any, selections ...ast.Selection) int {
	t.Helper()
	operation := &graphql.OperationContext{Operation: &ast.OperationDefinition{SelectionSet: selections}, Variables: variables}
	return sort.Search(1<<20, func(bound int) bool {
		return bound > 0 && cost.NewComplexity(cost.Limits{Complexity: bound}).MutateOperationContext(t.Context(), operation) == nil
	})
}

// A page counts by its size, in whatever form the size comes. One that the
// resolver will refuse counts as the largest.
func TestComplexityOfAPage(t *testing.T) {
	page := func(argument string, size any) int {
		connection := field("Query", "paymentLinksConnection", field("PaymentLinkConnection", "nodes", field("PaymentLink", "id")))
		connection.Arguments = ast.ArgumentList{{Name: argument, Value: &ast.Value{Kind: ast.Variable, Raw: "n"}}}
		return complexityOf(t, map[string]any{"n": size}, connection)
	}
	one, two := page("first", int64(1)), page("first", int64(2))
	of := func(links int) int { return one + (links-1)*(two-one) }
	for name, test := range map[string]struct {
		argument string
		size     any
		links    int
	}{
		"none":                   {"first", int64(0), 0},
		"the last":               {"last", int64(7), 7},
		"as JSON has it":         {"first", json.Number("7"), 7},
		"a fraction":             {"first", json.Number("7.5"), relay.MaxPageSize},
		"negative":               {"first", int64(-1), relay.MaxPageSize},
		"as large as may be":     {"first", int64(relay.MaxPageSize), relay.MaxPageSize},
		"too large":              {"first", int64(relay.MaxPageSize + 1), relay.MaxPageSize},
		"no number":              {"first", "seven", relay.MaxPageSize},
		"null":                   {"first", nil, relay.DefaultPageSize},
		"an argument left alone": {"after", "x", relay.DefaultPageSize},
	} {
		if got := page(test.argument, test.size); got != of(test.links) {
			t.Errorf("%s: complexity %d, want %d as of %d links", name, got, of(test.links), test.links)
		}
	}
}

// Representations count in twenties, one that is begun as a whole one.
func TestComplexityOfRepresentations(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 2, 20: 2, 21: 3, 40: 3, 41: 4} {
		entities := field("Query", "_entities", field("PaymentLink", "id"))
		entities.Arguments = ast.ArgumentList{{Name: "representations", Value: &ast.Value{Kind: ast.Variable, Raw: "r"}}}
		if got := complexityOf(t, map[string]any{"r": make([]any, n)}, entities); got != want {
			t.Errorf("%d representations: complexity %d, want %d", n, got, want)
		}
	}
}
