package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"paymentlinks/graph/fastlist"
	"paymentlinks/graph/generated"
	"paymentlinks/graph/model"
)

// compiles reports whether a field can be written serially, once it is put into
// the query root. It compiles the outermost selection on the object's type.
func compiles[T any](t *testing.T, object fastlist.Object[T], schema *ast.Schema, root string, definition *ast.FieldDefinition) bool {
	t.Helper()
	selected := definition.Name
	if kind := schema.Types[definition.Type.Name()].Kind; kind == ast.Object {
		selected += " { __typename }"
	}
	query := strings.ReplaceAll(root, "FIELD", selected)
	document, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	selections := document.Operations[0].SelectionSet
	for {
		field, ok := selections[0].(*ast.Field)
		if !ok {
			t.Fatalf("%s has no selection on %s", query, object.Name)
		}
		if field.ObjectDefinition.Name == object.Name {
			break
		}
		selections = field.SelectionSet
	}
	_, ok := fastlist.Compile(&graphql.OperationContext{Doc: document}, selections, object)
	return ok
}

// Every field of what lists hold is either written serially or named here, so
// that one added to the schema is not forgotten.
func TestSerialFieldsOfTheSchema(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	const (
		list   = `{ paymentLinks { FIELD } }`
		amount = `{ paymentLinks { amount { FIELD } } }`
		page   = `{ paymentLinksConnection { edges { FIELD } } }`
	)
	byGqlgen := map[string][]string{
		"PaymentLink":       {"qrCode", "share"},
		"PaymentLinkAmount": nil,
		"PaymentLinkEdge":   nil,
	}
	check := func(typeName string, compiles func(*ast.FieldDefinition) bool) {
		checked := 0
		for _, definition := range schema.Types[typeName].Fields {
			if strings.HasPrefix(definition.Name, "__") {
				continue
			}
			checked++
			if got, want := compiles(definition), !slices.Contains(byGqlgen[typeName], definition.Name); got != want {
				t.Errorf("%s.%s: written serially = %v, want %v", typeName, definition.Name, got, want)
			}
		}
		if checked < 2 {
			t.Errorf("%s has %d fields", typeName, checked)
		}
	}
	check("PaymentLink", func(f *ast.FieldDefinition) bool { return compiles(t, model.SerialPaymentLink(), schema, list, f) })
	check("PaymentLinkEdge", func(f *ast.FieldDefinition) bool { return compiles(t, model.SerialEdge(), schema, page, f) })
	// By way of the field that holds it.
	check("PaymentLinkAmount", func(f *ast.FieldDefinition) bool { return compiles(t, model.SerialPaymentLink(), schema, amount, f) })
}

// What fragments may be on is the schema's to say, too.
func TestSerialTypesOfTheSchema(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	abstract := func(name string) (names []string) {
		for _, definition := range schema.GetImplements(schema.Types[name]) {
			names = append(names, definition.Name)
		}
		return names
	}
	link, edge := model.SerialPaymentLink(), model.SerialEdge()
	if got, want := link.Abstract, abstract(link.Name); !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", link.Name, got, want)
	}
	if got, want := edge.Abstract, abstract(edge.Name); !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", edge.Name, got, want)
	}
	if got := abstract("PaymentLinkAmount"); len(got) > 0 {
		t.Errorf("PaymentLinkAmount belongs to %v, and its encoder to none", got)
	}
}
