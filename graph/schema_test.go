package graph_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph"
)

func TestSDLIsTheFilesAndWhatServiceAnswers(t *testing.T) {
	names, err := filepath.Glob("schema/*.graphqls")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var texts []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	want := strings.Join(texts, "\n")
	if diff := cmp.Diff(want, graph.SDL()); diff != "" {
		t.Errorf("SDL (-files +got):\n%s", diff)
	}
	for _, introspection := range []bool{true, false} {
		s := newServer(newSource(), func(c *graph.Config) { c.Introspection = introspection })
		got := data[struct {
			Service struct{ SDL string } `json:"_service"`
		}](t, s, `{ _service { sdl } }`, "")
		if diff := cmp.Diff(want, got.Service.SDL); diff != "" {
			t.Errorf("_service with introspection %v (-files +got):\n%s", introspection, diff)
		}
	}
	for _, internal := range []string{"@entityResolver", "@goModel", "@goField", "@goTag", "type Entity", "ByIDsInput"} {
		if strings.Contains(want, internal) {
			t.Errorf("the SDL holds %q", internal)
		}
	}
}

func TestIntrospectionShowsOurTypesAlone(t *testing.T) {
	s := newServer(newSource())
	got := data[struct {
		Schema struct {
			Types []struct {
				Name          string
				PossibleTypes []struct{ Name string }
			}
			Directives []struct{ Name string }
		} `json:"__schema"`
		Entity, Input *struct{ Name string }
	}](t, s, `{
		__schema { types { name possibleTypes { name } } directives { name } }
		entity: __type(name: "Entity") { name }
		input: __type(name: "PaymentLinkByIDsInput") { name }
	}`, "")
	if got.Entity != nil || got.Input != nil {
		t.Errorf("gqlgen's types can be asked for: %v, %v", got.Entity, got.Input)
	}
	names := map[string]bool{}
	for _, shown := range got.Schema.Types {
		names[shown.Name] = true
	}
	for name := range names {
		known := strings.HasPrefix(name, "PaymentLink") || strings.HasPrefix(name, "__") || slices.Contains([]string{
			"Query", "PageInfo", "Boolean", "Float", "ID", "Int", "String", "CurrencyCodeAlpha", "DateTime", "Decimal",
			"Duration", "JSON", "URL", "_Any", "_Entity", "_Service",
		}, name)
		if !known || strings.HasSuffix(name, "ByIDsInput") {
			t.Errorf("introspection shows type %s", name)
		}
	}
	for _, name := range []string{"PaymentLink", "PaymentLinkFilter", "_Entity", "_Any"} {
		if !names[name] {
			t.Errorf("introspection lacks %s: %v", name, slices.Sorted(maps.Keys(names)))
		}
	}
	var directives []string
	for _, directive := range got.Schema.Directives {
		directives = append(directives, directive.Name)
	}
	slices.Sort(directives)
	if diff := cmp.Diff([]string{"deprecated", "include", "oneOf", "skip", "specifiedBy"}, directives); diff != "" {
		t.Errorf("directives (-specification +got):\n%s", diff)
	}
	if got := s.ask(t, request{query: `{ ... @defer { paymentLinks { id } } }`}).code(); got != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("@defer gives code %q", got)
	}
}
