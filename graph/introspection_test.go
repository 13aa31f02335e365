package graph_test

import (
	"strings"
	"testing"

	"paymentlinks/graph"
)

func TestIntrospectionSwitch(t *testing.T) {
	tests := map[string]struct{ query, on, off string }{
		"type":           {`{ __type(name: "Query") { name } }`, `{"__type":{"name":"Query"}}`, `{"__type":null}`},
		"unknown type":   {`{ __type(name: "Nobody") { name } }`, `{"__type":null}`, `{"__type":null}`},
		"schema":         {`{ __schema { queryType { name } } }`, `{"__schema":{"queryType":{"name":"Query"}}}`, `{"__schema":null}`},
		"by an alias":    {`{ s: __schema { queryType { name } } }`, `{"s":{"queryType":{"name":"Query"}}}`, `{"s":null}`},
		"in a fragment":  {`{ ...F } fragment F on Query { __type(name: "URL") { kind } }`, `{"__type":{"kind":"SCALAR"}}`, `{"__type":null}`},
		"type names":     {`{ __typename paymentLink(id: "id-1") { __typename } }`, `{"__typename":"Query","paymentLink":{"__typename":"PaymentLink"}}`, `{"__typename":"Query","paymentLink":{"__typename":"PaymentLink"}}`},
		"gateway's door": {`{ _service { __typename } }`, `{"_service":{"__typename":"_Service"}}`, `{"_service":{"__typename":"_Service"}}`},
	}
	for name, test := range tests {
		for _, introspection := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				s := newServer(newSource(manyLinks(3)...), func(c *graph.Config) { c.Introspection = introspection })
				want := test.off
				if introspection {
					want = test.on
				}
				if a := s.ask(t, request{query: test.query}); string(a.Data) != want || len(a.Errors) > 0 {
					t.Errorf("introspection %v, %s: got %s, %+v; want %s", introspection, test.query, a.Data, a.Errors, want)
				}
			})
		}
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
