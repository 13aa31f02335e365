package paymentlink_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// A few links are sorted by value at first and by rank later on; nobody may
// see the difference, whatever was asked for before.
func TestFewLinksOrderedAgainAndAgain(t *testing.T) {
	const seed, links, few = 70, 600, 30
	records := generate(newRand(seed), links)
	byID := map[string]paymentlink.Record{}
	var ids []string
	for _, record := range records {
		byID[record.ID] = record
		if len(ids) < few {
			ids = append(ids, record.ID)
		}
	}
	for name, warm := range map[string]func(*paymentlink.Set, paymentlink.Order){
		"nothing asked for before": func(*paymentlink.Set, paymentlink.Order) {},
		"the whole list asked for": func(set *paymentlink.Set, o paymentlink.Order) { set.All().OrderBy(o, now) },
		"the other direction":      func(set *paymentlink.Set, o paymentlink.Order) { set.All().OrderBy((o-1)^1+1, now) },
		"half of the list": func(set *paymentlink.Set, o paymentlink.Order) {
			set.Select(paymentlink.Filter{Search: "ll"}, now).OrderBy(o, now)
		},
		"one index":                func(set *paymentlink.Set, o paymentlink.Order) { set.Select(active(), now).OrderBy(o, now) },
		"the expiries of the list": func(set *paymentlink.Set, _ paymentlink.Order) { set.NextExpiry(now) },
		"other links in that order": func(set *paymentlink.Set, o paymentlink.Order) {
			set.Select(paymentlink.Filter{IDs: ids[:2]}, now).OrderBy(o, now)
		},
	} {
		t.Run(name, func(t *testing.T) {
			set := newSet(records)
			for _, order := range paymentlink.Orders() {
				warm(set, order)
				want := slices.SortedFunc(slices.Values(ids), func(a, b string) int { return naiveCompare(order, byID[a], byID[b]) })
				sel := set.Select(paymentlink.Filter{IDs: ids}, now)
				for again := range 2 * links / few {
					if diff := cmp.Diff(want, idsOf(sel.OrderBy(order, now))); diff != "" {
						t.Fatalf("%v, time %d (-want +got):\n%s", order, again, diff)
					}
				}
			}
		})
	}
}

// Shares of the list from next to nothing to all of it, on both sides of every
// threshold between the ways of ordering.
func TestSharesOfTheListInOrder(t *testing.T) {
	const seed, links = 71, 640
	records := generate(newRand(seed), links)
	for _, share := range []int{0, 1, 2, 39, 40, 41, 79, 320, 639, 640} {
		set := newSet(records)
		some := records[:share]
		ids := make([]string, share)
		for i, record := range some {
			ids[i] = record.ID
		}
		for _, order := range paymentlink.Orders() {
			got := idsOf(set.Select(paymentlink.Filter{IDs: ids}, now).OrderBy(order, now))
			if diff := cmp.Diff(naiveOrder(some, order), got); diff != "" {
				t.Errorf("%d of %d links, %v (-want +got):\n%s", share, links, order, diff)
			}
		}
	}
}

// All links equal but for their ids, and none with a value: ids decide alone.
func TestIDsDecideAlone(t *testing.T) {
	amount := paymentlink.Some(decimal("1"))
	tests := map[string]paymentlink.Record{
		"all values equal":    {CreatedAt: now, UpdatedAt: now, ExpiresAt: now, Currency: "MXN", Amount: amount},
		"no values":           {},
		"no amount":           {Currency: "MXN"},
		"amount, no currency": {Amount: amount},
	}
	for name, record := range tests {
		var records []paymentlink.Record
		for id := range strings.SplitSeq("c a B b 10 9 ñ z aa", " ") {
			record.ID, record.URL = id, "https://x.example/same"
			records = append(records, record)
		}
		set := newSet(records)
		for _, order := range paymentlink.Orders() {
			// By bytes: digits, capitals, small letters, the rest.
			want := []string{"10", "9", "B", "a", "aa", "b", "c", "z", "ñ"}
			if diff := cmp.Diff(want, idsOf(set.All().OrderBy(order, now))); diff != "" {
				t.Errorf("%s, %v (-want +got):\n%s", name, order, diff)
			}
		}
	}
}

// Many currencies make many indexes; orders by amount go through them all.
func TestAmountOrdersOfManyCurrencies(t *testing.T) {
	const seed = 72
	r := newRand(seed)
	records := generate(r, 500)
	for i := range records {
		records[i].Currency = pickOne(r, "", money.Currency([]byte{'A' + byte(r.IntN(26)), 'A' + byte(r.IntN(2)), 'Z'}))
	}
	set := newSet(records)
	for _, order := range []paymentlink.Order{paymentlink.AmountAsc, paymentlink.AmountDesc} {
		got := set.All().OrderBy(order, now)
		if diff := cmp.Diff(naiveOrder(records, order), idsOf(got)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", order, diff)
		}
		for i, link := range indexed(got) {
			if at := got.IndexBefore(link.Position(order, now)); at != i {
				t.Fatalf("%v: link %d is found at %d", order, i, at)
			}
		}
	}
}
