package cost_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/generated"
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
