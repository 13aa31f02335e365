package paymentlink_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

// plainGroup is a group that go-cmp can read.
type plainGroup struct {
	Name       string
	Count      int
	ByCurrency []plainCurrency
}

func plainEnvironments(t *testing.T, groups []paymentlink.EnvironmentGroup) (out []plainGroup) {
	t.Helper()
	for _, g := range groups {
		out = append(out, plainGroup{g.Environment.String(), g.Count, plainCurrencies(t, g.ByCurrency)})
	}
	return out
}

func plainSlugs(t *testing.T, groups []paymentlink.SlugGroup) (out []plainGroup) {
	t.Helper()
	for _, g := range groups {
		out = append(out, plainGroup{g.Slug, g.Count, plainCurrencies(t, g.ByCurrency)})
	}
	return out
}

// chosen are the links of a selection as records, in its order.
func chosen(records []paymentlink.Record, sel paymentlink.Selection) (out []paymentlink.Record) {
	byID := map[string]paymentlink.Record{}
	for _, record := range records {
		byID[record.ID] = record
	}
	for link := range sel.All() {
		out = append(out, byID[link.ID()])
	}
	return out
}

func TestGroupsEqualTheNaiveLoop(t *testing.T) {
	const seed = 62
	r := newRand(seed)
	for round := range 60 {
		records := generate(r, r.IntN(150))
		set := newSet(records)
		sel := set.Select(generateFilter(r, set), now)
		if r.IntN(2) == 0 {
			sel = sel.OrderBy(pickOne(r, paymentlink.Orders()...), now)
		}
		selected := chosen(records, sel)
		part := func(name string, isIn func(paymentlink.Record) bool) plainGroup {
			var some []paymentlink.Record
			for _, record := range selected {
				if isIn(record) {
					some = append(some, record)
				}
			}
			return plainGroup{name, len(some), naiveCurrencies(some, now)}
		}

		var want []plainGroup
		hosts := map[string]string{"TEST": "//test.", "LIVE": "//pay.", "UNKNOWN": "//elsewhere."}
		for _, name := range []string{"TEST", "LIVE", "UNKNOWN"} {
			want = append(want, part(name, func(record paymentlink.Record) bool { return strings.Contains(record.URL, hosts[name]) }))
		}
		if diff := cmp.Diff(want, plainEnvironments(t, sel.ByEnvironment(now))); diff != "" {
			t.Fatalf("seed %d, round %d, by environment (-want +got):\n%s", seed, round, diff)
		}

		want = nil
		for _, name := range []string{"shop", "tienda", "ñandú", ""} {
			isIn := func(record paymentlink.Record) bool { return strings.EqualFold(strings.TrimSpace(record.Slug), name) }
			for _, record := range selected {
				if isIn(record) {
					want = append(want, part(strings.TrimSpace(record.Slug), isIn)) // as the first has it
					break
				}
			}
		}
		if diff := cmp.Diff(want, plainSlugs(t, sel.BySlug(now))); diff != "" {
			t.Fatalf("seed %d, round %d, by slug (-want +got):\n%s", seed, round, diff)
		}
	}
}

func TestGroupsOfNothing(t *testing.T) {
	var none paymentlink.Selection
	if got := none.BySlug(now); len(got) != 0 {
		t.Errorf("by slug: %+v", got)
	}
	got := plainEnvironments(t, none.ByEnvironment(now))
	want := []plainGroup{{"TEST", 0, []plainCurrency{}}, {"LIVE", 0, []plainCurrency{}}, {"UNKNOWN", 0, []plainCurrency{}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by environment (-want +got):\n%s", diff)
	}
}
