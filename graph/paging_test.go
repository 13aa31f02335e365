package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

const pageQuery = `query ($orderBy: PaymentLinkOrder!, $first: Int, $last: Int, $after: String, $before: String) {
	page: paymentLinksConnection(orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
		edges { cursor node { id } } nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
	}
}`

type node struct{ ID string }

type page struct {
	Edges []struct {
		Cursor string
		Node   node
	}
	Nodes      []node
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

func (p page) ids() []string {
	ids := []string{}
	for _, n := range p.Nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

// getPage fetches one page and checks all that must hold for any page.
func getPage(t *testing.T, s server, order, paging string) page {
	t.Helper()
	got := data[struct{ Page page }](t, s, pageQuery, fmt.Sprintf(`{"orderBy": %q, %s}`, order, paging)).Page
	if len(got.Edges) != len(got.Nodes) {
		t.Fatalf("%d edges, %d nodes", len(got.Edges), len(got.Nodes))
	}
	for i, edge := range got.Edges {
		if edge.Node != got.Nodes[i] {
			t.Errorf("edge %d is %v, node %v", i, edge.Node, got.Nodes[i])
		}
	}
	start, end := got.PageInfo.StartCursor, got.PageInfo.EndCursor
	switch {
	case len(got.Edges) == 0:
		if start != nil || end != nil {
			t.Errorf("an empty page has cursors %v, %v", start, end)
		}
	case start == nil || end == nil || *start != got.Edges[0].Cursor || *end != got.Edges[len(got.Edges)-1].Cursor:
		t.Errorf("cursors of the page are not those of its ends")
	}
	return got
}

// randomLinks makes links with many ties and gaps in every value that is ordered by.
func randomLinks(random *rand.Rand, n int) []paymentlink.Record {
	records := make([]paymentlink.Record, n)
	for i := range records {
		id := "id-" + strconv.Itoa(random.IntN(1_000_000))
		records[i] = paymentlink.Record{ID: id, URL: "https://x.example/" + id}
		at := func() time.Time {
			if random.IntN(4) == 0 {
				return time.Time{}
			}
			return instant.Add(time.Duration(random.IntN(5)) * time.Hour)
		}
		records[i].CreatedAt, records[i].UpdatedAt, records[i].ExpiresAt = at(), at(), at()
		if random.IntN(4) > 0 {
			records[i].Currency = []money.Currency{"MXN", "USD"}[random.IntN(2)]
		}
		if amount, err := money.ParseDecimal(strconv.Itoa(random.IntN(4))); err == nil && random.IntN(4) > 0 {
			records[i].Amount = paymentlink.Some(amount)
		}
	}
	return records
}

// Pages joined are the whole list, forwards and backwards, with exact flags.
func TestPagesJoinedAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 15 {
		links := newSource(randomLinks(random, random.IntN(25))...)
		s := newServer(links)
		for _, order := range paymentlink.Orders() {
			whole := getPage(t, s, order.String(), `"first": 250`).ids()
			size := 1 + random.IntN(6)
			forwards, backwards := []string{}, []string{}
			paging := ""
			for pages := 0; ; pages++ {
				p := getPage(t, s, order.String(), fmt.Sprintf(`"first": %d%s`, size, paging))
				if p.PageInfo.HasPreviousPage != (len(forwards) > 0) || p.TotalCount != len(whole) {
					t.Fatalf("%s, page %d: %+v of %d", order, pages, p.PageInfo, p.TotalCount)
				}
				forwards = append(forwards, p.ids()...)
				if !p.PageInfo.HasNextPage {
					break
				}
				paging = fmt.Sprintf(`, "after": %q`, *p.PageInfo.EndCursor)
			}
			paging = ""
			for {
				p := getPage(t, s, order.String(), fmt.Sprintf(`"last": %d%s`, size, paging))
				if p.PageInfo.HasNextPage != (len(backwards) > 0) {
					t.Fatalf("%s, backwards: %+v", order, p.PageInfo)
				}
				backwards = append(p.ids(), backwards...)
				if !p.PageInfo.HasPreviousPage {
					break
				}
				paging = fmt.Sprintf(`, "before": %q`, *p.PageInfo.StartCursor)
			}
			if diff := cmp.Diff(whole, forwards); diff != "" {
				t.Errorf("%s forwards by %d (-whole +joined):\n%s", order, size, diff)
			}
			if diff := cmp.Diff(whole, backwards); diff != "" {
				t.Errorf("%s backwards by %d (-whole +joined):\n%s", order, size, diff)
			}
		}
	}
}

// Links that are there from the first page to the last are given exactly once
// and in order, whatever comes and goes between the pages: also the very link
// that a cursor was taken from.
func TestPagesWhileLinksComeAndGo(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for round := range 40 {
		records := randomLinks(random, 5+random.IntN(20))
		staying := map[string]bool{}
		for _, r := range records {
			staying[r.ID] = true
		}
		order := paymentlink.Orders()[random.IntN(len(paymentlink.Orders()))].String()
		backwards := round%2 == 1
		s := newServer(newSource(records...))
		var got []string
		paging := `"first": 3`
		if backwards {
			paging = `"last": 3`
		}
		for next := paging; ; {
			p := getPage(t, s, order, next)
			more := p.PageInfo.HasNextPage
			if backwards {
				got, more = append(p.ids(), got...), p.PageInfo.HasPreviousPage
			} else {
				got = append(got, p.ids()...)
			}
			if !more {
				break
			}
			next = paging + fmt.Sprintf(`, "after": %q`, *p.PageInfo.EndCursor)
			if backwards {
				next = paging + fmt.Sprintf(`, "before": %q`, *p.PageInfo.StartCursor)
			}
			for range random.IntN(3) {
				gone := random.IntN(len(records))
				delete(staying, records[gone].ID)
				records = slices.Delete(slices.Clone(records), gone, gone+1)
			}
			records = append(slices.Clone(records), randomLinks(random, 1+random.IntN(2))...)
			s.source.set(func(s *source) { s.snapshot.Set = paymentlink.NewSet(slices.Clone(records), nil) })
		}
		seen := map[string]bool{}
		for _, id := range got {
			if seen[id] {
				t.Errorf("%s: %s was given twice", order, id)
			}
			seen[id] = true
		}
		for id := range staying {
			if !seen[id] {
				t.Errorf("%s: %s stayed and was skipped", order, id)
			}
		}
	}
}

// Both cursors at once cut a window, and the flags stay relative to the whole list.
func TestPageBetweenTwoCursors(t *testing.T) {
	s := newServer(newSource(manyLinks(10)...))
	whole := getPage(t, s, "CREATED_AT_DESC", `"first": 10`)
	between := fmt.Sprintf(`, "after": %q, "before": %q`, whole.Edges[2].Cursor, whole.Edges[7].Cursor)
	tests := map[string]struct {
		paging         string
		want           []string
		previous, next bool
	}{
		"from the front": {`"first": 2` + between, whole.ids()[3:5], true, true},
		"from the back":  {`"last": 2` + between, whole.ids()[5:7], true, true},
		"all":            {`"first": 250` + between, whole.ids()[3:7], true, true},
		"none":           {`"first": 0` + between, []string{}, true, true},
		"past the end":   {fmt.Sprintf(`"first": 3, "after": %q`, whole.Edges[9].Cursor), []string{}, true, false},
		"before it all":  {fmt.Sprintf(`"last": 3, "before": %q`, whole.Edges[0].Cursor), []string{}, false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := getPage(t, s, "CREATED_AT_DESC", test.paging)
			if diff := cmp.Diff(test.want, got.ids()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got.PageInfo.HasPreviousPage != test.previous || got.PageInfo.HasNextPage != test.next {
				t.Errorf("flags %+v, want previous %v, next %v", got.PageInfo, test.previous, test.next)
			}
		})
	}
}
