package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paymentlinks/graph"
)

// checkAnswer holds any answer to what all must be: JSON, errors with codes
// that the caller can act upon, and nothing in the log.
func checkAnswer(t *testing.T, s server, req request, codes ...string) answer {
	t.Helper()
	written := s.do(t, req)
	var a answer
	if err := json.Unmarshal(written, &a); err != nil {
		t.Fatalf("%q with %q: %v in %s", req.query, req.variables, err, written)
	}
	for _, e := range a.Errors {
		code, _ := e.Extensions["code"].(string)
		if !slices.Contains(codes, code) || e.Message == "" {
			t.Errorf("%q with %q: %s %s", req.query, req.variables, code, e.Message)
		}
	}
	if s.log.Len() > 0 {
		t.Errorf("%q with %q was logged: %s", req.query, req.variables, s.log)
	}
	return a
}

// Whatever a filter holds, it is either read or refused as bad input, and what
// is read gives the same links twice: by pages and by their count.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"ids": ["id-1", 5]}`, `{"ids": "id-1"}`, `{"status": ["ACTIVE"], "state": "OPEN"}`, `{"currency": ["mxn", "USD"]}`,
		`{"amount": {"from": 1.5, "to": "90"}}`, `{"amount": {"from": 1e400}}`, `{"createdAt": {"from": "2023-08-09T11:00:00Z"}}`,
		`{"expiresAt": {"to": "0001-01-01T00:00:00Z"}}`, `{"expiresWithin": "PT24H"}`, `{"search": "link 1"}`, `{"search": null, "ids": []}`,
		`{"amount": []}`, `{"amount": [{"from": 1}]}`, `{"status": [["ACTIVE"]]}`, `{"status": {"a": 1}}`, `{"none": 1}`, `[{}]`, `"x"`, `5`, `{"ids": [null]}`,
	} {
		f.Add(seed)
	}
	const query = `query ($f: PaymentLinkFilter) { paymentLinksConnection(filter: $f, first: 250) { totalCount nodes { id } summary { count } } }`
	f.Fuzz(func(t *testing.T, filter string) {
		if !json.Valid([]byte(filter)) {
			return // no JSON
		}
		s := newServer(newSource(manyLinks(40)...))
		a := checkAnswer(t, s, request{query: query, variables: `{"f": ` + filter + `}`}, "BAD_USER_INPUT")
		if len(a.Errors) > 0 {
			if s.source.callCount() > 0 {
				t.Errorf("%s was refused after a call of the source", filter)
			}
			return
		}
		var got struct {
			Connection struct {
				TotalCount int
				Nodes      []node
				Summary    struct{ Count int }
			} `json:"paymentLinksConnection"`
		}
		if err := json.Unmarshal(a.Data, &got); err != nil {
			t.Fatal(err)
		}
		if c := got.Connection; c.TotalCount != len(c.Nodes) || c.Summary.Count != len(c.Nodes) {
			t.Errorf("%s: %d in all, %d on the page, %d in the summary", filter, c.TotalCount, len(c.Nodes), c.Summary.Count)
		}
	})
}

// No document makes the executor panic or log, and every error has its code.
func FuzzDocument(f *testing.F) {
	files, err := filepath.Glob("testdata/*.graphql")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), `{}`)
	}
	f.Add(`query ($x: [[Int]]) { __typename }`, `{"x": [[1]]}`)
	f.Add(`query ($x: Boolean!) { __typename @skip(if: $x) }`, `{"x": 1}`)
	f.Add(`{ _entities(representations: [[{ id: 1e999 }], null, 1e999, "x"]) { __typename } }`, `{}`)
	f.Add(`query ($x: _Any!) { _entities(representations: [$x, { __typename: "PaymentLink", id: $x }]) { __typename } }`, `{"x": 5}`)
	f.Add(`{ paymentLinksSummary(filter: { amount: { from: -0.0, to: 99999999999999999999 }, none: 1e999 }) { count } }`, `{}`)
	f.Add(`{ ...F } fragment F on Query { paymentLinksConnection(first: 99999999999999999999) { totalCount } }`, `{}`)
	f.Add(`{ paymentLink(id: """block""") { amount { formatted(locale: "xx-\u0000") } } }`, `{}`)
	f.Fuzz(func(t *testing.T, query, variables string) {
		var decoded map[string]any
		if json.Unmarshal([]byte(variables), &decoded) != nil || len(query) > 2_000 || strings.Count(query, "...") > 10 {
			return // nothing that the edge lets through
		}
		checkAnswer(t, newServer(newSource(manyLinks(5)...), func(c *graph.Config) { c.Limits.Complexity = 1000 }),
			request{query: query, variables: variables},
			"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE", "LIMIT_EXCEEDED")
	})
}
