package graph_test

import (
	"slices"
	"strings"
	"testing"

	"paymentlinks/graph"
	"paymentlinks/internal/fault"
)

func TestEveryKindHasItsPublicCode(t *testing.T) {
	for _, kind := range fault.Kinds() {
		want := string(kind)
		if kind == fault.Canceled {
			want = string(fault.Timeout) // no client is to read that one
		}
		s := newServer(&source{err: fault.New(kind, "A sentence.")})
		a := s.ask(t, request{query: `{ paymentLinks { id } }`})
		if a.code() != want || a.Errors[0].Message != "A sentence." {
			t.Errorf("kind %s gives %+v, want code %s", kind, a.Errors, want)
		}
		if s.log.Len() > 0 {
			t.Errorf("kind %s is classified and was logged: %s", kind, s.log)
		}
	}
}

func TestRequestErrors(t *testing.T) {
	tests := map[string]struct {
		request request
		code    string
		message string // a part of it
	}{
		"no document":            {request{query: ""}, "OPERATION_RESOLUTION_FAILURE", "must hold an operation"},
		"syntax":                 {request{query: "{ paymentLinks {\n id "}, "GRAPHQL_PARSE_FAILED", "line 2, column "},
		"not GraphQL":            {request{query: `{"query": "SECRETVALUE"}`}, "GRAPHQL_PARSE_FAILED", "line 1, column 3"},
		"character":              {request{query: "{ 'SECRETVALUE' }"}, "GRAPHQL_PARSE_FAILED", "line 1"},
		"fragments alone":        {request{query: "fragment F on Query { __typename }"}, "OPERATION_RESOLUTION_FAILURE", "must hold an operation"},
		"unknown operation":      {request{query: "query A { __typename }", operation: "SECRETVALUE"}, "OPERATION_RESOLUTION_FAILURE", "of the given name"},
		"operation not named":    {request{query: "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE", "must hold an operation"},
		"unknown field":          {request{query: "{ paymentLink }"}, "GRAPHQL_VALIDATION_FAILED", ""},
		"mutation":               {request{query: "mutation { a }"}, "GRAPHQL_VALIDATION_FAILED", "operation type"},
		"unknown enum literal":   {request{query: "{ paymentLinks(status: SECRETVALUE) { id } }"}, "GRAPHQL_VALIDATION_FAILED", `"PaymentLinkStatus"`},
		"enum as a string":       {request{query: `{ paymentLinks(status: "ACTIVE") { id } }`}, "GRAPHQL_VALIDATION_FAILED", `"PaymentLinkStatus"`},
		"string for an int":      {request{query: `{ paymentLinksConnection(first: "SECRETVALUE") { totalCount } }`}, "GRAPHQL_VALIDATION_FAILED", `"Int"`},
		"float for an int":       {request{query: `{ paymentLinksConnection(first: 1.0) { totalCount } }`}, "GRAPHQL_VALIDATION_FAILED", `"Int"`},
		"null for non-null":      {request{query: `{ paymentLink(id: null) { id } }`}, "GRAPHQL_VALIDATION_FAILED", `"ID!"`},
		"boolean for an id":      {request{query: `{ paymentLink(id: true) { id } }`}, "GRAPHQL_VALIDATION_FAILED", `"ID!"`},
		"list for a single":      {request{query: `{ paymentLinks(currency: ["MXN"]) { id } }`}, "GRAPHQL_VALIDATION_FAILED", `"CurrencyCodeAlpha"`},
		"scalar for an object":   {request{query: `{ paymentLinksSummary(filter: "SECRETVALUE") { count } }`}, "GRAPHQL_VALIDATION_FAILED", `"PaymentLinkFilter"`},
		"unknown input field":    {request{query: `{ paymentLinksSummary(filter: { none: 1 }) { count } }`}, "GRAPHQL_VALIDATION_FAILED", `"PaymentLinkFilter"`},
		"argument missing":       {request{query: `{ paymentLink { id } }`}, "GRAPHQL_VALIDATION_FAILED", `"id"`},
		"boolean of a directive": {request{query: `{ __typename @skip(if: "SECRETVALUE") }`}, "GRAPHQL_VALIDATION_FAILED", `"Boolean!"`},
		"very long name":         {request{query: "{ " + strings.Repeat("n", 30_000) + " }"}, "GRAPHQL_VALIDATION_FAILED", "..."},
		"gqlgen's own type":      {request{query: `query ($x: PaymentLinkByIDsInput) { __typename @skip(if: true) }`}, "GRAPHQL_VALIDATION_FAILED", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource())
			written := string(s.do(t, test.request))
			a := s.ask(t, test.request)
			if a.code() != test.code || a.Data != nil {
				t.Fatalf("got %.500s, want %s and no data", written, test.code)
			}
			if !strings.Contains(a.Errors[0].Message, test.message) {
				t.Errorf("message %q does not hold %q", a.Errors[0].Message, test.message)
			}
			for _, e := range a.Errors {
				if e.Path != nil || e.Extensions["requestId"] != "req-1" {
					t.Errorf("a request error with path %v, extensions %v", e.Path, e.Extensions)
				}
			}
			if len(written) > 1024 {
				t.Errorf("an answer of %d bytes", len(written))
			}
			checkClean(t, s, written)
		})
	}
}

func TestSuggestions(t *testing.T) {
	queries := map[string]string{
		"field":              `{ paymentLink(id: "x") { titel } }`,
		"field of the root":  `{ paymentLinkz { id } }`,
		"argument":           `{ paymentLinks(statuz: ACTIVE) { id } }`,
		"directive argument": `{ __typename @skip(iff: true) }`,
		"type of a fragment": `{ ...F } fragment F on Quer { __typename }`,
		"enum value":         `{ paymentLinks(status: ACTIV) { id } }`,
		"enum as a string":   `{ paymentLinks(status: "ACTIVE") { id } }`,
		"input field":        `{ paymentLinksSummary(filter: { statuz: ACTIVE }) { count } }`,
		"no selection":       `{ paymentLinks }`,
	}
	off := newServer(newSource())
	on := newServer(newSource(), func(c *graph.Config) { c.Suggestions = true })
	for name, query := range queries {
		t.Run(name, func(t *testing.T) {
			if written := string(off.do(t, request{query: query})); strings.Contains(strings.ToLower(written), "did you mean") {
				t.Errorf("%s: suggestions are off, got %s", query, written)
			}
			a := on.ask(t, request{query: query})
			suggests := func(e answerError) bool { return strings.Contains(e.Message, "Did you mean") }
			if a.code() != "GRAPHQL_VALIDATION_FAILED" || !slices.ContainsFunc(a.Errors, suggests) {
				t.Errorf("%s: suggestions are on, got %+v", query, a.Errors)
			}
		})
	}
}
