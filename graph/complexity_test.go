package graph_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph"
	"paymentlinks/graph/cost"
)

func TestComplexity(t *testing.T) {
	fragments := "{ ...F0 }"
	for i := range 60 {
		fragments += fmt.Sprintf(" fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	fragments += " fragment F60 on Query { __typename }"
	representations := func(n int) string {
		return `{"r": [` + strings.TrimSuffix(strings.Repeat(`{"__typename":"PaymentLink","id":"x"},`, n), ",") + `]}`
	}
	ids := func(n int) string {
		return `{"i": [` + strings.TrimSuffix(strings.Repeat(`"x",`, n), ",") + `]}`
	}
	const filtered = `query ($i: [ID!]) { paymentLinksConnection(filter: {ids: $i}) { totalCount } }`
	const both = `query ($i: [ID!]) { a: paymentLinksConnection(filter: {ids: $i}) { totalCount } b: paymentLinksConnection(filter: {ids: $i}) { totalCount } }`
	const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on PaymentLink { id } } }`
	tests := map[string]struct {
		query, variables string
		want             int
	}{
		"a field":                    {`{ __typename }`, "", 1},
		"a link":                     {`{ paymentLink(id: "x") { id title } }`, "", 3},
		"nested":                     {`{ paymentLink(id: "x") { amount { value } } }`, "", 3},
		"a list counts 100 links":    {`{ paymentLinks { id title } }`, "", 201},
		"a page counts its size":     {`{ paymentLinksConnection(first: 50) { nodes { id } } }`, "", 52},
		"backward too":               {`{ paymentLinksConnection(last: 7) { nodes { id } } }`, "", 9},
		"a usual page is 20":         {`{ paymentLinksConnection { nodes { id } } }`, "", 22},
		"edges and nodes":            {`{ paymentLinksConnection { nodes { id } edges { node { id } } } }`, "", 63},
		"the rest of a page is once": {`{ paymentLinksConnection(first: 250) { totalCount pageInfo { endCursor } summary { count } } }`, "", 6},
		"a fragment by its page": {
			`{ a: paymentLinksConnection(first: 2) { ...F } b: paymentLinksConnection(first: 30) { ...F } } fragment F on PaymentLinkConnection { nodes { id } }`, "", 36,
		},
		"null is left out":           {`{ paymentLinksConnection(first: null, last: 3) { nodes { id } } }`, "", 5},
		"size in a variable":         {`query ($n: Int) { paymentLinksConnection(first: $n) { nodes { id } } }`, `{"n": 9}`, 11},
		"variable left out":          {`query ($n: Int) { paymentLinksConnection(first: $n) { nodes { id } } }`, ``, 22},
		"variable's default":         {`query ($n: Int = 4) { paymentLinksConnection(first: $n) { nodes { id } } }`, ``, 6},
		"page of none":               {`{ paymentLinksConnection(first: 0) { nodes { id } } }`, "", 2},
		"size that will be refused":  {`{ paymentLinksConnection(first: 100000000000000000000000000) { nodes { id } } }`, "", 252},
		"20 representations":         {entities, representations(20), 3},
		"21 representations":         {entities, representations(21), 5},
		"no representations":         {entities, representations(0), 1},
		"representations as literal": {`{ _entities(representations: [{ a: 1 }, { a: 2 }]) { __typename } }`, "", 2},
		"9 values of arguments":      {filtered, ids(7), 2},
		"10 values of arguments":     {filtered, ids(8), 3},
		"values as literal":          {`{ paymentLinksSummary(filter: {ids: ["1", "2", "3", "4", "5", "6", "7", "8"]}) { count } }`, "", 3},
		"a variable read twice":      {both, ids(18), 8},
		"values inside of a value":   {`query ($f: PaymentLinkFilter) { paymentLinksSummary(filter: $f) { count } }`, `{"f": {"ids": ["1","2","3","4","5","6","7","8"]}}`, 3},
		"aliases add up":             {`{ a: paymentLinks { id } b: paymentLinks { id } }`, "", 202},
		"fragments count each time":  {`{ paymentLink(id: "x") { ...F } b: paymentLink(id: "y") { ...F } } fragment F on PaymentLink { id title }`, "", 6},
		"inline fragments":           {`{ paymentLink(id: "x") { ... on PaymentLink { id } ... { title } } }`, "", 3},
		"introspection is free":      {`{ __schema { types { name fields { name } } } __type(name: "Query") { name } }`, "", 0},
		"doubling 60 times":          {fragments, "", 1 << 60},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// The count is found from outside: allowed at the bound, refused below it.
			for _, bound := range []int{test.want, test.want - 1} {
				if bound < 1 {
					continue
				}
				s := newServer(newSource(), func(c *graph.Config) { c.Limits.Complexity = bound })
				start := time.Now()
				a := s.ask(t, request{query: test.query, variables: test.variables})
				if refused := a.code() == "LIMIT_EXCEEDED"; refused != (bound < test.want) {
					t.Errorf("bound %d: refused %v, %+v", bound, refused, a.Errors)
				}
				if a.code() == "LIMIT_EXCEEDED" && (a.Data != nil || !strings.Contains(a.Errors[0].Message, strconv.Itoa(bound)) || s.source.callCount() > 0) {
					t.Errorf("bound %d: data %s, %q after %d calls", bound, a.Data, a.Errors[0].Message, s.source.callCount())
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("counting took %v", took)
				}
			}
		})
	}
}

// The usual limit leaves room for the largest page with every field, and for
// as many representations as may be brought.
func TestUsualLimitFitsUsualOperations(t *testing.T) {
	const link = `{ id url code slug title description amount { value currency minorUnits formatted } currency status state isExpired
		expiresAt expiresIn createdAt updatedAt environment isFixedTerm userId purchaseId statusCode linkType availableRates extraInfo upstream }`
	s := newServer(newSource(manyLinks(300)...))
	a := s.ask(t, request{query: `{ paymentLinksConnection(first: 250) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node ` + link + ` }
		summary { count byState { state count } byCurrency { currency total { value } } } } paymentLinks ` + link + ` }`})
	if len(a.Errors) > 0 {
		t.Errorf("%+v", a.Errors)
	}
	a = s.ask(t, request{
		query:     `query ($r: [_Any!]!) { _entities(representations: $r) { ... on PaymentLink ` + link + ` } }`,
		variables: `{"r": [` + strings.TrimSuffix(strings.Repeat(`{"__typename":"PaymentLink","id":"id-1"},`, cost.DefaultRepresentations), ",") + `]}`,
	})
	if len(a.Errors) > 0 {
		t.Errorf("%+v", a.Errors)
	}
}

// What an operation costs is told to who asks, and to nobody else.
func TestCostIsToldOnDemand(t *testing.T) {
	const query = `{ paymentLinks { id } }`
	s := newServer(newSource(manyLinks(3)...))
	tell := func(extensions map[string]any) string {
		ctx := graphql.StartOperationTrace(caller(t))
		operation, errs := s.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Extensions: extensions})
		if errs != nil {
			t.Fatal(errs)
		}
		handler, inner := s.DispatchOperation(ctx, operation)
		written, err := json.Marshal(handler(inner).Extensions)
		if err != nil {
			t.Fatal(err)
		}
		return string(written)
	}
	if got, want := tell(map[string]any{"cost": true}), `{"cost":{"complexity":101,"limit":20000}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, extensions := range []map[string]any{nil, {"cost": false}, {"cost": "true"}, {"cost": []any{}}, {"x": true}} {
		if got := tell(extensions); got != "{}" {
			t.Errorf("%v: told %s", extensions, got)
		}
	}
}
