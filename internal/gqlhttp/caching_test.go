package gqlhttp_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"paymentlinks/internal/exchange"
)

// The clock of these tests stands at noon.
func TestCacheControl(t *testing.T) {
	after := func(d time.Duration) time.Time { return noon.Add(d) }
	tests := map[string]struct {
		freshness exchange.Freshness
		document  string
		want      string
		snapshot  string
	}{
		"no list":                       {exchange.Freshness{}, `{hello}`, "no-store", ""},
		"a list without a bound":        {exchange.Freshness{}, `{listed}`, "no-store", ""},
		"fresh":                         {exchange.Freshness{FreshUntil: after(15 * time.Second)}, `{listed}`, "private, max-age=15", ""},
		"rounded down":                  {exchange.Freshness{FreshUntil: after(14999 * time.Millisecond)}, `{listed}`, "private, max-age=14", ""},
		"less than a second":            {exchange.Freshness{FreshUntil: after(999 * time.Millisecond)}, `{listed}`, "private, max-age=0", ""},
		"a link expires before":         {exchange.Freshness{FreshUntil: after(15 * time.Second), NextExpiry: after(4500 * time.Millisecond)}, `{listed}`, "private, max-age=4", ""},
		"a link expires later":          {exchange.Freshness{FreshUntil: after(15 * time.Second), NextExpiry: after(time.Hour)}, `{listed}`, "private, max-age=15", ""},
		"past its age, being refreshed": {exchange.Freshness{FreshUntil: after(-time.Second)}, `{listed}`, "private, max-age=0", ""},
		"stale":                         {exchange.Freshness{FreshUntil: after(-time.Minute), Stale: true}, `{listed}`, "private, max-age=0", "stale"},
		"stale, although fresh":         {exchange.Freshness{FreshUntil: after(time.Minute), Stale: true}, `{listed}`, "private, max-age=0", "stale"},
		"with a field's error":          {exchange.Freshness{FreshUntil: after(15 * time.Second)}, `{listed fails(kind:"FORBIDDEN")}`, "no-store", ""},
		"stale, with a field's error":   {exchange.Freshness{FreshUntil: after(15 * time.Second), Stale: true}, `{listed fails(kind:"FORBIDDEN")}`, "no-store", "stale"},
		"with null data":                {exchange.Freshness{FreshUntil: after(15 * time.Second)}, `{listed mustFail(kind:"FORBIDDEN")}`, "no-store", ""},
	}
	for name, test := range tests {
		for method, request := range map[string]*http.Request{"POST": query(test.document), "GET": get("query=" + url.QueryEscape(test.document))} {
			t.Run(name+", "+method, func(t *testing.T) {
				e := newEdge(t)
				e.fixture.freshness = test.freshness
				w := e.do(request)
				if got := w.Header().Get("Cache-Control"); got != test.want {
					t.Errorf("Cache-Control = %q, want %q", got, test.want)
				}
				if got := w.Header().Get("X-Snapshot"); got != test.snapshot {
					t.Errorf("X-Snapshot = %q, want %q", got, test.snapshot)
				}
			})
		}
	}
}

func TestNoCacheReachesResolvers(t *testing.T) {
	for header, want := range map[string]bool{
		"":                         false,
		"no-cache":                 true,
		"No-Cache":                 true,
		"max-age=0, no-cache":      true,
		`no-cache="Set-Cookie"`:    true,
		"max-age=0":                false,
		"no-store":                 false,
		`private="a, no-cache, b"`: false,
	} {
		t.Run(header, func(t *testing.T) {
			e := newEdge(t)
			var got *exchange.Exchange
			e.fixture.before = func(ctx context.Context) { got = exchange.FromContext(ctx) }
			e.do(query(`{hello}`, "Cache-Control", header, "X-Request-Id", "id-1"))
			if got.NoCache != want || !got.ReceivedAt.Equal(noon) || got.RequestID != "id-1" {
				t.Errorf("Cache-Control %q: exchange = %+v, want NoCache %v at noon of id-1", header, got, want)
			}
		})
	}
}
