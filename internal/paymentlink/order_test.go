package paymentlink_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

func TestOrderRules(t *testing.T) {
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	active := paymentlink.Some[int32](1)
	// The ids are in the order of the alphabet where nothing else decides.
	records := []paymentlink.Record{
		{ID: "f", Description: "Ñu", StatusCode: active, CreatedAt: at(2), UpdatedAt: at(5), Currency: "USD", Amount: paymentlink.Some(decimal("1"))},
		{ID: "e", Description: "ALFA", StatusCode: paymentlink.Some[int32](3), CreatedAt: at(1), ExpiresAt: at(9), Currency: "MXN"},
		{ID: "d", Description: "Über", StatusCode: paymentlink.Some[int32](0), CreatedAt: at(2), UpdatedAt: at(3), Amount: paymentlink.Some(decimal("0.5"))},
		{ID: "c", Description: "ón", StatusCode: active, ExpiresAt: at(9), Currency: "MXN", Amount: paymentlink.Some(decimal("10"))},
		{ID: "b", Description: "Óń", StatusCode: paymentlink.Some[int32](0), UpdatedAt: at(3), ExpiresAt: at(8), Currency: "MXN", Amount: paymentlink.Some(decimal("9.5"))},
		{ID: "a", Description: "on", CreatedAt: at(2), Currency: "MXN", Amount: paymentlink.Some(decimal("10.0"))},
	}
	tests := map[paymentlink.Order]string{
		0:                         "fedcba",
		paymentlink.CreatedAtAsc:  "eadfbc",
		paymentlink.CreatedAtDesc: "adfebc",
		paymentlink.UpdatedAtAsc:  "bdface",
		paymentlink.UpdatedAtDesc: "fbdace",
		paymentlink.ExpiresAtAsc:  "bceadf",
		paymentlink.ExpiresAtDesc: "cebadf",
		paymentlink.AmountAsc:     "bacefd",
		paymentlink.AmountDesc:    "acbefd",
		paymentlink.TitleAsc:      "efabcd",
		paymentlink.TitleDesc:     "dabcfe",
		paymentlink.StateAsc:      "cfbdae",
		paymentlink.StateDesc:     "aebdcf",
	}
	set := newSet(records)
	for order, want := range tests {
		if got := strings.Join(idsOf(set.All().OrderBy(order, now)), ""); got != want {
			t.Errorf("OrderBy(%v) = %s, want %s", order, got, want)
		}
	}
}

func TestOrdersEqualANaiveSort(t *testing.T) {
	const seed = 10
	r := newRand(seed)
	for _, n := range []int{0, 1, 2, 3, 17, 100, 700} {
		records := generate(r, n)
		set := newSet(records)
		for _, order := range paymentlink.Orders() {
			if diff := cmp.Diff(naiveOrder(records, order), idsOf(set.All().OrderBy(order, now))); diff != "" {
				t.Errorf("seed %d, %d links, %v (-want +got):\n%s", seed, n, order, diff)
			}
		}
	}
}

// Selections come from one index, from several or from a pass, are small or
// large beside the list, and are ordered before or after the list itself.
func TestSelectionsAreOrderedLikeTheList(t *testing.T) {
	const seed = 11
	filters := map[string]paymentlink.Filter{
		"one index":       {Status: []paymentlink.Status{paymentlink.StatusActive}},
		"small index":     {Status: []paymentlink.Status{paymentlink.StatusUnknown}, Currency: []money.Currency{"JPY"}},
		"several indexes": {Currency: []money.Currency{"USD", "JPY"}},
		"pass, many":      {State: []paymentlink.State{paymentlink.StateOpen, paymentlink.StateExpired}},
		"pass, few":       {Search: "ñandú07"},
		"none":            {IDs: []string{}},
	}
	for name, filter := range filters {
		for _, listFirst := range []bool{false, true} {
			records := generate(newRand(seed), 1000)
			set := newSet(records)
			for _, order := range paymentlink.Orders() {
				if listFirst {
					set.All().OrderBy(order, now)
				}
				sel := set.Select(filter, now)
				want := idsOf(sel)
				byID := map[string]paymentlink.Record{}
				for _, record := range records {
					byID[record.ID] = record
				}
				slices.SortFunc(want, func(a, b string) int { return naiveCompare(order, byID[a], byID[b]) })
				if diff := cmp.Diff(want, idsOf(sel.OrderBy(order, now))); diff != "" {
					t.Errorf("%s, list ordered first: %v, %v (-want +got):\n%s", name, listFirst, order, diff)
				}
			}
		}
	}
}

func TestOrderingAgain(t *testing.T) {
	records := generate(newRand(12), 50)
	sel := newSet(records).Select(paymentlink.Filter{Search: "l"}, now)
	once := idsOf(sel.OrderBy(paymentlink.AmountAsc, now))
	for name, again := range map[string]paymentlink.Selection{
		"same order":      sel.OrderBy(paymentlink.AmountAsc, now).OrderBy(paymentlink.AmountAsc, now),
		"through another": sel.OrderBy(paymentlink.CreatedAtDesc, now).OrderBy(paymentlink.AmountAsc, now),
		"zero order":      sel.OrderBy(paymentlink.AmountAsc, now).OrderBy(0, now),
		"no such order":   sel.OrderBy(paymentlink.AmountAsc, now).OrderBy(200, now),
	} {
		if diff := cmp.Diff(once, idsOf(again)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// An order by state is that of its instant, whatever was asked for before.
func TestOrdersByStateThroughTime(t *testing.T) {
	set := newSet([]paymentlink.Record{
		{ID: "a", StatusCode: paymentlink.Some[int32](1), ExpiresAt: now.Add(time.Hour)},
		{ID: "b", StatusCode: paymentlink.Some[int32](1), ExpiresAt: now.Add(2 * time.Hour)},
		{ID: "c", StatusCode: paymentlink.Some[int32](1)},
	})
	sel := set.All()
	for hours, want := range []string{"abc", "bca", "cab", "cab"} {
		at := now.Add(time.Duration(hours) * time.Hour)
		sel = sel.OrderBy(paymentlink.StateAsc, at)
		if got := strings.Join(idsOf(sel), ""); got != want {
			t.Errorf("after %d hours: %s, want %s", hours, got, want)
		}
		for i, link := range indexed(sel) {
			if got := sel.IndexBefore(through(t, link.Position(paymentlink.StateAsc, at))); got != i {
				t.Errorf("after %d hours: link %d is found at %d", hours, i, got)
			}
		}
	}
}

// Indexes are made when first asked for; under -race this shows that asking
// from many sides at once is safe, and that all see the same.
func TestConcurrentUse(t *testing.T) {
	records := generate(newRand(13), 300)
	set := newSet(records)
	want := map[paymentlink.Order][]string{}
	for _, order := range paymentlink.Orders() {
		want[order] = naiveOrder(records, order)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, order := range paymentlink.Orders() {
				if !slices.Equal(want[order], idsOf(set.All().OrderBy(order, now))) {
					t.Errorf("OrderBy(%v) differs from the naive sort", order)
				}
				active := set.Select(paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}}, now)
				active.OrderBy(order, now)
				active.Summary(now.Add(time.Duration(order) * time.Minute))
				set.Select(paymentlink.Filter{Search: "cafe"}, now)
				set.ByCode(set.All().At(int(order)).Code())
				set.NextExpiry(now)
			}
		})
	}
	wg.Wait()
}
