package main

import (
	"net/http"
	"testing"
)

// What the front never sends, however often it is asked: answers that are made
// new for each, that are errors, or whose caller has to be checked each time.
func TestWhatTheFrontNeverSends(t *testing.T) {
	const list = `{"query":"{ paymentLinks { id } }"}`
	pair := []string{"BP-User-Token", "demo-seed", "X-Api-Key", "demo-key"}
	tests := map[string]struct {
		body   string
		header []string
	}{
		"no-cache":            {list, append([]string{"Cache-Control", "no-cache"}, pair...)},
		"a traced operation":  {list, append([]string{"Apollo-Federation-Include-Trace", "ftv1"}, pair...)},
		"extensions":          {`{"query":"{ paymentLinks { id } }","extensions":{"a":1}}`, pair},
		"when it was fetched": {`{"query":"{ paymentLinksSummary { snapshot { fetchedAt } } }"}`, pair},
		"no list":             {`{"query":"{ __typename }"}`, pair},
		"an error":            {`{"query":"{ nope }"}`, pair},
		"an error of a field": {`{"query":"{ paymentLinksConnection(first: 0, last: 0) { totalCount } }"}`, pair},
		"unknown credentials": {list, []string{"BP-User-Token", "nobody", "X-Api-Key", "demo-key"}},
		"half of the pair":    {list, []string{"BP-User-Token", "demo-seed"}},
		"an authorization":    {list, append([]string{"Authorization", "Basic eDp5"}, pair...)},
		"a closed connection": {list, append([]string{"Connection", "close"}, pair...)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, "PAYMENTLINKS_LOG_LEVEL=error")
			for range 6 {
				s.do(t, http.MethodPost, s.url+"/graphql", test.body, test.header...)
			}
			if got := s.metric(t, `paymentlinks_answers_total{source="front"}`); got != "0" {
				t.Errorf("%s hits", got)
			}
		})
	}
}
