package validation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"paymentlinks/graph/generated"
)

// documents break most rules, some of them several at once.
var documents = []string{ //nolint:gochecknoglobals // never written
	`{ paymentLinks { id title } }`,
	`{ paymentLinks(status: ACTIV, statuz: 1) { id idd } nope }`,
	`query A { a: paymentLinks { id } } query A { a: paymentLinks }`,
	`{ __typename { x } paymentLinks }`,
	`query ($a: Int, $a: Nope, $b: PaymentLink) { paymentLink(id: $c) { id } }`,
	`{ ...F ...G } fragment F on Quer { x } fragment F on String { y } fragment H on Query { ...H }`,
	`{ x: paymentLinks { id } x: paymentLink(id: "1") { id title: code title } }`,
	`{ __schema { types { name } } __typename @skip @skip(if: 1) @nope }`,
	`mutation { a } subscription { a b }`,
	`{ paymentLinksConnection(first: 99999999999999999999, filter: { amount: { from: 1.5, from: 2 } }) { totalCount } }`,
	`{ paymentLink { id } paymentLinkByCode(code: null) { id } ... on PaymentLink { id } }`,
}

// The Validator finds what gqlparser's own function finds, in the same order.
func TestValidatorFindsTheSame(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	for _, options := range []Options{{}, {Introspection: true}, {Suggestions: true}, {Introspection: true, Suggestions: true}} {
		v := New(schema, options)
		broken := 0
		for _, text := range documents {
			parse := func() *ast.QueryDocument {
				document, err := parser.ParseQuery(&ast.Source{Input: text})
				if err != nil {
					t.Fatal(err)
				}
				return document
			}
			got, want := v.Validate(parse()), validator.ValidateWithRules(schema, parse(), ruleSet(options))
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b gqlerror.Error) bool { return a.Error() == b.Error() && a.Rule == b.Rule })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
			broken += len(want)
		}
		if broken < 25 {
			t.Errorf("only %d errors were compared", broken)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	v := New(schema, Options{Introspection: true, Suggestions: true})
	const text = `query Links { paymentLinks(status: ACTIVE) { id title url state amount { value currency } } }`
	for name, validate := range map[string]func(*ast.QueryDocument) gqlerror.List{
		"prepared": v.Validate,
		"gqlparser": func(document *ast.QueryDocument) gqlerror.List {
			return validator.ValidateWithRules(schema, document, ruleSet(Options{Introspection: true, Suggestions: true}))
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				document, err := parser.ParseQuery(&ast.Source{Input: text})
				if err != nil || len(validate(document)) > 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
