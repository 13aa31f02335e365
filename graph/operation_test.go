package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// wholePage asks for everything at once: 20 look-ups, a list, a page and a summary.
func wholePage() string {
	var query strings.Builder
	query.WriteString("{ paymentLinks { id } paymentLinksConnection { totalCount } paymentLinksSummary { count }")
	for i := range 10 {
		fmt.Fprintf(&query, ` a%d: paymentLink(id: "s-0%d") { id } b%d: paymentLinkByCode(code: "soap0%d") { id }`, i, i, i, i)
	}
	query.WriteString(" }")
	return query.String()
}

func TestOneCallPerOperation(t *testing.T) {
	s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
	a := s.ask(t, request{query: wholePage()})
	if len(a.Errors) > 0 || s.source.callCount() != 1 {
		t.Errorf("%d calls, errors %+v; want one call and no error", s.source.callCount(), a.Errors)
	}
	s.ask(t, request{query: wholePage()})
	if s.source.callCount() != 2 {
		t.Errorf("%d calls after two operations, want 2: nothing is kept between them", s.source.callCount())
	}
}

func TestOneFailureForAllFields(t *testing.T) {
	s := newServer(&source{err: errBoom})
	a := s.ask(t, request{query: wholePage()})
	if len(a.Errors) != 23 {
		t.Errorf("%d errors, want one for each of 23 fields", len(a.Errors))
	}
	for _, e := range a.Errors {
		if e.Message != "Internal error" || e.Extensions["code"] != "INTERNAL_SERVER_ERROR" {
			t.Errorf("an unclassified error reads %+v", e)
		}
	}
	if got := strings.Count(s.log.String(), "unclassified error"); got != 1 || s.source.callCount() != 1 {
		t.Errorf("logged %d times after %d calls, want once after one:\n%s", got, s.source.callCount(), s.log)
	}
}

func TestUpstreamFaults(t *testing.T) {
	tests := map[string]struct {
		err        error
		code       string
		message    string
		retryAfter any
		logged     bool
	}{
		"unavailable":   {fault.New(fault.UpstreamUnavailable, "Upstream is down."), "UPSTREAM_UNAVAILABLE", "Upstream is down.", nil, false},
		"rate limited":  {&fault.Error{Kind: fault.UpstreamRateLimited, Public: "Slow down.", RetryAfter: 1500 * time.Millisecond}, "UPSTREAM_RATE_LIMITED", "Slow down.", float64(2), false},
		"forbidden":     {fmt.Errorf("list: %w", fault.Wrap(fault.Forbidden, "No.", errors.New("SECRET"))), "FORBIDDEN", "No.", nil, false},
		"caller left":   {context.Canceled, "TIMEOUT", "The request was cancelled.", nil, false},
		"deadline":      {fmt.Errorf("wait: %w", context.DeadlineExceeded), "UPSTREAM_TIMEOUT", "Billpocket did not answer in time.", nil, false},
		"nobody's":      {errors.New("boom"), "INTERNAL_SERVER_ERROR", "Internal error", nil, true},
		"internal kind": {fault.New(fault.Internal, "Internal error"), "INTERNAL_SERVER_ERROR", "Internal error", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(&source{err: test.err})
			written := string(s.do(t, request{query: `{ paymentLinks { id } __typename }`}))
			var a answer
			if err := json.Unmarshal([]byte(written), &a); err != nil {
				t.Fatal(err)
			}
			want := answerError{
				Message: test.message, Path: []any{"paymentLinks"}, Locations: []any{map[string]any{"line": 1.0, "column": 3.0}},
				Extensions: map[string]any{"code": test.code, "requestId": "req-1"},
			}
			if test.retryAfter != nil {
				want.Extensions["retryAfter"] = test.retryAfter
			}
			if diff := cmp.Diff([]answerError{want}, a.Errors); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if string(a.Data) != `{"paymentLinks":null,"__typename":"Query"}` {
				t.Errorf("data %s: the rest of the answer is to stay", a.Data)
			}
			if strings.Contains(written+s.log.String(), "SECRET") {
				t.Error("the cause was shown")
			}
			if got := s.log.Len() > 0; got != test.logged {
				t.Errorf("logged %v, want %v: %s", got, test.logged, s.log)
			}
		})
	}
}

func TestPanicIsOneFieldsError(t *testing.T) {
	s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
	s.source.set(func(s *source) { s.wait = func(context.Context) error { panic("SECRET") } })
	a := s.ask(t, request{query: `{ a: paymentLinks { id } b: paymentLinksSummary { count } c: paymentLink(id: "x") { id } __typename }`})
	if len(a.Errors) != 3 || a.code() != "INTERNAL_SERVER_ERROR" || !strings.Contains(string(a.Data), `"__typename":"Query"`) {
		t.Errorf("got %s, %+v; want three errors and the rest of the answer", a.Data, a.Errors)
	}
	if log := s.log.String(); !strings.Contains(log, "goroutine") || strings.Contains(log, "SECRET") {
		t.Errorf("the log is to hold the stack and not the panic's value: %.300s", log)
	}
	// The fields that wait for the list learn that there is none.
	if panics := strings.Count(s.log.String(), "panic in a resolver"); panics != 1 {
		t.Errorf("%d panics are logged, want that of the source", panics)
	}
}

func TestNothingNeedsCredentialsButLinks(t *testing.T) {
	s := newServer(newSource())
	a := s.ask(t, request{anonymous: true, query: `{ __typename _service { sdl } __schema { queryType { name } } none: _entities(representations: []) { __typename } }`})
	if len(a.Errors) > 0 || s.source.callCount() != 0 {
		t.Errorf("%d calls, errors %+v; want neither", s.source.callCount(), a.Errors)
	}
	for _, query := range []string{
		`{ paymentLinks { id } }`, `{ paymentLink(id: "x") { id } }`, `{ paymentLinkByCode(code: "x") { id } }`,
		`{ paymentLinksConnection { totalCount } }`, `{ paymentLinksSummary { count } }`,
		`{ _entities(representations: [{ __typename: "PaymentLink", id: "x" }]) { __typename } }`,
	} {
		if a := s.ask(t, request{anonymous: true, query: query}); a.code() != "UNAUTHENTICATED" {
			t.Errorf("%s: %+v, want UNAUTHENTICATED", query, a.Errors)
		}
	}
	if s.source.callCount() != 0 {
		t.Errorf("%d calls of the source without credentials", s.source.callCount())
	}
}

func TestFreshnessIsReported(t *testing.T) {
	links := newSource(readLinks(t, "testdata/shop.json")...)
	links.snapshot.Stale = true
	s := newServer(links)
	ctx := caller(t)
	s.doIn(ctx, t, request{query: `{ __typename }`})
	if got := exchange.FromContext(ctx).Freshness(); got != (exchange.Freshness{}) {
		t.Errorf("an answer without links reports %+v", got)
	}
	s.doIn(ctx, t, request{query: `{ paymentLinks { id } paymentLink(id: "s-01") { id } }`})
	want := exchange.Freshness{FreshUntil: instant.Add(12 * time.Second), NextExpiry: instant.Add(time.Second), Stale: true}
	if diff := cmp.Diff(want, exchange.FromContext(ctx).Freshness()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What moves by itself bounds how long an answer holds. The next link of the
// list expires in 150 minutes and half a second.
func TestAnswersHoldUntilTheyMove(t *testing.T) {
	const left = 150*time.Minute + time.Second/2
	records := manyLinks(3)
	for i := range records {
		records[i].ExpiresAt = time.Time{}
	}
	records[1].ExpiresAt, records[2].ExpiresAt = instant.Add(left), instant.Add(48*time.Hour)
	for name, test := range map[string]struct {
		query string
		want  time.Duration
	}{
		"nothing that moves":       {`{ paymentLinks { id state isExpired expiresAt } }`, left},
		"seconds":                  {`{ paymentLinks { expiresIn } }`, 0}, // the other link has a whole number of seconds left
		"seconds of one link":      {`{ paymentLink(id: "id-1") { expiresIn } }`, time.Second / 2},
		"minutes":                  {`{ paymentLink(id: "id-1") { expiresIn(unit: MINUTES) } }`, time.Second / 2},
		"hours":                    {`{ paymentLink(id: "id-1") { expiresIn(unit: HOURS) } }`, 30*time.Minute + time.Second/2},
		"days, of which none":      {`{ paymentLink(id: "id-1") { expiresIn(unit: DAYS) } }`, left},
		"the shortest counts":      {`{ paymentLink(id: "id-1") { h: expiresIn(unit: HOURS) m: expiresIn(unit: MINUTES) } }`, time.Second / 2},
		"a link that does not end": {`{ paymentLink(id: "id-0") { expiresIn } }`, left},
		"skipped":                  {`{ paymentLink(id: "id-1") { id expiresIn @skip(if: true) } }`, left},
		"links that expire soon":   {`{ paymentLinksConnection(filter: { expiresWithin: "PT2H" }) { totalCount } }`, 30*time.Minute + time.Second/2},
		"figures":                  {`{ paymentLinksSummary { bySlug { slug byCurrency { openTotal { value } } } byEnvironment { count } byPeriod(unit: DAY) { count } withoutDate } }`, left},
		"all expire soon":          {`{ paymentLinksSummary(filter: { expiresWithin: "P7D" }) { count } }`, left},
		"all but those":            {`{ paymentLinksSummary(filter: { not: { status: ACTIVE, not: { expiresWithin: "PT2H" } } }) { count } }`, 30*time.Minute + time.Second/2},
		"some expire soon":         {`{ paymentLinksSummary(filter: { expiresWithin: "PT47H30M" }) { count } }`, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range []server{newServer(newSource(records...)), newStockServer(newSource(records...))} {
				ctx := caller(t)
				s.doIn(ctx, t, request{query: test.query})
				if got := exchange.FromContext(ctx).Freshness().NextExpiry.Sub(instant); got != test.want {
					t.Errorf("%s holds for %v, want %v", test.query, got, test.want)
				}
			}
		})
	}
}

// What is another value when the same list is fetched again is told, so that
// nobody gets it a second time.
func TestVolatileAnswers(t *testing.T) {
	links := newSource(readLinks(t, "testdata/shop.json")...)
	links.snapshot.Generation = 7
	s := newServer(links)
	for query, want := range map[string]bool{
		`{ paymentLinks { id state isExpired expiresAt expiresIn } }`:              false,
		`{ paymentLinksConnection { snapshot { version isStale skippedCount } } }`: false,
		`{ paymentLinksConnection { snapshot { fetchedAt } } }`:                    true,
		`{ paymentLinksSummary { count snapshot { fetchedAt } } }`:                 true,
		`{ paymentLinksConnection { summary { snapshot { at: fetchedAt } } } }`:    true,
		`{ paymentLinks(status: INACTIVE) { id } __typename }`:                     false,
	} {
		ctx := caller(t)
		s.doIn(ctx, t, request{query: query})
		got := exchange.FromContext(ctx).Freshness()
		if got.Volatile != want || got.Generation != 7 {
			t.Errorf("%s: volatile %v of list %d, want %v of 7", query, got.Volatile, got.Generation, want)
		}
	}
}

func TestNoCacheAsksForANewerList(t *testing.T) {
	s := newServer(newSource())
	ctx := caller(t)
	s.doIn(ctx, t, request{query: `{ paymentLinks { id } }`})
	if !s.source.notBefore.IsZero() {
		t.Errorf("an ordinary request asks for a list from %v on", s.source.notBefore)
	}
	exchange.FromContext(ctx).NoCache = true
	s.doIn(ctx, t, request{query: `{ paymentLinks { id } }`})
	if !s.source.notBefore.Equal(instant) {
		t.Errorf("no-cache asks for a list from %v on, want %v", s.source.notBefore, instant)
	}
}

// A hung upstream is a field's error a second before the request's time is up.
func TestHungUpstreamLeavesTimeForTheAnswer(t *testing.T) {
	for _, query := range []string{`{ paymentLinks { id } __typename }`, `{ paymentLink(id: "x") { id } __typename }`} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(newSource())
			s.source.set(func(s *source) {
				s.wait = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
			})
			start := time.Now()
			ctx, cancel := context.WithTimeout(caller(t), 10*time.Second)
			defer cancel()
			var a answer
			if err := json.Unmarshal(s.doIn(ctx, t, request{query: query}), &a); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(start); waited != 9*time.Second {
				t.Errorf("%s waited %v, want 9 s of 10", query, waited)
			}
			if a.code() != "UPSTREAM_TIMEOUT" || !strings.Contains(string(a.Data), `"__typename":"Query"`) {
				t.Errorf("%s: got %s, %+v", query, a.Data, a.Errors)
			}
		})
	}
}

// A request that has little time spends half of it on upstream, and not none.
func TestShortRequestsWaitForUpstreamToo(t *testing.T) {
	for _, timeout := range []time.Duration{100 * time.Millisecond, time.Second, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(newSource())
			s.source.set(func(s *source) {
				s.wait = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
			})
			start := time.Now()
			ctx, cancel := context.WithTimeout(caller(t), timeout)
			defer cancel()
			s.doIn(ctx, t, request{query: `{ paymentLinks { id } }`})
			if waited := time.Since(start); waited != timeout/2 {
				t.Errorf("waited %v of %v, want half of it", waited, timeout)
			}
		})
	}
}

func TestNowIsReadOnce(t *testing.T) {
	reads := 0
	s := newServer(newSource(readLinks(t, "testdata/shop.json")...), func(c *graph.Config) {
		c.Now = func() time.Time { reads++; return instant.Add(time.Duration(reads) * time.Hour) }
	})
	got := data[struct {
		A, B struct{ ExpiresIn int }
	}](t, s, `{ a: paymentLink(id: "s-08") { expiresIn } b: paymentLinkByCode(code: "twin") { expiresIn } }`, "")
	if reads != 1 || got.A != got.B || got.A.ExpiresIn != 23*3600 {
		t.Errorf("the clock was read %d times; %+v", reads, got)
	}
}

func TestLinksHandedOutAreBounded(t *testing.T) {
	s := newServer(newSource(manyLinks(10)...), func(c *graph.Config) { c.Limits.Links = 25 })
	tests := map[string]struct {
		query  string
		errors int
	}{
		"at the bound":   {`{ a: paymentLinks { id } b: paymentLinks { id } c: paymentLinksConnection(first: 5) { nodes { id } } }`, 0},
		"beyond it":      {`{ a: paymentLinks { id } b: paymentLinks { id } c: paymentLinksConnection(first: 6) { nodes { id } } }`, 1},
		"summaries none": {`{ a: paymentLinks { id } b: paymentLinks { id } c: paymentLinksSummary { count } d: paymentLinksSummary { count } }`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.ask(t, request{query: test.query})
			if len(a.Errors) != test.errors || (test.errors > 0 && a.code() != "LIMIT_EXCEEDED") {
				t.Errorf("%s: %+v", test.query, a.Errors)
			}
		})
	}
}

// Two tenants in turn never see each other's links through one executor.
func TestCredentialsReachTheSource(t *testing.T) {
	links := &bySender{}
	s := newServer(nil, func(c *graph.Config) { c.Source = links })
	for _, token := range []string{"first", "second", "first"} {
		credentials, err := tenant.NewCredentials(token, "key")
		if err != nil {
			t.Fatal(err)
		}
		written := string(s.doIn(tenant.NewContext(caller(t), tenant.Tenant{Credentials: credentials}), t, request{query: `{ paymentLinks { id } }`}))
		if want := `{"data":{"paymentLinks":[{"id":"` + token + `"}]}}`; written != want {
			t.Errorf("%s got %s", token, written)
		}
	}
}
