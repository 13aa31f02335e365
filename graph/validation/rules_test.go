package validation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/graph/generated"
	"paymentlinks/graph/validation"
)

func schema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// validated parses a document and holds it to the rules.
func validated(t *testing.T, options validation.Options, query string) (*ast.QueryDocument, gqlerror.List) {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return document, validation.New(schema(), options).Validate(document)
}

// Without suggestions no rule looks for similar names, which takes longer than
// all other rules for a document that is made for it.
func TestNoSuggestionIsSought(t *testing.T) {
	for name, query := range map[string]string{
		"argument":           `{ paymentLinks(statuz: ACTIVE) { id } }`,
		"directive argument": `{ __typename @skip(if: true, iff: true) }`,
		"type":               `{ ...F } fragment F on Quer { __typename }`,
		"enum value":         `{ paymentLinks(status: ACTIV) { id } }`,
		"input field":        `{ paymentLinksSummary(filter: { statuz: ACTIVE }) { count } }`,
	} {
		t.Run(name, func(t *testing.T) {
			suggests := func(e *gqlerror.Error) bool { return strings.Contains(e.Message, "Did you mean") }
			_, with := validated(t, validation.Options{Suggestions: true}, query)
			_, without := validated(t, validation.Options{}, query)
			if len(without) == 0 || slices.ContainsFunc(without, suggests) || !slices.ContainsFunc(with, suggests) {
				t.Errorf("with suggestions: %v, without: %v", with, without)
			}
		})
	}
}

// Numbers reach the scalars with the digits that they were written with, in
// whichever order gqlparser runs its rules.
func TestNumbersKeepTheirDigits(t *testing.T) {
	for _, options := range []validation.Options{{}, {Suggestions: true}} {
		document, errs := validated(t, options, `{
			paymentLinksConnection(first: 99999999999999999999, last: -99999999999999999999,
				filter: { amount: { from: 1.10000000000000000001, to: 123456789012345678901 }, ids: [12345678901234567890123] }) { totalCount }
		}`)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		field, ok := document.Operations[0].SelectionSet[0].(*ast.Field)
		if !ok {
			t.Fatal("no field")
		}
		filter := field.Arguments.ForName("filter").Value
		amount := filter.Children.ForName("amount")
		for _, value := range []struct {
			value *ast.Value
			want  any
		}{
			{field.Arguments.ForName("first").Value, int64(1<<63 - 1)},
			{field.Arguments.ForName("last").Value, int64(-1 << 63)},
			{amount.Children.ForName("from"), "1.10000000000000000001"},
			{amount.Children.ForName("to"), "123456789012345678901"},
			{filter.Children.ForName("ids").Children[0].Value, "12345678901234567890123"},
		} {
			if got, err := value.value.Value(nil); err != nil || got != value.want {
				t.Errorf("got %v (%T), %v; want %v", got, got, err, value.want)
			}
		}
	}
}

// A representation that is no object fails alone, except where the
// specification refuses the document: null stands where none may.
func TestRepresentationsInLiterals(t *testing.T) {
	const query = `{ _entities(representations: [{ __typename: "PaymentLink", id: "x" }, VALUE]) { __typename } }`
	for value, refused := range map[string]bool{
		`"x"`: false, `5`: false, `1e999`: false, `[]`: false, `ENUM`: false, `{}`: false, `null`: true,
	} {
		_, errs := validated(t, validation.Options{}, strings.ReplaceAll(query, "VALUE", value))
		if (len(errs) > 0) != refused {
			t.Errorf("%s: refused %v, want %v", value, errs, refused)
		}
	}
}

// checked runs the check of variables.
func checked(t *testing.T, document *ast.QueryDocument, variables map[string]any) *gqlerror.Error {
	t.Helper()
	operation := &graphql.OperationContext{Doc: document, Operation: document.Operations[0], Variables: variables}
	return validation.Variables{Schema: schema()}.MutateOperationContext(t.Context(), operation)
}

// __typename in an input object, as clients send it back, is left out.
func TestTypenameInVariablesIsLeftOut(t *testing.T) {
	document, errs := validated(t, validation.Options{}, `query ($f: PaymentLinkFilter) { paymentLinksSummary(filter: $f) { count } }`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	variables := map[string]any{"f": map[string]any{"__typename": "PaymentLinkFilter", "search": "x"}}
	if err := checked(t, document, variables); err != nil {
		t.Fatal(err)
	}
	if filter, ok := variables["f"].(map[string]any); !ok || len(filter) != 1 || filter["search"] != "x" {
		t.Errorf("the variable became %v", variables["f"])
	}
}

// A null that @skip or @include reads is found wherever it stands, and each
// fragment is searched once: one that spreads itself would never end.
func TestNullConditions(t *testing.T) {
	for name, test := range map[string]struct {
		selections string
		found      bool
	}{
		"on a field":              {`__typename @skip(if: $b)`, true},
		"on a field below":        {`paymentLinks { id @include(if: $b) }`, true},
		"on an inline fragment":   {`... @include(if: $b) { __typename }`, true},
		"in an inline fragment":   {`... { __typename @skip(if: $b) }`, true},
		"on a spread":             {`...F @skip(if: $b)`, true},
		"in a fragment":           {`...G`, true},
		"in two fragments":        {`...F ...H`, true},
		"another variable":        {`__typename @skip(if: $other)`, false},
		"a constant":              {`__typename @skip(if: true)`, false},
		"an argument of the name": {`__type(name: "x") { fields(includeDeprecated: $b) { name } }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			document, err := parser.ParseQuery(&ast.Source{Input: `query ($b: Boolean = true, $other: Boolean = true) { ` + test.selections + ` }
				fragment F on Query { __typename } fragment G on Query { __typename @skip(if: $b) } fragment H on Query { ...G }`})
			if err != nil {
				t.Fatal(err)
			}
			_ = validation.New(schema(), validation.Options{}).Validate(document) // links spreads to fragments
			if err := checked(t, document, map[string]any{"b": nil, "other": true}); (err != nil) != test.found {
				t.Errorf("got %v, found: want %v", err, test.found)
			}
		})
	}

	loop := &ast.FragmentDefinition{Name: "F"}
	loop.SelectionSet = ast.SelectionSet{&ast.FragmentSpread{Name: "F", Definition: loop}}
	document := &ast.QueryDocument{Operations: ast.OperationList{{
		VariableDefinitions: ast.VariableDefinitionList{{Variable: "b", Type: ast.NamedType("Boolean", nil)}},
		SelectionSet:        loop.SelectionSet,
	}}}
	if err := checked(t, document, map[string]any{"b": nil}); err != nil {
		t.Errorf("a loop: %v", err)
	}
}
