package gqlhttp_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// told are the events of an edge, in words.
type told struct {
	answered []string
	limits   []string
}

// listen makes an edge tell its events.
func (a *told) listen(cfg *gqlhttp.Config) {
	cfg.Events = gqlhttp.Events{
		Answered: func(kind fault.Kind, status int, source string, isStale bool, took time.Duration) {
			a.answered = append(a.answered, fmt.Sprintf("%s %d %s %v %s", kind, status, source, isStale, took))
		},
		LimitReached: func(limit string) { a.limits = append(a.limits, limit) },
	}
}

func TestEndsAreTold(t *testing.T) {
	tests := map[string]struct {
		request *http.Request
		stale   bool
		want    string
	}{
		"answered":        {query(`{hello}`), false, " 200 built false 0s"},
		"stale":           {query(`{listed}`), true, " 200 built true 0s"},
		"a field's error": {query(`{fails(kind:"FORBIDDEN")}`), false, "FORBIDDEN 200 built false 0s"},
		"refused":         {query(`{nothing}`), false, "GRAPHQL_VALIDATION_FAILED 200  false 0s"},
		"another method":  {raw("PUT", "/graphql", ""), false, "METHOD_NOT_ALLOWED 405  false 0s"},
		"preflight":       {raw("OPTIONS", "/graphql", ""), false, " 204  false 0s"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got told
			e := newEdge(t, got.listen)
			e.fixture.freshness = exchange.Freshness{Stale: test.stale, FreshUntil: noon.Add(time.Minute)}
			e.do(test.request)
			if !slices.Equal(got.answered, []string{test.want}) {
				t.Errorf("told %q, want %q", got.answered, test.want)
			}
		})
	}
}

// A request that ends in a panic, or whose client has left, is told of once, too.
func TestBadEndsAreTold(t *testing.T) {
	var got told
	newEdge(t, got.listen, func(c *gqlhttp.Config) { c.Guard = panickingGuard{} }).do(query(`{hello}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	newEdge(t, got.listen).do(query(`{hello}`).WithContext(ctx))
	if want := []string{"INTERNAL_SERVER_ERROR 500  false 0s", "CANCELED 499  false 0s"}; !slices.Equal(got.answered, want) {
		t.Errorf("told %q, want %q", got.answered, want)
	}
}

func TestKeptAnswersAreToldApart(t *testing.T) {
	var got told
	k := newKeeping(t, got.listen)
	ask := func() *http.Request { return query(`{hello}`, mine...) }
	k.warm(t, ask)
	k.do(ask())
	if want := []string{" 200 built false 0s", " 200 built false 0s", " 200 kept false 0s"}; !slices.Equal(got.answered, want) {
		t.Errorf("told %q, want %q", got.answered, want)
	}
}

func TestLimitsAreTold(t *testing.T) {
	values := `{"query": "{hello}", "variables": {"a": [` + strings.Repeat("1,", 60_000) + `1]}}`
	tests := map[string]struct {
		request *http.Request
		change  func(*gqlhttp.Config)
		want    string
	}{
		"document":     {query("{" + strings.Repeat("a{", 20) + "b" + strings.Repeat("}", 21)), nil, "depth"},
		"body":         {query(`{hello}`), func(c *gqlhttp.Config) { c.MaxBodyBytes = 3 }, "body_bytes"},
		"header":       {query(`{hello}`), func(c *gqlhttp.Config) { c.MaxHeaderBytes = 3 }, "header_bytes"},
		"values":       {post(values), nil, "json_values"},
		"answer":       {query(`{large(bytes: 1000)}`), func(c *gqlhttp.Config) { c.MaxAnswerBytes = 500 }, "answer_bytes"},
		"of an error":  {query(`{waits}`), func(c *gqlhttp.Config) { c.RequestTimeout = time.Nanosecond }, ""},
		"of no limit":  {query(`{hello}`), nil, ""},
		"of execution": {query(`{exceeds}`), nil, "links"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got told
			change := test.change
			if change == nil {
				change = func(*gqlhttp.Config) {}
			}
			newEdge(t, got.listen, change).do(test.request)
			if strings.Join(got.limits, " ") != test.want {
				t.Errorf("told %q, want %q", got.limits, test.want)
			}
		})
	}
}
