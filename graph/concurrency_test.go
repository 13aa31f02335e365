package graph_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.uber.org/goleak"

	"paymentlinks/graph"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// One executor serves many callers at once: documents that are parsed, kept and
// given to several operations are not changed by any of them, and no caller
// gets another's links.
func TestManyCallersAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := newServer(nil, func(c *graph.Config) { c.Source = bySender{} })
	queries := []string{
		`{ paymentLinks { id } paymentLink(id: "%s") { id } }`,
		`query ($s: String = "x", $n: Int = 5) { paymentLinksConnection(first: $n, filter: { amount: { from: null }, ids: ["%s", 1] }) { nodes { id } } }`,
		`{ _entities(representations: [{ __typename: "PaymentLink", id: "%s" }, 5]) { ... on PaymentLink { id } } }`,
		`{ paymentLinksConnection(filter: { amount: { from: 1.5 }, ids: ["%s"] }) { totalCount } }`,
		`{ paymentLinkByCode(code: "%s") { ...F } nobody } fragment F on PaymentLink { id }`,
	}
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			token := fmt.Sprintf("caller-%d", i%8)
			credentials, err := tenant.NewCredentials(token, "key")
			if err != nil {
				t.Error(err)
				return
			}
			ctx := tenant.NewContext(caller(t), tenant.Tenant{Credentials: credentials})
			for round := range 10 {
				query := fmt.Sprintf(queries[(i+round)%len(queries)], token)
				written := string(s.doIn(ctx, t, request{query: query}))
				for other := range 8 {
					if name := fmt.Sprintf(`"caller-%d"`, other); other != i%8 && strings.Contains(written, name) {
						t.Errorf("%s got a link of %s: %s", token, name, written)
					}
				}
			}
		})
	}
	wait.Wait()
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// Fields that ask at once wait for one call, also when it comes back late.
func TestConcurrentFieldsShareOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := newSource(manyLinks(3)...)
		links.wait = func(ctx context.Context) error {
			select {
			case <-time.After(time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s := newServer(links)
		start := time.Now()
		if a := s.ask(t, request{query: wholePage()}); len(a.Errors) > 0 {
			t.Fatalf("%+v", a.Errors)
		}
		if calls, waited := s.source.callCount(), time.Since(start); calls != 1 || waited != time.Second {
			t.Errorf("%d calls in %v, want 1 in a second", calls, waited)
		}
	})
}

// A caller that leaves is no failure of ours: nothing is logged.
func TestCallerThatLeaves(t *testing.T) {
	links := newSource()
	ctx, leave := context.WithCancel(caller(t))
	links.wait = func(ctx context.Context) error { leave(); <-ctx.Done(); return ctx.Err() }
	s := newServer(links)
	s.doIn(ctx, t, request{query: `{ paymentLinks { id } paymentLink(id: "x") { id } paymentLinksSummary { count } }`})
	if s.log.Len() > 0 || s.source.callCount() != 1 {
		t.Errorf("%d calls, logged: %s", s.source.callCount(), s.log)
	}
}

// A transport may present request errors without the operation's context: they
// keep their codes and say less.
func TestRequestErrorsWithoutAnOperation(t *testing.T) {
	s := newServer(newSource())
	tests := map[string]struct {
		params graphql.RawParams
		code   string
	}{
		"variables": {graphql.RawParams{Query: `query ($n: Int!) { paymentLinksConnection(first: $n) { totalCount } }`}, "BAD_USER_INPUT"},
		"boolean":   {graphql.RawParams{Query: `query ($b: Boolean!) { __typename @skip(if: $b) }`, Variables: map[string]any{"b": "true"}}, "BAD_USER_INPUT"},
		"syntax":    {graphql.RawParams{Query: `{`}, "GRAPHQL_PARSE_FAILED"},
		"unknown":   {graphql.RawParams{Query: `query A { __typename }`, OperationName: "B"}, "OPERATION_RESOLUTION_FAILURE"},
		"costly":    {graphql.RawParams{Query: `{ ` + costly() + ` }`}, "LIMIT_EXCEEDED"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ctx := graphql.StartOperationTrace(caller(t))
			_, errs := s.CreateOperationContext(ctx, &test.params)
			if len(errs) == 0 {
				t.Fatal("no error")
			}
			shown := s.DispatchError(ctx, errs).Errors
			if len(shown) != 1 || shown[0].Extensions["code"] != test.code || shown[0].Extensions["requestId"] != "req-1" {
				t.Errorf("got %+v, want %s", shown, test.code)
			}
		})
	}
}

// costly selects pages whose complexity is beyond the usual limit.
func costly() string {
	var query strings.Builder
	for i := range 10 {
		fmt.Fprintf(&query, "a%d: paymentLinksConnection(first: 250) { nodes { id url code slug title description status state } } ", i)
	}
	return query.String()
}

// A panic while a field of one link is computed takes no other field with it.
func TestPanicInsideALink(t *testing.T) {
	s := newServer(nil, func(c *graph.Config) { c.Source = brokenLinks{} })
	a := s.ask(t, request{query: `{ paymentLinks { id } __typename }`})
	if a.code() != "INTERNAL_SERVER_ERROR" || string(a.Data) != `{"paymentLinks":null,"__typename":"Query"}` {
		t.Errorf("got %s, %+v", a.Data, a.Errors)
	}
	if !strings.Contains(s.log.String(), "nil pointer") {
		t.Errorf("the log lacks what the runtime says: %.200s", s.log)
	}
}

// brokenLinks gives a snapshot without a list, which no source may do.
type brokenLinks struct{}

func (brokenLinks) Snapshot(context.Context, tenant.Tenant, time.Time) (*paymentlink.Snapshot, error) {
	return &paymentlink.Snapshot{}, nil
}
