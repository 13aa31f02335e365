package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph"
)

const entitiesQuery = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on PaymentLink { id title } } }`

// representationsOf writes the variables that bring representations.
func representationsOf(representations ...string) string {
	return `{"r": [` + strings.Join(representations, ",") + `]}`
}

func byKey(id string) string { return `{"__typename":"PaymentLink","id":` + id + `}` }

// Whatever is mixed: order is kept, every good key gives its link or null, and
// every bad one exactly one error at its own index.
func TestEntitiesProperty(t *testing.T) {
	const links = 50
	bad := []string{
		`{}`, `{"__typename":"PaymentLink"}`, byKey("null"), byKey("true"), byKey("1.5"), byKey("[]"), byKey(`{"id":"id-1"}`),
		byKey(`"` + strings.Repeat("x", 2000) + `"`), `{"__typename":"Product","id":"id-1"}`, `{"__typename":7,"id":"id-1"}`,
		`{"id":"id-1"}`, `"id-1"`, `7`, `true`, `[]`, `[{"__typename":"PaymentLink","id":"id-1"}]`,
	}
	random := rand.New(rand.NewPCG(1, 2))
	s := newServer(newSource(manyLinks(links)...))
	for range 200 {
		var representations []string
		var want []any
		wantErrors := map[string]bool{}
		for i := range 1 + random.IntN(30) {
			switch random.IntN(3) {
			case 0:
				id := fmt.Sprintf("id-%d", random.IntN(links))
				representations = append(representations, byKey(`"`+id+`"`))
				want = append(want, map[string]any{"__typename": "PaymentLink", "id": id, "title": "Link number " + id})
			case 1:
				representations = append(representations, byKey([]string{`"dead"`, `12`, `"ID-1"`, `""`}[random.IntN(4)]))
				want = append(want, nil)
			case 2:
				representations = append(representations, bad[random.IntN(len(bad))])
				want = append(want, nil)
				wantErrors[fmt.Sprint([]any{"_entities", float64(i)})] = true
			}
		}
		req := request{query: entitiesQuery, variables: representationsOf(representations...)}
		a := s.ask(t, req)
		var got struct {
			Entities []any `json:"_entities"`
		}
		if err := json.Unmarshal(a.Data, &got); err != nil {
			t.Fatal(err)
		}
		gotErrors := map[string]bool{}
		for _, e := range a.Errors {
			gotErrors[fmt.Sprint(e.Path)] = true
			if e.Extensions["code"] != "BAD_USER_INPUT" || strings.Contains(e.Message, "id-1") {
				t.Errorf("a wrong key gives %+v", e)
			}
		}
		if diff := cmp.Diff(want, got.Entities); diff != "" || len(a.Errors) != len(wantErrors) {
			t.Fatalf("%s: %d errors, want %d (-want +got):\n%s", req.variables, len(a.Errors), len(wantErrors), diff)
		}
		if diff := cmp.Diff(wantErrors, gotErrors); diff != "" {
			t.Fatalf("%s: paths of errors (-want +got):\n%s", req.variables, diff)
		}
	}
}

// A representation may bring the URL instead of the id. One that brings both is
// found by its id.
func TestEntitiesByURL(t *testing.T) {
	s := newServer(newSource(manyLinks(5)...))
	const host = `"https://pay.billpocket.com/shop/`
	for representation, want := range map[string]string{
		`{"__typename":"PaymentLink","url":` + host + `id-1"}`:                          `[{"__typename":"PaymentLink","id":"id-1","title":"Link number id-1"}]`,
		`{"__typename":"PaymentLink","id":null,"url":` + host + `id-1"}`:                `[{"__typename":"PaymentLink","id":"id-1","title":"Link number id-1"}]`,
		`{"__typename":"PaymentLink","id":"id-2","url":` + host + `id-1"}`:              `[{"__typename":"PaymentLink","id":"id-2","title":"Link number id-2"}]`,
		`{"__typename":"PaymentLink","url":` + host + `id-9"}`:                          `[null]`,
		`{"__typename":"PaymentLink","url":` + host + strings.Repeat("x", 8<<10) + `"}`: ``,
		`{"__typename":"PaymentLink","url":7}`:                                          ``,
	} {
		a := s.ask(t, request{query: entitiesQuery, variables: representationsOf(representation)})
		if want == "" {
			if a.code() != "BAD_USER_INPUT" || string(a.Data) != `{"_entities":[null]}` {
				t.Errorf("%.90s: got %s, %+v, want BAD_USER_INPUT", representation, a.Data, a.Errors)
			}
			continue
		}
		if string(a.Data) != `{"_entities":`+want+`}` || len(a.Errors) > 0 {
			t.Errorf("%.90s: got %s, %+v, want %s", representation, a.Data, a.Errors, want)
		}
	}
}

func TestEntitiesTakeOnePass(t *testing.T) {
	s := newServer(newSource(manyLinks(5)...))
	query := `query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } paymentLink(id: "id-1") { id } }`
	a := s.ask(t, request{query: query, variables: representationsOf(byKey(`"id-1"`), byKey(`"id-1"`))})
	const link = `{"__typename":"PaymentLink"}`
	if want := `{"a":[` + link + "," + link + `],"b":[` + link + "," + link + `],"paymentLink":{"id":"id-1"}}`; string(a.Data) != want {
		t.Errorf("got %s, want %s", a.Data, want)
	}
	if s.source.callCount() != 1 {
		t.Errorf("%d calls, want 1", s.source.callCount())
	}
}

func TestRepresentationsAreBounded(t *testing.T) {
	s := newServer(newSource(manyLinks(5)...), func(c *graph.Config) { c.Limits.Representations = 3 })
	two := representationsOf(byKey(`"id-1"`), byKey(`"id-2"`))
	tests := map[string]struct {
		query, variables string
		code             string
	}{
		"at the bound":  {entitiesQuery, representationsOf(byKey(`"a"`), byKey(`"b"`), byKey(`"c"`)), ""},
		"beyond it":     {entitiesQuery, representationsOf(byKey(`"a"`), byKey(`"b"`), byKey(`"c"`), byKey(`"d"`)), "LIMIT_EXCEEDED"},
		"added up":      {`query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } }`, two, "LIMIT_EXCEEDED"},
		"bad ones too":  {entitiesQuery, representationsOf("1", "2", "3", "4"), "LIMIT_EXCEEDED"},
		"none at all":   {entitiesQuery, representationsOf(), ""},
		"two as before": {entitiesQuery, two, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.ask(t, request{query: test.query, variables: test.variables})
			if a.code() != test.code || (test.code != "" && string(a.Data) != "null") {
				t.Errorf("got %s, %+v; want code %q", a.Data, a.Errors, test.code)
			}
		})
	}
}

// Entities are links that are handed out, however they are asked for: those
// that are found.
func TestEntitiesAreLinksHandedOut(t *testing.T) {
	s := newServer(newSource(manyLinks(5)...), func(c *graph.Config) { c.Limits.Links = 3 })
	for name, test := range map[string]struct {
		variables, code string
	}{
		"at the bound": {representationsOf(byKey(`"id-1"`), byKey(`"id-2"`), byKey(`"id-1"`), byKey(`"none"`)), ""},
		"beyond it":    {representationsOf(byKey(`"id-1"`), byKey(`"id-2"`), byKey(`"id-1"`), byKey(`"id-3"`)), "LIMIT_EXCEEDED"},
	} {
		if a := s.ask(t, request{query: entitiesQuery, variables: test.variables}); a.code() != test.code {
			t.Errorf("%s: got %s, %+v; want code %q", name, a.Data, a.Errors, test.code)
		}
	}
}

func TestEntitiesOfAFailingUpstream(t *testing.T) {
	s := newServer(&source{err: errBoom})
	a := s.ask(t, request{query: entitiesQuery, variables: representationsOf(byKey(`"a"`), byKey(`"b"`))})
	if len(a.Errors) != 1 || string(a.Data) != "null" || fmt.Sprint(a.Errors[0].Path) != "[_entities]" {
		t.Errorf("got %s, %+v; want one error at _entities and null", a.Data, a.Errors)
	}
}

// A null that validation lets through, because the variable has a default.
func TestNullRepresentation(t *testing.T) {
	s := newServer(newSource(manyLinks(5)...))
	a := s.ask(t, request{
		query:     `query ($r: _Any = { id: "id-2" }) { _entities(representations: [{ __typename: "PaymentLink", id: "id-1" }, $r]) { __typename } }`,
		variables: `{"r": null}`,
	})
	if a.code() != "BAD_USER_INPUT" || len(a.Errors) != 1 || fmt.Sprint(a.Errors[0].Path) != "[_entities 1]" {
		t.Errorf("got %+v, want one BAD_USER_INPUT at the second", a.Errors)
	}
	if want := `{"_entities":[{"__typename":"PaymentLink"},null]}`; string(a.Data) != want || s.log.Len() > 0 {
		t.Errorf("got %s, want %s; logged %s", a.Data, want, s.log)
	}
}
