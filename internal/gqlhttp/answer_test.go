package gqlhttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// scripted is an executor that gives one answer, or accepts nothing.
type scripted struct {
	graphql.GraphExecutor // the rest of the methods is never called

	refusals  gqlerror.List
	presented gqlerror.List // refusals when nil
	answers   []*graphql.Response
	taken     int

	// What DispatchError was given.
	handed       gqlerror.List
	hadOperation bool
}

func (s *scripted) DispatchError(ctx context.Context, list gqlerror.List) *graphql.Response {
	s.handed, s.hadOperation = list, graphql.HasOperationContext(ctx)
	if s.presented == nil {
		return &graphql.Response{Errors: s.refusals}
	}
	return &graphql.Response{Errors: s.presented}
}

func (s *scripted) CreateOperationContext(_ context.Context, _ *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return &graphql.OperationContext{Operation: &ast.OperationDefinition{Operation: ast.Query}}, s.refusals
}

func (s *scripted) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	return func(context.Context) *graphql.Response {
		if s.taken == len(s.answers) {
			return nil
		}
		s.taken++
		return s.answers[s.taken-1]
	}, ctx
}

func answered(t *testing.T, s *scripted) *httptest.ResponseRecorder {
	t.Helper()
	return newEdge(t, func(c *gqlhttp.Config) { c.Executor = s }).do(query(`{hello}`, "X-Request-Id", "id-1", "Accept", asResponse))
}

func TestAnswerBytes(t *testing.T) {
	yes := true
	failed := &gqlerror.Error{
		Message: `A "quoted" sentence.`, Path: ast.Path{ast.PathName("a"), ast.PathIndex(3)},
		Locations: []gqlerror.Location{{Line: 1, Column: 2}}, Extensions: map[string]any{"code": "FORBIDDEN"},
	}
	tests := map[string]struct {
		answers []*graphql.Response
		status  int
		body    string
	}{
		"data as it came": {
			[]*graphql.Response{{Data: json.RawMessage(`{"a": 1e400,"b":"é\u003c"}`)}}, 200, `{"data":{"a": 1e400,"b":"é\u003c"}}`,
		},
		"errors go first, with the request's id": {
			[]*graphql.Response{{
				Data:   json.RawMessage(`{"a":null}`),
				Errors: gqlerror.List{failed, {Message: "B.", Extensions: map[string]any{"requestId": "known"}}},
			}},
			200,
			`{"errors":[{"message":"A \"quoted\" sentence.","path":["a",3],"locations":[{"line":1,"column":2}],"extensions":{"code":"FORBIDDEN","requestId":"id-1"}},` +
				`{"message":"B.","extensions":{"requestId":"known"}}],"data":{"a":null}}`,
		},
		"extensions go last": {
			[]*graphql.Response{{Data: json.RawMessage(`{}`), Extensions: map[string]any{"ftv1": "x"}}}, 200, `{"data":{},"extensions":{"ftv1":"x"}}`,
		},
		"null data": {
			[]*graphql.Response{{Data: json.RawMessage(`null`), Errors: gqlerror.List{failed}}},
			403,
			`{"errors":[{"message":"A \"quoted\" sentence.","path":["a",3],"locations":[{"line":1,"column":2}],"extensions":{"code":"FORBIDDEN","requestId":"id-1"}}],"data":null}`,
		},
		"no data: it was not executed": {
			[]*graphql.Response{{Errors: gqlerror.List{{Err: fault.New(fault.LimitExceeded, "Too much.")}}}},
			400,
			`{"errors":[{"message":"Too much.","extensions":{"code":"LIMIT_EXCEEDED","requestId":"id-1"}}]}`,
		},
		"no answer": {
			nil, 500, `{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}]}`,
		},
		"nothing in the answer": {
			[]*graphql.Response{{}}, 500, `{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}]}`,
		},
		"an answer in parts": {
			[]*graphql.Response{{Data: json.RawMessage(`{}`), HasNext: &yes}, {HasNext: &yes}, {HasNext: new(false)}},
			400,
			`{"errors":[{"message":"Answers in parts (@defer) are not supported.","extensions":{"code":"GRAPHQL_VALIDATION_FAILED","requestId":"id-1"}}]}`,
		},
		"extensions that cannot be encoded": {
			[]*graphql.Response{{Data: json.RawMessage(`{}`), Extensions: map[string]any{"x": func() {}}}},
			500,
			`{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}],"data":null}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := &scripted{answers: test.answers}
			w := answered(t, s)
			if diff := cmp.Diff(test.body, w.Body.String()); diff != "" || w.Code != test.status {
				t.Errorf("status %d, want %d; body (-want +got)\n%s", w.Code, test.status, diff)
			}
			if s.taken != len(s.answers) {
				t.Errorf("%d of %d parts taken: somebody is left waiting", s.taken, len(s.answers))
			}
		})
	}
	if _, ok := failed.Extensions["requestId"]; ok {
		t.Error("the error of the answer was changed; it may be shared")
	}
}

// Execution errors are never dropped, however many there are.
func TestAllExecutionErrorsArrive(t *testing.T) {
	errs := make(gqlerror.List, 500)
	for i := range errs {
		errs[i] = &gqlerror.Error{Message: "A.", Path: ast.Path{ast.PathIndex(i)}}
	}
	a := decoded(t, answered(t, &scripted{answers: []*graphql.Response{{Data: json.RawMessage(`{}`), Errors: errs}}}).Body)
	if len(a.Errors) != len(errs) {
		t.Errorf("%d errors, want %d", len(a.Errors), len(errs))
	}
}

func TestAnswerLimit(t *testing.T) {
	limit := func(c *gqlhttp.Config) { c.MaxAnswerBytes = 1000 }
	e := newEdge(t, limit)
	// `{"data":{"large":"` and `"}}` are the other 21 bytes.
	if w := e.do(query(`{large(bytes:979)}`)); w.Body.Len() != 1000 {
		t.Errorf("an answer of the limit: %d bytes %.80s, want 1000", w.Body.Len(), w.Body)
	}
	for accept, want := range map[string]int{asJSON: 200, asResponse: 400} {
		w := e.do(query(`{large(bytes:980)}`, "Accept", accept))
		a := decoded(t, w.Body)
		if w.Code != want || a.code() != "LIMIT_EXCEEDED" || a.Data == nil || string(*a.Data) != "null" {
			t.Errorf("one byte more, %s: %d %+v, want %d, LIMIT_EXCEEDED and null data", accept, w.Code, a, want)
		}
		if !strings.Contains(a.Errors[0].Message, "1000 bytes") {
			t.Errorf("message = %q, want it to name the bound", a.Errors[0].Message)
		}
	}
}

// Errors of a request are told as the executor classified them, with their
// places; the text of one that it did not is not told.
func TestRequestErrors(t *testing.T) {
	classified := fault.New(fault.OperationResolution, "The document holds no operation.")
	place := []gqlerror.Location{{Line: 3, Column: 7}}
	tests := map[string]struct {
		refusals gqlerror.List
		status   int
		body     string
	}{
		"classified": {
			gqlerror.List{{Err: classified, Message: "secret"}},
			400,
			`{"errors":[{"message":"The document holds no operation.","extensions":{"code":"OPERATION_RESOLUTION_FAILURE","requestId":"id-1"}}]}`,
		},
		"with a place": {
			gqlerror.List{{Err: fmt.Errorf("secret: %w", classified), Locations: place, Extensions: map[string]any{"code": "secret"}}},
			400,
			`{"errors":[{"message":"The document holds no operation.","locations":[{"line":3,"column":7}],"extensions":{"code":"OPERATION_RESOLUTION_FAILURE","requestId":"id-1"}}]}`,
		},
		"by nobody": {
			gqlerror.List{{Err: errors.New("secret"), Message: "secret", Extensions: map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}}},
			500,
			`{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}]}`,
		},
		"an empty list": {
			gqlerror.List{}, 500, `{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			refused := test.refusals
			if len(refused) == 0 {
				refused = gqlerror.List{nil}
			}
			w := answered(t, &scripted{refusals: refused, presented: test.refusals})
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.body)
			}
			// The same where the execution itself gives up before there is data.
			w = answered(t, &scripted{answers: []*graphql.Response{{Errors: test.refusals}}})
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("without data: got %d %s, want %d %s", w.Code, w.Body, test.status, test.body)
			}
		})
	}
}

// The executor presents request errors with the operation in the context.
func TestRequestErrorsArePresented(t *testing.T) {
	s := &scripted{refusals: make(gqlerror.List, 3000)}
	answered(t, s)
	if len(s.handed) != 1000 || !s.hadOperation {
		t.Errorf("%d errors to present, with an operation: %v; want 1000, true", len(s.handed), s.hadOperation)
	}
}

// refusedAt is a request error of the kind, once at each of n places.
func refusedAt(kind fault.Kind, message string, n int) (list gqlerror.List) {
	for i := range n {
		list = append(list, &gqlerror.Error{Err: fault.New(kind, message), Locations: []gqlerror.Location{{Line: 1, Column: i + 1}}})
	}
	return list
}

// Errors that say the same are one error with the places of all.
func TestAlikeRequestErrorsAreOne(t *testing.T) {
	list := slices.Concat(
		refusedAt(fault.ValidationFailed, "A directive is unknown.", 7), refusedAt(fault.ValidationFailed, "A variable is never used.", 1),
		refusedAt(fault.ValidationFailed, "A directive is unknown.", 6), refusedAt(fault.BadUserInput, "A directive is unknown.", 1),
	)
	a := decoded(t, answered(t, &scripted{refusals: list}).Body)
	var got []string
	for _, e := range a.Errors {
		got = append(got, fmt.Sprint(e.Message, " ", len(e.Locations), " ", e.Extensions["code"]))
	}
	want := []string{
		"A directive is unknown. 13 GRAPHQL_VALIDATION_FAILED", "A variable is never used. 1 GRAPHQL_VALIDATION_FAILED", "A directive is unknown. 1 BAD_USER_INPUT",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRefusalsAreFewAndShort(t *testing.T) {
	const left = "There are more errors: they are left out."
	var many, long gqlerror.List
	for i := range 30 {
		many = append(many, refusedAt(fault.ValidationFailed, fmt.Sprint("Number ", i), 1)...)
		long = append(long, refusedAt(fault.ValidationFailed, fmt.Sprint("Number ", i, strings.Repeat(" long", 160)), 1)...)
	}
	for name, test := range map[string]struct {
		list   gqlerror.List
		errors int
		isCut  bool // the last error says so
	}{
		"no more than are told": {many[:10], 10, false},
		"more than are told":    {many, 11, true},
		"as long as may be":     {long[:4], 4, false},
		"too long":              {long[:5], 5, true},
		"many places":           {refusedAt(fault.ValidationFailed, "The same", 1000), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := answered(t, &scripted{refusals: test.list})
			length := w.Body.Len()
			a := decoded(t, w.Body)
			if len(a.Errors) != test.errors || length > 4<<10 {
				t.Errorf("%d errors in %d bytes, want %d in at most 4,096", len(a.Errors), length, test.errors)
			}
			last := a.Errors[len(a.Errors)-1]
			if test.isCut != (last.Message == left) || last.Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
				t.Errorf("the last error is %+v, cut: %v", last, test.isCut)
			}
			if places := len(a.Errors[0].Locations); places > 50 {
				t.Errorf("%d places of one error", places)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for name, test := range map[string]struct {
		kind       fault.Kind
		retryAfter time.Duration
		status     int
		want       string
	}{
		"rounded up":                {fault.Overloaded, 1500 * time.Millisecond, http.StatusServiceUnavailable, "2"},
		"overloaded, no time known": {fault.Overloaded, 0, http.StatusServiceUnavailable, "1"},
		"limited, no time known":    {fault.RateLimited, 0, http.StatusTooManyRequests, "1"},
		"others say none":           {fault.LimitExceeded, 0, http.StatusBadRequest, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := answered(t, &scripted{refusals: gqlerror.List{{Err: &fault.Error{Kind: test.kind, Public: "Later.", RetryAfter: test.retryAfter}}}})
			if got := w.Header().Get("Retry-After"); w.Code != test.status || got != test.want {
				t.Errorf("status %d, Retry-After %q, want %d, %q", w.Code, got, test.status, test.want)
			}
			told := ""
			if seconds, ok := decoded(t, w.Body).Errors[0].Extensions["retryAfter"].(float64); ok {
				told = strconv.FormatFloat(seconds, 'f', -1, 64)
			}
			if told != test.want {
				t.Errorf("extensions.retryAfter = %q, want %q", told, test.want)
			}
		})
	}
}
