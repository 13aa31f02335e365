package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph"
	"paymentlinks/graph/generated"
	"paymentlinks/internal/tenant"
)

// limited returns a context whose caller may not read what is for operators.
func limited(tb testing.TB) context.Context {
	tb.Helper()
	ctx := caller(tb)
	t, _ := tenant.FromContext(ctx)
	t.Limited = true
	return tenant.NewContext(ctx, t)
}

func isTagged(directives ast.DirectiveList) bool {
	tag := directives.ForName("tag")
	return tag != nil && tag.Arguments.ForName("name").Value.Raw == "operations"
}

// operatorFields are the fields of a link that are for operators.
func operatorFields(t *testing.T) (names []string) {
	t.Helper()
	for _, field := range generated.NewExecutableSchema(generated.Config{}).Schema().Types["PaymentLink"].Fields {
		if isTagged(field.Directives) {
			names = append(names, field.Name)
		}
	}
	if len(names) != 6 {
		t.Fatalf("fields for operators: %q", names)
	}
	return names
}

// A limited caller gets everything but what is for operators, wherever it stands.
func TestALimitedCallerGetsTheRest(t *testing.T) {
	for _, field := range operatorFields(t) {
		for query, place := range map[string]struct{ path, want string }{
			`{ paymentLink(id: "full") { id FIELD } }`:                            {"[paymentLink FIELD]", `{"paymentLink":{"id":"full","FIELD":null}}`},
			`{ paymentLinks { id x: FIELD } }`:                                    {"[paymentLinks 0 x]", ``},
			`{ paymentLinksConnection(last: 1) { edges { node { id FIELD } } } }`: {"[paymentLinksConnection edges 0 node FIELD]", `{"paymentLinksConnection":{"edges":[{"node":{"id":"bare","FIELD":null}}]}}`},
			`{ paymentLinksConnection(last: 1) { nodes { ...F } } } fragment F on PaymentLink { ... { FIELD } id }`: {
				"[paymentLinksConnection nodes 0 FIELD]", `{"paymentLinksConnection":{"nodes":[{"FIELD":null,"id":"bare"}]}}`,
			},
			`{ paymentLinksSummary { nextToExpire { id FIELD } } }`:                                                        {"[paymentLinksSummary nextToExpire FIELD]", ``},
			`{ _entities(representations: [{ __typename: "PaymentLink", id: "full" }]) { ... on PaymentLink { FIELD } } }`: {"[_entities 0 FIELD]", `{"_entities":[{"FIELD":null}]}`},
			`{ paymentLinksBy(keys: [{ id: "full" }]) { FIELD } }`:                                                         {"[paymentLinksBy 0 FIELD]", `{"paymentLinksBy":[{"FIELD":null}]}`},
		} {
			query, path, want := strings.ReplaceAll(query, "FIELD", field), strings.ReplaceAll(place.path, "FIELD", field), strings.ReplaceAll(place.want, "FIELD", field)
			for kind, s := range map[string]server{"serial": newServer(newSource(oddLinks(t)...)), "stock": newStockServer(newSource(oddLinks(t)...))} {
				a := s.askIn(limited(t), t, request{query: query})
				if len(a.Errors) == 0 || a.code() != "FORBIDDEN" || fmt.Sprint(a.Errors[0].Path) != path || (want != "" && string(a.Data) != want) {
					t.Errorf("%s, %s: got %s, %+v; want %s and FORBIDDEN at %s", kind, query, a.Data, a.Errors, want, path)
				}
				if a := s.ask(t, request{query: query}); len(a.Errors) > 0 {
					t.Errorf("%s, %s: a caller that is not limited gets %+v", kind, query, a.Errors)
				}
			}
		}
	}
}

// Whatever would tell the values of those fields is for operators, too: filters
// have the tag and are refused, and nothing orders or groups by them.
func TestNothingTellsALimitedCaller(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	filter := schema.Types["PaymentLinkFilter"]
	for _, field := range operatorFields(t) {
		if definition := filter.Fields.ForName(field); definition != nil && !isTagged(definition.Directives) {
			t.Errorf("PaymentLinkFilter.%s has no tag", field)
		}
		for _, value := range schema.Types["PaymentLinkOrder"].EnumValues {
			if name := strings.ReplaceAll(value.Name, "_", ""); strings.HasPrefix(name, strings.ToUpper(field)) {
				t.Errorf("the order %s goes by %s", value.Name, field)
			}
		}
		for _, summary := range schema.Types["PaymentLinksSummary"].Fields {
			if strings.EqualFold(summary.Name, "by"+field) {
				t.Errorf("a summary groups by %s", field)
			}
		}
	}
	values := map[string]string{"purchaseId": `"8"`, "statusCode": "1", "linkType": "[]"}
	for _, field := range filter.Fields {
		if !isTagged(field.Directives) {
			continue
		}
		value, ok := values[field.Name]
		if !ok {
			t.Errorf("PaymentLinkFilter.%s has the tag and is not tried here", field.Name)
		}
		for _, filter := range []string{`{ FIELD: VALUE }`, `{ status: ACTIVE, FIELD: VALUE }`, `{ not: { FIELD: VALUE } }`, `{ not: { not: { search: "x", FIELD: VALUE } } }`} {
			filter = strings.NewReplacer("FIELD", field.Name, "VALUE", value).Replace(filter)
			s := newServer(newSource(oddLinks(t)...))
			query := `{ paymentLinksConnection(filter: ` + filter + `) { totalCount } paymentLinksSummary(filter: ` + filter + `) { count } paymentLinks { id } }`
			a := s.askIn(limited(t), t, request{query: query})
			var paths []string
			for _, e := range a.Errors {
				paths = append(paths, fmt.Sprint(e.Path, e.Extensions["code"]))
			}
			if diff := cmp.Diff([]string{"[paymentLinksConnection]FORBIDDEN", "[paymentLinksSummary]FORBIDDEN"}, paths); diff != "" {
				t.Errorf("%s (-want +got):\n%s", query, diff)
			}
			if !strings.Contains(string(a.Data), `"paymentLinks":[{`) {
				t.Errorf("%s: the rest is not answered: %s", query, a.Data)
			}
			if a := s.ask(t, request{query: query}); len(a.Errors) > 0 {
				t.Errorf("%s: a caller that is not limited gets %+v", query, a.Errors)
			}
		}
		a := newServer(newSource()).askIn(limited(t), t, request{query: `{ paymentLinksSummary(filter: { ` + field.Name + `: null }) { count } }`})
		if len(a.Errors) > 0 {
			t.Errorf("%s left out: %+v", field.Name, a.Errors)
		}
	}
}

func TestScopedSDL(t *testing.T) {
	const scope, tag = `@requiresScopes(scopes: [["payment-links:operations"]])`, `@tag(name: "operations")`
	sdl := graph.ScopedSDL()
	if got, want := strings.Count(sdl, scope), len(operatorFields(t)); got != want {
		t.Errorf("%d fields require the scope, want %d", got, want)
	}
	if got := strings.Count(sdl, tag); got != 3 {
		t.Errorf("%d fields of inputs have the tag, want 3", got)
	}
	if !strings.Contains(sdl, `"@requiresScopes", `) {
		t.Error("the directive is not imported")
	}
	back := strings.NewReplacer(scope, tag, `"@requiresScopes", `, "").Replace(sdl)
	if diff := cmp.Diff(strings.Split(graph.SDL(), "\n"), strings.Split(back, "\n")); diff != "" {
		t.Errorf("beyond the scopes the SDL differs:\n%s", diff)
	}
	if lines := strings.Split(graph.SDL(), "\n"); slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "requiresScopes") }) {
		t.Error("the usual SDL has scopes")
	}
}
