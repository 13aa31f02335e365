package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"paymentlinks/graph"
	"paymentlinks/graph/cost"
)

// Lists and messages are given up while they grow, and what else was asked for
// is answered.
func TestAnswerIsBoundedWhileItGrows(t *testing.T) {
	representations := strings.Repeat(`{ __typename: "PaymentLink", id: "id-1" } `, 300)
	tests := map[string]struct {
		field   string
		refused bool
	}{
		"a list":            {`paymentLinks { url title description }`, true},
		"a list that fits":  {`paymentLinks { id }`, false},
		"two lists":         {`paymentLinks { id } b: paymentLinks { id } c: paymentLinks { id } d: paymentLinks { id }`, true},
		"edges":             {`paymentLinksConnection(first: 250) { edges { cursor node { url title description } } }`, true},
		"nodes":             {`paymentLinksConnection(first: 250) { nodes { url title code description } }`, true},
		"entities":          {`_entities(representations: [` + representations + `]) { ... on PaymentLink { url title description } }`, true},
		"messages":          {`paymentLinks { share { sms } }`, true},
		"one under aliases": {`paymentLink(id: "id-1") { share { ` + aliases(99, "sms") + ` } }`, true},
		"codes":             {`paymentLinksConnection(first: 20) { nodes { qrCode { dataUri } } }`, true},
		"messages that fit": {`paymentLinksConnection(first: 20) { nodes { share { sms } } }`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(manyLinks(300)...), func(c *graph.Config) { c.Limits.AnswerBytes = 12 << 10 })
			a := s.ask(t, request{query: `{ ` + test.field + ` }`})
			if refused := a.code() == "LIMIT_EXCEEDED"; refused != test.refused {
				t.Fatalf("refused %v, want %v: %+v", refused, test.refused, a.Errors)
			}
			if !test.refused {
				return
			}
			if !strings.Contains(a.Errors[0].Message, "12288") {
				t.Errorf("%q does not name the bound", a.Errors[0].Message)
			}
			if len(a.Data) > 12<<10 {
				t.Errorf("%d bytes of data", len(a.Data))
			}
		})
	}
}

// What is composed is charged before the work: the first refusal ends the list,
// is told once, and the rest costs nothing.
func TestComposedTextIsBounded(t *testing.T) {
	tests := map[string]struct {
		limits    cost.Limits
		selection string
		refused   bool
	}{
		"messages that may be":    {cost.Limits{TextBytes: 100 << 10}, `share { text }`, false},
		"messages beyond it":      {cost.Limits{TextBytes: 40 << 10}, `share { text }`, true},
		"though nothing is shown": {cost.Limits{TextBytes: 40 << 10}, `share { __typename }`, true},
		"amounts that may be":     {cost.Limits{TextBytes: 32 << 10}, `amount { formatted }`, false},
		"amounts beyond it":       {cost.Limits{TextBytes: 31 << 10}, `amount { formatted }`, true},
		"modules that may be":     {cost.Limits{Modules: 100 * 29 * 29}, `qrCode { matrix }`, false},
		"modules beyond it":       {cost.Limits{Modules: 100*29*29 - 1}, `qrCode { matrix }`, true},
		"codes that may be":       {cost.Limits{QRCodes: 100}, `qrCode { modules }`, false},
		"codes beyond it":         {cost.Limits{QRCodes: 99}, `qrCode { modules }`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(manyLinks(100)...), func(c *graph.Config) { c.Limits = test.limits })
			a := s.ask(t, request{query: `{ paymentLinks { ` + test.selection + ` } }`})
			if !test.refused {
				if len(a.Errors) > 0 {
					t.Errorf("%+v", a.Errors)
				}
				return
			}
			if len(a.Errors) != 1 || a.code() != "LIMIT_EXCEEDED" || string(a.Data) != `{"paymentLinks":null}` {
				t.Errorf("got %.200s with %d errors, want one at the list", a.Data, len(a.Errors))
			}
		})
	}
}

// Errors of fields are bounded, and one says so.
func TestErrorsAreBounded(t *testing.T) {
	records := manyLinks(500)
	for i := range records {
		records[i].URL = "https://pay.example/" + strings.Repeat("x", 3_000)
	}
	a := newServer(newSource(records...), func(c *graph.Config) { c.Limits.QRCodes = -1 }).ask(t, request{query: `{ paymentLinks { id qrCode { modules } } }`})
	bound := slices.IndexFunc(a.Errors, func(e answerError) bool { return e.Extensions["code"] == "LIMIT_EXCEEDED" })
	if len(a.Errors) != cost.DefaultErrors+1 || bound < 0 || !strings.Contains(a.Errors[bound].Message, "100 errors") {
		t.Errorf("%d errors, the bound at %d", len(a.Errors), bound)
	}
	if strings.Count(string(a.Data), `"qrCode":null`) != len(records) {
		t.Errorf("got %.200s, want every link with a null", a.Data)
	}
}

// Searches look at so much text, and no more: it is counted once for each word.
func TestSearchesAreBounded(t *testing.T) {
	records := manyLinks(10)
	for i := range records {
		records[i].Description = strings.Repeat("x", 1<<20)
	}
	s := newServer(newSource(records...))
	for search, fits := range map[string]int{"y": 25, "y z": 12, "y y y": 25} {
		field := `paymentLinksConnection(filter: {search: "` + search + `"}) { totalCount }`
		if a := s.ask(t, request{query: `{` + aliases(fits, field) + `}`}); len(a.Errors) > 0 {
			t.Errorf("%d searches for %q are refused: %+v", fits, search, a.Errors)
		}
		a := s.ask(t, request{query: `{` + aliases(fits+1, field) + `}`})
		if len(a.Errors) != 1 || a.code() != "LIMIT_EXCEEDED" || strings.Count(string(a.Data), "null") != 1 {
			t.Errorf("%d searches for %q: %+v in %s, want one refused", fits+1, search, a.Errors, a.Data)
		}
	}
}

// aliases selects a field so many times.
func aliases(n int, field string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "a%d: %s ", i, field)
	}
	return text.String()
}
