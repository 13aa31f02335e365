package guard_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"paymentlinks/internal/guard"
)

// introspection returns a document that has the shape of what clients send: eleven levels below the
// types, the type references nine deep.
func introspection() string {
	return `query Introspection{__schema{description queryType{name kind} mutationType{name kind} subscriptionType{name kind}
	types{...FullType} directives{name description isRepeatable locations args(includeDeprecated:true){...InputValue}}}}
	fragment FullType on __Type{kind name description specifiedByURL
		fields(includeDeprecated:true){name description args(includeDeprecated:true){...InputValue} type{...TypeRef} isDeprecated deprecationReason}
		inputFields(includeDeprecated:true){...InputValue} interfaces{...TypeRef}
		enumValues(includeDeprecated:true){name description isDeprecated deprecationReason} possibleTypes{...TypeRef}}
	fragment InputValue on __InputValue{name description type{...TypeRef} defaultValue isDeprecated deprecationReason}
	fragment TypeRef on __Type{kind name ` + strings.Repeat("ofType{kind name ", 9) + strings.Repeat("}", 9) + `}`
}

// What clients send must stay far from the limit.
func TestIntrospectionOfClientsIsHalfOfTheLimit(t *testing.T) {
	if err := newGuard(t, guard.Limits{Introspection: 200_000 / 2}).Check(introspection()); err != nil {
		t.Errorf("Check = %v with half of the standard limit", err)
	}
}

// The guard exempts introspection from depth because validation bounds it. If
// a new version of the validator stops doing so, this fails.
func TestIntrospectionIsBoundedByValidation(t *testing.T) {
	loop := func(times int) string {
		return "{__schema{types{" + strings.Repeat("fields{type{", times) + "name" + strings.Repeat("}}", times) + "}}}"
	}
	tests := map[string]struct {
		document string
		valid    bool
	}{
		"what clients send":     {introspection(), true},
		"fields of fields":      {loop(2), true},
		"loop":                  {loop(3), false},
		"long loop":             {loop(50), false},
		"loop from one type":    {`{__type(name:"Query"){fields{type{fields{type{fields{name}}}}}}}`, false},
		"loop through fragment": {`{__schema{types{...A}}}fragment A on __Type{fields{type{...B}}}fragment B on __Type{fields{type{interfaces{name}}}}`, false},
		"possible types":        {`{__schema{types{possibleTypes{possibleTypes{possibleTypes{name}}}}}}`, false},
		"wrapped types":         {`{__type(name:"Query"){` + strings.Repeat("ofType{", 100) + "name" + strings.Repeat("}", 100) + "}}", true},
	}
	s := schema(t)
	g := newGuard(t, guard.Limits{Introspection: guard.Off})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := g.Check(test.document); err != nil {
				t.Errorf("Check = %v, want it left to validation", err)
			}
			doc, err := parser.ParseQuery(&ast.Source{Input: test.document})
			if err != nil {
				t.Fatal(err)
			}
			if errs := validator.ValidateWithRules(s, doc, nil); (len(errs) == 0) != test.valid {
				t.Errorf("validation says %v, want valid: %t", errs, test.valid)
			}
		})
	}
}
