package graph_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph"
)

func TestIntrospectionSwitch(t *testing.T) {
	const refused = ""
	tests := map[string]struct{ query, on, off string }{
		"type":           {`{ __type(name: "Query") { name } }`, `{"__type":{"name":"Query"}}`, `{"__type":null}`},
		"unknown type":   {`{ __type(name: "Nobody") { name } }`, `{"__type":null}`, `{"__type":null}`},
		"schema":         {`{ __schema { queryType { name } } }`, `{"__schema":{"queryType":{"name":"Query"}}}`, refused},
		"by an alias":    {`{ s: __schema { queryType { name } } }`, `{"s":{"queryType":{"name":"Query"}}}`, refused},
		"skipped":        {`{ __typename __schema @skip(if: true) { queryType { name } } }`, `{"__typename":"Query"}`, refused},
		"in fragments":   {`{ ...F } fragment F on Query { ... { __schema { queryType { name } } } }`, `{"__schema":{"queryType":{"name":"Query"}}}`, refused},
		"in a fragment":  {`{ ...F } fragment F on Query { __type(name: "URL") { kind } }`, `{"__type":{"kind":"SCALAR"}}`, `{"__type":null}`},
		"type names":     {`{ __typename paymentLink(id: "id-1") { __typename } }`, `{"__typename":"Query","paymentLink":{"__typename":"PaymentLink"}}`, `{"__typename":"Query","paymentLink":{"__typename":"PaymentLink"}}`},
		"gateway's door": {`{ _service { __typename } }`, `{"_service":{"__typename":"_Service"}}`, `{"_service":{"__typename":"_Service"}}`},
	}
	for name, test := range tests {
		for _, introspection := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				s := newServer(newSource(manyLinks(3)...), func(c *graph.Config) { c.Introspection = introspection })
				want, code := test.off, ""
				if introspection {
					want = test.on
				}
				if want == refused {
					code = "GRAPHQL_VALIDATION_FAILED"
				}
				if a := s.ask(t, request{query: test.query}); string(a.Data) != want || a.code() != code {
					t.Errorf("introspection %v, %s: got %s, %+v; want %s", introspection, test.query, a.Data, a.Errors, want)
				}
			})
		}
	}
}

// A refusal of __schema points to each place that asks for it.
func TestIntrospectionRefusal(t *testing.T) {
	s := newServer(newSource(), func(c *graph.Config) { c.Introspection = false })
	a := s.ask(t, request{query: "{\n  __schema { queryType { name } }\n}"})
	if len(a.Errors) != 1 || a.Errors[0].line() != 2 || !strings.Contains(a.Errors[0].Message, "__schema") {
		t.Errorf("got %+v", a.Errors)
	}
}

// Each kind of type answers the fields that section 4.2.2 of the specification
// gives it, and null for the others.
func TestTypeKinds(t *testing.T) {
	const all = `{ kind name fields { name } interfaces { name } possibleTypes { name } enumValues { name }
		inputFields { name } isOneOf ofType { kind } specifiedByURL }`
	tests := map[string]struct {
		query string
		want  []string
	}{
		"SCALAR":       {`{ t: __type(name: "DateTime") ` + all + ` }`, []string{"kind", "name", "specifiedByURL"}},
		"OBJECT":       {`{ t: __type(name: "PageInfo") ` + all + ` }`, []string{"fields", "interfaces", "kind", "name"}},
		"UNION":        {`{ t: __type(name: "_Entity") ` + all + ` }`, []string{"kind", "name", "possibleTypes"}},
		"ENUM":         {`{ t: __type(name: "PaymentLinkState") ` + all + ` }`, []string{"enumValues", "kind", "name"}},
		"INPUT_OBJECT": {`{ t: __type(name: "PaymentLinkFilter") ` + all + ` }`, []string{"inputFields", "isOneOf", "kind", "name"}},
		"NON_NULL":     {`{ f: __type(name: "PageInfo") { fields { type ` + all + ` } } }`, []string{"kind", "ofType"}},
		"LIST": {
			`{ f: __type(name: "PaymentLinksSummary") { fields { type { ofType ` + all + ` } } } }`, []string{"kind", "ofType"},
		},
	}
	for kind, test := range tests {
		t.Run(kind, func(t *testing.T) {
			got := shownAs(data[any](t, newServer(newSource()), test.query, ""), kind)
			if got == nil {
				t.Fatalf("no type of the kind in the answer to %s", test.query)
			}
			maps.DeleteFunc(got, func(_ string, value any) bool { return value == nil })
			if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(got))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// shownAs finds a type of the kind in an answer, with its fields.
func shownAs(value any, kind string) map[string]any {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if found := shownAs(element, kind); found != nil {
				return found
			}
		}
	case map[string]any:
		if _, isWhole := value["specifiedByURL"]; isWhole && value["kind"] == kind {
			return value
		}
		for _, element := range value {
			if found := shownAs(element, kind); found != nil {
				return found
			}
		}
	}
	return nil
}

// Clients hold the kinds of types and the places of directives as closed enums,
// each those of the edition that it was made for. All of them can read us.
func TestIntrospectionKeepsToTheEditions(t *testing.T) {
	kinds := strings.Fields("SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL") // of all three
	june2018 := strings.Fields(`QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT
		SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION`)
	october2021 := append(slices.Clone(june2018), "VARIABLE_DEFINITION")
	september2025 := october2021 // it added none

	type named struct{ Name string }
	got := data[struct {
		Schema struct {
			Types      []struct{ Kind string }
			Directives []struct {
				named
				Locations []string
			}
		} `json:"__schema"`
		Kinds, Locations struct{ EnumValues []named }
	}](t, newServer(newSource()), `{
		__schema { types { kind } directives { name locations } }
		kinds: __type(name: "__TypeKind") { enumValues { name } }
		locations: __type(name: "__DirectiveLocation") { enumValues { name } }
	}`, "")
	for _, shown := range got.Schema.Types {
		if !slices.Contains(kinds, shown.Kind) {
			t.Errorf("a type is of kind %q", shown.Kind)
		}
	}
	for edition, locations := range map[string][]string{"2018": june2018, "2021": october2021, "2025": september2025} {
		for _, directive := range got.Schema.Directives {
			for _, location := range directive.Locations {
				if !slices.Contains(locations, location) {
					t.Errorf("@%s may stand on %s, which the edition of %s does not know", directive.Name, location, edition)
				}
			}
		}
	}
	names := func(values []named) (names []string) {
		for _, value := range values {
			names = append(names, value.Name)
		}
		return slices.Sorted(slices.Values(names))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(kinds)), names(got.Kinds.EnumValues)); diff != "" {
		t.Errorf("__TypeKind (-specification +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(september2025)), names(got.Locations.EnumValues)); diff != "" {
		t.Errorf("__DirectiveLocation (-specification +got):\n%s", diff)
	}
	if len(got.Schema.Directives) < 4 || len(got.Schema.Types) < 20 {
		t.Errorf("%d directives, %d types: the test does not see the schema", len(got.Schema.Directives), len(got.Schema.Types))
	}
}

// Every definition that clients can see says what it is for.
func TestEverythingIsDescribed(t *testing.T) {
	s := newServer(newSource())
	type described struct{ Name, Description string }
	got := data[struct {
		Schema struct {
			Types []struct {
				described
				Fields []struct {
					described
					Args []described
				}
				InputFields, EnumValues []described
			}
		} `json:"__schema"`
	}](t, s, `{ __schema { types { name description
		fields { name description args { name description } } inputFields { name description } enumValues { name description } } } }`, "")
	ours := 0
	for _, shown := range got.Schema.Types {
		if !strings.HasPrefix(shown.Name, "PaymentLink") && shown.Name != "PageInfo" {
			continue
		}
		ours++
		members := append(append([]described{shown.described}, shown.InputFields...), shown.EnumValues...)
		for _, field := range shown.Fields {
			members = append(append(members, field.described), field.Args...)
		}
		for _, member := range members {
			if strings.TrimSpace(member.Description) == "" {
				t.Errorf("%s: %s has no description", shown.Name, member.Name)
			}
		}
	}
	if ours < 15 {
		t.Errorf("only %d of our types are shown", ours)
	}
}
