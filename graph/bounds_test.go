package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"paymentlinks/graph"
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

// A long list with many messages or codes is one error and not one for each.
func TestRepeatedMessagesCountAsLinks(t *testing.T) {
	tests := map[string]struct {
		selection string
		errors    int
	}{
		"as many as may be": {`share { text } b: share { text } id`, 0},
		"one more":          {`share { text } b: share { text } c: share { text }`, 1},
		"none of them good": {`a: share(message: "") { text } b: share(message: "") { text } c: share(message: "") { text }`, 1},
		"codes":             {`a: qrCode { modules } b: qrCode { modules } c: share { text }`, 1},
		"not asked for":     {`share { text } b: share { text } c: share @skip(if: true) { text }`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(manyLinks(100)...), func(c *graph.Config) { c.Limits.Links = 200 })
			a := s.ask(t, request{query: fmt.Sprintf(`{ paymentLinks { %s } }`, test.selection)})
			if len(a.Errors) != test.errors || (test.errors > 0 && a.code() != "LIMIT_EXCEEDED") {
				t.Errorf("%d errors, want %d: %.500s", len(a.Errors), test.errors, fmt.Sprint(a.Errors))
			}
		})
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
