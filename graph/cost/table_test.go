package cost_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/generated"
	"paymentlinks/internal/relay"
)

// Whoever adds a list or an object to the schema has to say what it costs.
func TestEveryListAndObjectHasARow(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	rows := 0
	for _, owner := range schema.Types {
		if owner.BuiltIn || owner.Kind != ast.Object || owner.Name == "Entity" || strings.HasPrefix(owner.Name, "__") {
			continue
		}
		for _, field := range owner.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			_, ok := cost.Lookup(owner.Name, field.Name)
			if ok {
				rows++
			}
			kind := schema.Types[field.Type.Name()].Kind
			composite := kind == ast.Object || kind == ast.Interface || kind == ast.Union
			if isList := field.Type.Elem != nil; (isList || composite) && !ok {
				t.Errorf("%s.%s is a list or an object, and table.go has no row for it", owner.Name, field.Name)
			}
		}
	}
	if rows < 20 {
		t.Errorf("%d rows were found: the test does not see the schema", rows)
	}
}

// Lists at the root count as lists.
func TestRootListsCountMoreThanOnce(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	for _, field := range schema.Query.Fields {
		row, _ := cost.Lookup("Query", field.Name)
		if field.Type.Elem != nil && row.Times == cost.Once {
			t.Errorf("Query.%s is a list whose selection counts once", field.Name)
		}
	}
}

// What the schema tells gateways of costs is what is counted here.
func TestDirectivesAreTrueToTheTable(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	lists, weights := 0, 0
	for _, owner := range schema.Types {
		if owner.BuiltIn || owner.Kind != ast.Object || owner.Name == "Entity" || strings.HasPrefix(owner.Name, "_") {
			continue
		}
		for _, field := range owner.Fields {
			row, _ := cost.Lookup(owner.Name, field.Name)
			if weight := argument(field.Directives.ForName("cost"), "weight"); weight != "" || row.Own > 1 {
				weights++
				if weight != strconv.Itoa(row.Own) {
					t.Errorf("%s.%s has the weight %q and counts %d", owner.Name, field.Name, weight, row.Own)
				}
			}
			if field.Type.Elem == nil || schema.Types[field.Type.Name()].Kind != ast.Object || row.Times == cost.PageSize {
				continue // the field that makes the page says how long these are
			}
			lists++
			want := map[cost.Times]string{cost.Once: "1", cost.WholeList: "100"}[row.Times]
			if got := argument(field.Directives.ForName("listSize"), "assumedSize"); got != want {
				t.Errorf("%s.%s is assumed to have %q elements and counts %q", owner.Name, field.Name, got, want)
			}
		}
	}
	if lists < 8 || weights != 2 {
		t.Errorf("%d lists and %d weights: the test does not see the schema", lists, weights)
	}
	page := schema.Query.Fields.ForName("paymentLinksConnection")
	for name, want := range map[string]string{
		"assumedSize": strconv.Itoa(relay.DefaultPageSize), "slicingArguments": `["first","last"]`, "sizedFields": `["edges","nodes"]`,
		"requireOneSlicingArgument": "false",
	} {
		if got := argument(page.Directives.ForName("listSize"), name); got != want {
			t.Errorf("a page has %s %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"edges", "nodes"} {
		if row, _ := cost.Lookup("PaymentLinkConnection", name); row.Times != cost.PageSize {
			t.Errorf("PaymentLinkConnection.%s does not count the size of the page", name)
		}
	}
}

// argument is an argument of a directive as text, "" for none.
func argument(directive *ast.Directive, name string) string {
	if directive == nil || directive.Arguments.ForName(name) == nil {
		return ""
	}
	return directive.Arguments.ForName(name).Value.String()
}
