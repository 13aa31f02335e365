package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

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
	const resolution, validation = "OPERATION_RESOLUTION_FAILURE", "GRAPHQL_VALIDATION_FAILED"
	tests := map[string]struct {
		request request
		code    string
		message string
		line    float64 // of the first location; 0 for none
	}{
		"no document":            {request{query: " "}, "GRAPHQL_PARSE_FAILED", "The document is empty.", 0},
		"syntax":                 {request{query: "{ paymentLinks {\n id "}, "GRAPHQL_PARSE_FAILED", "The document is not valid GraphQL syntax.", 2},
		"not GraphQL":            {request{query: `{"query": "SECRETVALUE"}`}, "GRAPHQL_PARSE_FAILED", "The document is not valid GraphQL syntax.", 1},
		"fragments alone":        {request{query: "fragment F on Query { __typename }"}, resolution, "The document holds no operation.", 0},
		"unknown operation":      {request{query: "query A { __typename }", operation: "SECRETVALUE"}, resolution, "The document holds no operation of that name.", 0},
		"operation not named":    {request{query: "query A { __typename } query B { __typename }"}, resolution, "The document holds several operations: operationName must say which.", 0},
		"unknown field":          {request{query: "{\n SECRETVALUE }"}, validation, "A field is selected that its type does not have.", 2},
		"mutation":               {request{query: "mutation { SECRETVALUE }"}, validation, "The schema does not support this type of operation.", 1},
		"unknown argument":       {request{query: "{ paymentLinks(SECRETVALUE: 1) { id } }"}, validation, "An argument is given that its field or directive does not have.", 1},
		"unused variable":        {request{query: "query ($SECRETVALUE: Int) { __typename }"}, validation, "A variable is never used.", 1},
		"the same name twice":    {request{query: "query SECRETVALUE { a: __typename } query SECRETVALUE { b: __typename }"}, validation, "Two operations have the same name.", 1},
		"unknown enum literal":   {request{query: "{ paymentLinks(status: SECRETVALUE) { id } }"}, validation, `A value of type "PaymentLinkStatus" is expected.`, 1},
		"enum as a string":       {request{query: `{ paymentLinks(status: "ACTIVE") { id } }`}, validation, `A value of type "PaymentLinkStatus" is expected.`, 1},
		"string for an int":      {request{query: `{ paymentLinksConnection(first: "SECRETVALUE") { totalCount } }`}, validation, `A value of type "Int" is expected.`, 1},
		"float for an int":       {request{query: `{ paymentLinksConnection(first: 1.0) { totalCount } }`}, validation, `A value of type "Int" is expected.`, 1},
		"null for non-null":      {request{query: `{ paymentLink(id: null) { id } }`}, validation, `A value of type "ID!" is expected.`, 1},
		"boolean for an id":      {request{query: `{ paymentLink(id: true) { id } }`}, validation, `A value of type "ID!" is expected.`, 1},
		"list for a single":      {request{query: `{ paymentLinks(currency: ["MXN"]) { id } }`}, validation, `A value of type "CurrencyCodeAlpha" is expected.`, 1},
		"scalar for an object":   {request{query: `{ paymentLinksSummary(filter: "SECRETVALUE") { count } }`}, validation, `A value of type "PaymentLinkFilter" is expected.`, 1},
		"unknown input field":    {request{query: `{ paymentLinksSummary(filter: { SECRETVALUE: 1 }) { count } }`}, validation, `A field is given that type "PaymentLinkFilter" does not define.`, 1},
		"argument missing":       {request{query: `{ paymentLink { id } }`}, validation, "A required argument is missing.", 1},
		"boolean of a directive": {request{query: `{ __typename @skip(if: "SECRETVALUE") }`}, validation, `A value of type "Boolean!" is expected.`, 1},
		"gqlgen's own type":      {request{query: `query ($x: PaymentLinkByIDsInput) { __typename @skip(if: true) }`}, validation, "A type is named that the schema does not have.", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource())
			written := string(s.do(t, test.request))
			a := s.ask(t, test.request)
			if a.code() != test.code || a.Data != nil {
				t.Fatalf("got %.500s, want %s and no data", written, test.code)
			}
			if a.Errors[0].Message != test.message || a.Errors[0].line() != test.line {
				t.Errorf("message %q at line %v, want %q at %v", a.Errors[0].Message, a.Errors[0].line(), test.message, test.line)
			}
			for _, e := range a.Errors {
				if e.Path != nil || e.Extensions["requestId"] != "req-1" {
					t.Errorf("a request error with path %v, extensions %v", e.Path, e.Extensions)
				}
			}
			checkClean(t, s, written)
		})
	}
}

// The edge tells of a request error what its *fault.Error says.
func TestRequestErrorsAreFaults(t *testing.T) {
	s := newServer(newSource())
	for query, want := range map[string]fault.Kind{
		"{": fault.ParseFailed, "": fault.ParseFailed, "{ none }": fault.ValidationFailed,
		"query A { __typename } query B { __typename }":    fault.OperationResolution,
		"query ($id: ID!) { paymentLink(id: $id) { id } }": fault.BadUserInput,
	} {
		ctx := graphql.StartOperationTrace(caller(t))
		op, list := s.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
		for _, err := range s.DispatchError(graphql.WithOperationContext(ctx, op), list).Errors {
			classified, ok := errors.AsType[*fault.Error](err)
			if !ok || classified.Kind != want || classified.Public != err.Message {
				t.Errorf("%q: %v wraps %v, want a fault of kind %s", query, err, classified, want)
			}
		}
	}
}

// A rule that the validator gains needs a sentence of its own; none quotes it.
func TestEveryRuleHasItsSentence(t *testing.T) {
	s := newServer(newSource())
	sentence := func(rule string) string {
		ctx := graphql.WithOperationContext(caller(t), &graphql.OperationContext{})
		return s.DispatchError(ctx, gqlerror.List{{Rule: rule, Message: marker}}).Errors[0].Message
	}
	byRule := rules.NewDefaultRules().GetInner()
	if len(byRule) < 20 {
		t.Fatalf("%d rules, want them all", len(byRule))
	}
	for rule := range byRule {
		// The messages of one rule are ours, and hold the schema's names alone.
		if got := sentence(rule); got == sentence("") || (got == marker) != (rule == rules.ValuesOfCorrectTypeRule.Name) {
			t.Errorf("rule %s reads %q", rule, got)
		}
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
			// No rule looks for similar names, which costs more than all others.
			_, found := off.CreateOperationContext(graphql.StartOperationTrace(caller(t)), &graphql.RawParams{Query: query})
			if text := found.Error(); strings.Contains(text, "Did you mean") {
				t.Errorf("%s: suggestions are off, the validator found %s", query, text)
			}
			a := on.ask(t, request{query: query})
			suggests := func(e answerError) bool { return strings.Contains(e.Message, "Did you mean") }
			if a.code() != "GRAPHQL_VALIDATION_FAILED" || !slices.ContainsFunc(a.Errors, suggests) {
				t.Errorf("%s: suggestions are on, got %+v", query, a.Errors)
			}
		})
	}
}

// The validator's own messages are let through with suggestions, but not long
// names of the request.
func TestSuggestionsAreCut(t *testing.T) {
	s := newServer(newSource(), func(c *graph.Config) { c.Suggestions = true })
	a := s.ask(t, request{query: "{ () }"})
	if a.code() != "GRAPHQL_PARSE_FAILED" || a.Errors[0].Message != "Expected Name, found (" {
		t.Errorf("got %+v, want the parser's words", a.Errors)
	}
	a = s.ask(t, request{query: "{ " + strings.Repeat("n", 30_000) + " }"})
	if got := a.Errors[0].Message; len(got) > 256+len("…") || !strings.HasSuffix(got, "n…") {
		t.Errorf("a message of %d bytes, want one cut to 256: %.300s", len(got), got)
	}
}

// Where suggestions are let through, errors of variables name the variable and
// the place in it. Values stay out of all messages.
func TestVariablesAreNamed(t *testing.T) {
	on := newServer(newSource(), func(c *graph.Config) { c.Suggestions = true })
	off := newServer(newSource())
	const byFilter = `query ($mine: PaymentLinkFilter) { paymentLinksSummary(filter: $mine) { count } }`
	long := strings.Repeat("x", 5000)
	for name, test := range map[string]struct{ query, variables, on, off string }{
		"an enum": {
			`query ($mine: PaymentLinkStatus) { paymentLinks(status: $mine) { id } }`, `{"mine": "` + marker + `"}`,
			`Variable "$mine" must be one of the values of PaymentLinkStatus.`, "A variable must be one of the values of PaymentLinkStatus.",
		},
		"a field": {
			byFilter, `{"mine": {"createdAt": {"from": "` + marker + `"}}}`,
			`Variable "$mine.createdAt.from" must be an RFC 3339 date and time with an offset and at most nine digits of a second.`,
			`A variable, at "createdAt.from", must be an RFC 3339 date and time with an offset and at most nine digits of a second.`,
		},
		"an unknown field": {
			byFilter, `{"mine": {"curency": "` + marker + `"}}`,
			`Variable "$mine" has a field "curency" that PaymentLinkFilter does not define. Did you mean "currency"?`,
			"A variable has a field that PaymentLinkFilter does not define.",
		},
		"a field that resembles none": {
			byFilter, `{"mine": {"amount": {"\"\n": 1}}}`,
			`Variable "$mine.amount" has a field "\"\n" that PaymentLinkAmountRange does not define.`,
			`A variable, at "amount", has a field that PaymentLinkAmountRange does not define.`,
		},
		"a long field": {
			byFilter, `{"mine": {"` + long + `": 1}}`,
			`Variable "$mine" has a field "` + long[:256] + `…" that PaymentLinkFilter does not define.`,
			"A variable has a field that PaymentLinkFilter does not define.",
		},
		"missing": {
			`query ($mine: ID!) { paymentLink(id: $mine) { id } }`, `{}`,
			`Variable "$mine" must be given, as a value of type ID!.`, "A variable must be given, as a value of type ID!.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for server, want := range map[*server]string{&on: test.on, &off: test.off} {
				a := server.ask(t, request{query: test.query, variables: test.variables})
				if len(a.Errors) != 1 || a.code() != "BAD_USER_INPUT" || a.Errors[0].Message != want {
					t.Errorf("got %+v, want %q", a.Errors, want)
				}
			}
		})
	}
}

// The log tells the type of an error that nobody classified and the field by
// the schema's names; its text and the aliases may be the request's.
func TestUnclassifiedErrorsAreLoggedByType(t *testing.T) {
	s := newServer(&source{err: fmt.Errorf("%s: %w", marker, errBoom)})
	s.ask(t, request{query: `{ ` + marker + `: paymentLinks { id } }`})
	log := s.log.String()
	for _, want := range []string{"field=paymentLinks ", `error_type="*gqlerror.Error: *fmt.wrapError: *errors.errorString"`, "request_id=req-1"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
	if strings.Contains(log, marker) || strings.Contains(log, errBoom.Error()) {
		t.Errorf("the log holds something of the request or the error: %s", log)
	}
}
