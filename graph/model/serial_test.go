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
	_, ok := fastlist.Compile(&graphql.OperationContext{Doc: document}, selections, object, nil)
	return ok
}

// Every field of what lists hold is written serially, with all its arguments, so
// that one added to the schema is not forgotten.
func TestSerialFieldsOfTheSchema(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	const (
		list  = `{ paymentLinks { FIELD } }`
		page  = `{ paymentLinksConnection { edges { FIELD } } }`
		total = `{ paymentLinksSummary { byCurrency { FIELD } } }`
	)
	check := func(typeName string, compiles func(*ast.FieldDefinition) bool) {
		checked := 0
		for _, definition := range schema.Types[typeName].Fields {
			if strings.HasPrefix(definition.Name, "__") {
				continue
			}
			checked++
			if !compiles(definition) {
				t.Errorf("%s.%s is not written serially as the schema defines it", typeName, definition.Name)
			}
		}
		if checked < 2 {
			t.Errorf("%s has %d fields", typeName, checked)
		}
	}
	below := func(field string) func(*ast.FieldDefinition) bool {
		return func(f *ast.FieldDefinition) bool {
			return compiles(t, model.SerialPaymentLink(), schema, `{ paymentLinks { `+field+` { FIELD } } }`, f)
		}
	}
	check("PaymentLink", func(f *ast.FieldDefinition) bool { return compiles(t, model.SerialPaymentLink(), schema, list, f) })
	check("PaymentLinkEdge", func(f *ast.FieldDefinition) bool { return compiles(t, model.SerialEdge(), schema, page, f) })
	check("PaymentLinkCurrencySummary", func(f *ast.FieldDefinition) bool {
		return compiles(t, model.SerialCurrencySummary(), schema, total, f)
	})
	summary := func(field string) string { return `{ paymentLinksSummary { ` + field + ` { FIELD } } }` }
	check("PaymentLinkEnvironmentSummary", func(f *ast.FieldDefinition) bool {
		return compiles(t, model.SerialEnvironmentSummary(), schema, summary("byEnvironment"), f)
	})
	check("PaymentLinkSlugSummary", func(f *ast.FieldDefinition) bool {
		return compiles(t, model.SerialSlugSummary(), schema, summary("bySlug"), f)
	})
	check("PaymentLinkPeriodSummary", func(f *ast.FieldDefinition) bool {
		return compiles(t, model.SerialPeriodSummary(), schema, summary("byPeriod(unit: DAY)"), f)
	})
	check("PaymentLinkChange", func(f *ast.FieldDefinition) bool {
		return compiles(t, model.SerialChange(), schema, `{ paymentLinkChanges { changes { FIELD } } }`, f)
	})
	// By way of the field that holds it.
	check("PaymentLinkAmount", below("amount"))
	check("PaymentLinkQrCode", below("qrCode"))
	check("PaymentLinkShare", below("share"))
}

// A field that gets an argument or a directive in the schema is not written as
// if it had none.
func TestSerialFieldsFollowTheSchema(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	title := *schema.Types["PaymentLink"].Fields.ForName("title")
	const list = `{ paymentLinks { FIELD } }`
	planted := func(change func(*ast.FieldDefinition)) bool {
		field := schema.Types["PaymentLink"].Fields.ForName("title")
		*field = title
		change(field)
		defer func() { *field = title }()
		return compiles(t, model.SerialPaymentLink(), schema, list, field)
	}
	if !planted(func(*ast.FieldDefinition) {}) {
		t.Error("title as it is was refused")
	}
	if !planted(func(f *ast.FieldDefinition) { f.Directives = ast.DirectiveList{{Name: "tag"}} }) {
		t.Error("a directive for readers of the schema was refused")
	}
	if planted(func(f *ast.FieldDefinition) {
		f.Arguments = ast.ArgumentDefinitionList{{Name: "maxLength", Type: ast.NamedType("Int", nil)}}
	}) {
		t.Error("an argument that the entry does not read was taken")
	}
	if planted(func(f *ast.FieldDefinition) { f.Directives = ast.DirectiveList{{Name: "upper"}} }) {
		t.Error("a directive that may change the answer was taken")
	}
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
