//go:build linux

package attack_test

import (
	"context"
	"testing"
	"time"
)

// lifted are the settings of an operator who lets operations ask for anything.
func lifted(more ...string) []string {
	return append([]string{
		"PAYMENTLINKS_MAX_COMPLEXITY=0", "PAYMENTLINKS_MAX_ALIASES=0", "PAYMENTLINKS_MAX_TOKENS=0", "PAYMENTLINKS_MAX_ROOT_FIELDS=0",
		"PAYMENTLINKS_MAX_DOCUMENT_BYTES=1MiB", "PAYMENTLINKS_MAX_VISITS=1000000", "PAYMENTLINKS_MAX_COMPARISONS=0", "PAYMENTLINKS_ANSWER_BYTES=0",
	}, more...)
}

// endless are operations that go on for a second or more over many links,
// where nothing but their caller and their time bounds them.
func endless() map[string]string {
	return map[string]string{
		"searches":           `{` + aliases(500, `paymentLinksConnection(first:0,filter:{search:"c x s b i p t o l e"}){totalCount}`) + `}`,
		"amounts":            `{` + aliases(500, `paymentLinksConnection(first:0,filter:{amount:{from:1,to:1000}}){totalCount}`) + `}`,
		"orders":             `{` + aliases(500, `paymentLinksConnection(first:0,filter:{search:"c"},orderBy:AMOUNT_DESC){pageInfo{startCursor}}`) + `}`,
		"summaries":          `{` + aliases(100, `paymentLinksSummary(filter:{search:"c"}){count}`) + `}`,
		"summaries of pages": `{` + aliases(100, `paymentLinksConnection(first:0,filter:{search:"c"}){summary{count}}`) + `}`,
	}
}

// titled has n links with titles of some words.
func titled(n int) []byte {
	return list(n, func(i int, l link) { l["description"], l["amount"] = "a title of some words to be looked at", i%1000 })
}

// maxAfter is the CPU time that an operation may take when nobody waits for it
// any more, with what the process needs to find that out.
const maxAfter = 150 * time.Millisecond

// TestLeaving: what a caller that has left has asked for takes no more CPU.
func TestLeaving(t *testing.T) {
	t.Parallel()
	p := start(t, lifted()...)
	p.give(t, titled(100_000))
	for name, document := range endless() {
		t.Run(name, func(t *testing.T) {
			p.settle(t)
			begun := p.cpu(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			answered := make(chan answer, 1)
			go func() {
				a, _ := p.try(ctx, body(document, ""), asMerchant(merchant, nil)...)
				answered <- a
			}()
			look := time.NewTicker(time.Millisecond)
			defer look.Stop()
			for p.cpu(t) < begun+50*time.Millisecond {
				select {
				case a := <-answered:
					t.Fatalf("the operation is too short: %v", a)
				case <-look.C:
				}
			}
			leave()
			left := p.cpu(t)
			p.settle(t)
			if after := p.cpu(t) - left; after > maxAfter {
				t.Errorf("it took %v of CPU before the caller left, and %v after", left-begun, after)
			}
		})
	}
}

// TestTimeout: an operation ends with the request's time.
func TestTimeout(t *testing.T) {
	t.Parallel()
	const timeout = time.Second // the list has to be fetched within it
	p := start(t, lifted("PAYMENTLINKS_REQUEST_TIMEOUT="+timeout.String())...)
	p.give(t, titled(20_000))
	for name, document := range endless() {
		t.Run(name, func(t *testing.T) {
			p.cost(t, func() { t.Log(p.ask(t, merchant, document, "")) }).within(t, timeout+maxAfter, maxPeak)
		})
	}
}
