package paymentlink_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

// through sends a position the way that a cursor takes it: as text.
func through(t *testing.T, p paymentlink.Position) paymentlink.Position {
	t.Helper()
	read, err := paymentlink.ParsePosition(p.Order(), p.Fields())
	if err != nil {
		t.Fatalf("ParsePosition(%v, %q): %v", p.Order(), p.Fields(), err)
	}
	return read
}

// nextPage cuts up to size links behind a position off an ordered selection,
// and says what lies behind them; a nil position is the start.
func nextPage(t *testing.T, sel paymentlink.Selection, o paymentlink.Order, after *paymentlink.Position, size int) ([]string, *paymentlink.Position) {
	t.Helper()
	start := 0
	if after != nil {
		start = sel.IndexAfter(*after)
	}
	end := min(start+size, sel.Len())
	if start == end {
		return nil, after
	}
	position := through(t, sel.At(end-1).Position(o, now))
	return idsOf(sel)[start:end], &position
}

// previousPage is nextPage in the other direction; a nil position is the end.
func previousPage(t *testing.T, sel paymentlink.Selection, o paymentlink.Order, before *paymentlink.Position, size int) ([]string, *paymentlink.Position) {
	t.Helper()
	end := sel.Len()
	if before != nil {
		end = sel.IndexBefore(*before)
	}
	start := max(0, end-size)
	if start == end {
		return nil, before
	}
	position := through(t, sel.At(start).Position(o, now))
	return idsOf(sel)[start:end], &position
}

func TestPagesJoinedAreTheWhole(t *testing.T) {
	const seed = 30
	r := newRand(seed)
	for round := range 30 {
		set := newSet(generate(r, r.IntN(120)))
		filter := generateFilter(r, set)
		size := 1 + r.IntN(30)
		for _, order := range paymentlink.Orders() {
			sel := set.Select(filter, now).OrderBy(order, now)
			want := idsOf(sel)

			forward := []string{}
			var page []string
			var at *paymentlink.Position
			for page, at = nextPage(t, sel, order, nil, size); len(page) > 0; page, at = nextPage(t, sel, order, at, size) {
				forward = append(forward, page...)
			}
			if diff := cmp.Diff(want, forward); diff != "" {
				t.Fatalf("seed %d, round %d, %v, pages of %d forwards (-want +got):\n%s", seed, round, order, size, diff)
			}

			backward := []string{}
			for page, at = previousPage(t, sel, order, nil, size); len(page) > 0; page, at = previousPage(t, sel, order, at, size) {
				backward = append(slices.Clone(page), backward...)
			}
			if diff := cmp.Diff(want, backward); diff != "" {
				t.Fatalf("seed %d, round %d, %v, pages of %d backwards (-want +got):\n%s", seed, round, order, size, diff)
			}
		}
	}
}

// Between two pages links are created and removed, those that cursors were
// taken from among them. Whatever was there all the time appears exactly once,
// and in order; nothing appears twice.
func TestPagesWhileLinksComeAndGo(t *testing.T) {
	const seed = 31
	pagers := map[string]func(*testing.T, paymentlink.Selection, paymentlink.Order, *paymentlink.Position, int) ([]string, *paymentlink.Position){
		"forwards": nextPage, "backwards": previousPage,
	}
	for name, turn := range pagers {
		t.Run(name, func(t *testing.T) {
			r := newRand(seed)
			for round := range 20 {
				for _, order := range paymentlink.Orders() {
					records := generate(r, 80)
					staying := map[string]bool{}
					for _, record := range records {
						staying[record.ID] = true
					}
					seen := []string{}
					page, at := turn(t, newSet(records).All().OrderBy(order, now), order, nil, 7)
					for len(page) > 0 {
						seen = append(seen, page...)
						records = churn(r, records, staying, page)
						page, at = turn(t, newSet(records).All().OrderBy(order, now), order, at, 7)
					}
					if name == "backwards" {
						seen = joinBackwards(seen, 7)
					}
					checkSeen(t, fmt.Sprintf("seed %d, round %d, %v", seed, round, order), order, seen, records, staying)
				}
			}
		})
	}
}

// churn removes some links, the last one of the page among them half of the
// time, and adds some in their stead.
func churn(r *rand.Rand, records []paymentlink.Record, staying map[string]bool, page []string) []paymentlink.Record {
	records = slices.DeleteFunc(slices.Clone(records), func(record paymentlink.Record) bool {
		gone := r.IntN(12) == 0 || (record.ID == page[len(page)-1] && r.IntN(2) == 0) || (record.ID == page[0] && r.IntN(2) == 0)
		if gone {
			delete(staying, record.ID)
		}
		return gone
	})
	for range r.IntN(6) {
		place := r.IntN(len(records) + 1)
		records = slices.Insert(records, place, generateOne(r, fmt.Sprintf("%08x-new", r.Uint32())))
	}
	return records
}

// joinBackwards turns pages that were read from the end into one list.
func joinBackwards(seen []string, size int) []string {
	var joined []string
	for page := range slices.Chunk(seen, size) {
		joined = append(slices.Clone(page), joined...)
	}
	return joined
}

func checkSeen(t *testing.T, where string, order paymentlink.Order, seen []string, records []paymentlink.Record, staying map[string]bool) {
	t.Helper()
	if sorted := slices.Sorted(slices.Values(seen)); len(slices.Compact(sorted)) != len(seen) {
		t.Errorf("%s: a link appears twice in %q", where, seen)
	}
	stayed := slices.DeleteFunc(slices.Clone(records), func(record paymentlink.Record) bool { return !staying[record.ID] })
	got := slices.DeleteFunc(slices.Clone(seen), func(id string) bool { return !staying[id] })
	if diff := cmp.Diff(naiveOrder(stayed, order), got); diff != "" {
		t.Errorf("%s: links that were there all the time (-want +got):\n%s", where, diff)
	}
}
