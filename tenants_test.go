package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paymentlinks/internal/sandbox"
)

// A hundred tenants ask at once, in any order, while their upstream fails in
// turns and some of them leave: whoever gets links gets its own alone. That
// holds for answers that are made new each time, for those that are kept, and
// for those that connections send again, over connections that all share.
func TestNoTenantSeesAnother(t *testing.T) {
	for freshFor, rounds := range map[string]int{"1ms": 6, "1m": 16} {
		t.Run("fresh for "+freshFor, func(t *testing.T) {
			s := mixTenants(t, freshFor, rounds)
			if freshFor == "1ms" {
				return
			}
			for _, source := range []string{"kept", "front"} {
				got := s.metric(t, `paymentlinks_answers_total{source="`+source+`"}`)
				if n, err := strconv.Atoi(got); err != nil || n < 100 {
					t.Errorf("answers of %s: %q: too few were tried", source, got)
				}
			}
		})
	}
}

// mixTenants has tenants ask in a muddle, and checks whose links each gets.
func mixTenants(t *testing.T, freshFor string, rounds int) *service {
	t.Helper()
	const tenants = 100
	marker := func(i int) string { return fmt.Sprintf("mk%03dmk", i) }
	token := func(i int) string { return "tenant-" + marker(i) }

	demo := sandbox.New(sandbox.Config{})
	defer demo.Close()
	began := time.Date(2023, 8, 9, 0, 0, 0, 0, time.UTC)
	for i := range tenants {
		demo.AddMerchant(token(i), sandbox.APIKey, sandbox.GenerateList(marker(i), 20, began))
	}
	upstream := httptest.NewServer(demo)
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_FRESH_FOR="+freshFor, "PAYMENTLINKS_BREAKER=off", "PAYMENTLINKS_ACCESS_LOG=off")

	documents := []string{
		`{ paymentLinks { id code upstream } }`,
		`{ paymentLinksConnection(first: 5) { nodes { title url } } paymentLinksSummary { nextToExpire { id } } }`,
		`{ paymentLinkByCode(code: \"mk000mk00001\") { id } paymentLink(id: \"x\") { id } }`,
		`{ _entities(representations: []) { __typename } paymentLinks(status: ACTIVE) { slug description } }`,
	}
	faults := []sandbox.Mode{sandbox.ModeNone, sandbox.ModeStatus, sandbox.ModeCutOff, sandbox.ModeMalformed, sandbox.ModeDisconnect}
	markers := regexp.MustCompile(`mk\d{3}mk`)

	var answered atomic.Int64
	var callers sync.WaitGroup
	for i := range tenants {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i))) //nolint:gosec // a test's dice
			for range rounds {
				if random.IntN(4) == 0 {
					fault := sandbox.Fault{Token: token(i), Mode: faults[random.IntN(len(faults))], Status: 503, Calls: 1, Delay: time.Millisecond}
					if fault.Mode != sandbox.ModeStatus {
						fault.Status = 0
					}
					if err := demo.Fail(fault); err != nil {
						t.Error(err)
						return
					}
				}
				ctx, leave := context.WithCancel(t.Context())
				if random.IntN(4) == 0 {
					ctx, leave = context.WithTimeout(t.Context(), time.Duration(random.IntN(3000))*time.Microsecond)
				}
				body := `{"query": "` + documents[random.IntN(len(documents))] + `"}`
				_, answer, err := s.try(ctx, http.MethodPost, s.url+"/graphql", body, "BP-User-Token", token(i), "X-Api-Key", sandbox.APIKey)
				left := ctx.Err() != nil
				leave()
				if err != nil {
					if !left && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("tenant %d: %v", i, err)
					}
					continue
				}
				for _, found := range markers.FindAllString(answer, -1) {
					if found != marker(i) {
						t.Errorf("tenant %d got an answer with %s", i, found)
						return
					}
				}
				if strings.Contains(answer, marker(i)) {
					answered.Add(1)
				}
			}
		})
	}
	callers.Wait()
	if got := answered.Load(); got < tenants {
		t.Errorf("only %d answers held links: nothing was tried", got)
	}
	return s
}
