package paymentlink_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// plainSummary is a Summary that go-cmp can read; sums are in lowest terms.
type plainSummary struct {
	Count      int
	ByState    [4]int
	ByCurrency []plainCurrency
	Next       string
}

type plainCurrency struct {
	Currency    money.Currency
	Count       int
	Total, Open string
	Range       string // amounts, smallest, largest and average
}

func plain(t *testing.T, s paymentlink.Summary) plainSummary {
	t.Helper()
	out := plainSummary{Count: s.Count, ByCurrency: []plainCurrency{}}
	for i, state := range paymentlink.States() {
		if s.ByState[i].State != state {
			t.Errorf("ByState[%d] is of %v, want %v", i, s.ByState[i].State, state)
		}
		out.ByState[i] = s.ByState[i].Count
	}
	out.ByCurrency = plainCurrencies(t, s.ByCurrency)
	if link, ok := s.NextToExpire(); ok {
		out.Next = link.ID()
	}
	return out
}

func plainCurrencies(t *testing.T, summaries []paymentlink.CurrencySummary) []plainCurrency {
	t.Helper()
	out := []plainCurrency{}
	for _, c := range summaries {
		if c.Total.Currency() != c.Currency || c.OpenTotal.Currency() != c.Currency {
			t.Errorf("totals of %s are in %s and %s", c.Currency, c.Total.Currency(), c.OpenTotal.Currency())
		}
		line := plainCurrency{c.Currency, c.Count, lowest(t, c.Total), lowest(t, c.OpenTotal), "0 amounts"}
		least, hasLeast := c.Min()
		most, hasMost := c.Max()
		average, hasAverage := c.Average()
		if hasLeast != (c.Amounts > 0) || hasMost != hasLeast || hasAverage != hasLeast {
			t.Errorf("%s has %d amounts, a smallest %v, a largest %v, an average %v", c.Currency, c.Amounts, hasLeast, hasMost, hasAverage)
		}
		if hasLeast {
			line.Range = fmt.Sprintf("%d amounts from %s to %s, average %s", c.Amounts, lowest(t, least), lowest(t, most), lowest(t, average))
		}
		out = append(out, line)
	}
	return out
}

func lowest(t *testing.T, a money.Amount) string {
	t.Helper()
	value, ok := new(big.Rat).SetString(a.Value())
	if !ok {
		t.Fatalf("no number: %q", a.Value())
	}
	return value.String()
}

// naiveSummary adds up rationals.
func naiveSummary(records []paymentlink.Record, now time.Time) plainSummary {
	out := plainSummary{Count: len(records), ByCurrency: []plainCurrency{}}
	var next *paymentlink.Record
	for i, r := range records {
		state := naiveState(r, now)
		out.ByState[slices.Index(paymentlink.States(), state)]++
		if state != paymentlink.StateOpen || r.ExpiresAt.IsZero() {
			continue
		}
		if next == nil || naiveCompare(paymentlink.ExpiresAtAsc, r, *next) < 0 {
			next = &records[i]
		}
	}
	out.ByCurrency = naiveCurrencies(records, now)
	if next != nil {
		out.Next = next.ID
	}
	return out
}

func naiveCurrencies(records []paymentlink.Record, now time.Time) []plainCurrency {
	out := []plainCurrency{}
	var currencies []money.Currency
	for _, r := range records {
		if r.Currency != "" && !slices.Contains(currencies, r.Currency) {
			currencies = append(currencies, r.Currency)
		}
	}
	slices.Sort(currencies)
	for _, c := range currencies {
		line, total, open := plainCurrency{Currency: c, Range: "0 amounts"}, new(big.Rat), new(big.Rat)
		var amounts []*big.Rat
		for _, r := range records {
			if r.Currency != c {
				continue
			}
			line.Count++
			if !r.Amount.Valid {
				continue
			}
			amounts = append(amounts, rat(r))
			total.Add(total, rat(r))
			if naiveState(r, now) == paymentlink.StateOpen {
				open.Add(open, rat(r))
			}
		}
		line.Total, line.Open = total.String(), open.String()
		if len(amounts) > 0 {
			compare := func(a, b *big.Rat) int { return a.Cmp(b) }
			decimals := map[money.Currency]int{"JPY": 0}
			average := new(big.Rat).Quo(total, new(big.Rat).SetInt64(int64(len(amounts))))
			digits := 2
			if d, ok := decimals[c]; ok {
				digits = d
			}
			rounded, _ := new(big.Rat).SetString(average.FloatString(digits)) // half away from zero
			line.Range = fmt.Sprintf("%d amounts from %s to %s, average %s", len(amounts), slices.MinFunc(amounts, compare), slices.MaxFunc(amounts, compare), rounded)
		}
		out = append(out, line)
	}
	return out
}

func TestSummary(t *testing.T) {
	active, inactive := paymentlink.Some[int32](1), paymentlink.Some[int32](0)
	amount := func(text string) paymentlink.Optional[money.Decimal] { return paymentlink.Some(decimal(text)) }
	set := newSet([]paymentlink.Record{
		{ID: "z", StatusCode: active, Currency: "USD", Amount: amount("0.1"), ExpiresAt: now.Add(2)},
		{ID: "y", StatusCode: active, Currency: "MXN", Amount: amount("0.2"), ExpiresAt: now.Add(1)},
		{ID: "x", StatusCode: active, Currency: "MXN", Amount: amount("0.1"), ExpiresAt: now.Add(1)},
		{ID: "w", StatusCode: active, Currency: "MXN", Amount: amount("10"), ExpiresAt: now},
		{ID: "v", StatusCode: inactive, Currency: "MXN", Amount: amount("20"), ExpiresAt: now.Add(0)},
		{ID: "u", StatusCode: inactive, Currency: "MXN", Amount: amount("30")},
		{ID: "t", Currency: "EUR"},
		{ID: "s", StatusCode: active, Amount: amount("40")},
	})
	want := plainSummary{
		Count:   8,
		ByState: [4]int{4, 2, 1, 1},
		ByCurrency: []plainCurrency{
			{"EUR", 1, "0/1", "0/1", "0 amounts"},
			{"MXN", 5, "603/10", "3/10", "5 amounts from 1/10 to 30/1, average 603/50"},
			{"USD", 1, "1/10", "1/10", "1 amounts from 1/10 to 1/10, average 1/10"},
		},
		Next: "x",
	}
	if diff := cmp.Diff(want, plain(t, set.All().Summary(now))); diff != "" {
		t.Errorf("Summary() (-want +got):\n%s", diff)
	}
	if got := set.All().Summary(now).ByCurrency[1].Total.Value(); got != "60.30" {
		t.Errorf("total in MXN = %q, want 60.30", got)
	}
	if link, ok := set.All().Summary(now.Add(2)).NextToExpire(); ok {
		t.Errorf("NextToExpire() = %s when all have expired, want none", link.ID())
	}
}

func TestSummariesEqualRationals(t *testing.T) {
	const seed = 60
	r := newRand(seed)
	for round := range 100 {
		records := generate(r, r.IntN(200))
		set := newSet(records)
		byID := map[string]paymentlink.Record{}
		for _, record := range records {
			byID[record.ID] = record
		}
		for range 5 {
			sel := set.Select(generateFilter(r, set), now)
			if r.IntN(2) == 0 {
				sel = sel.OrderBy(pickOne(r, paymentlink.Orders()...), now)
			}
			var selected []paymentlink.Record
			for link := range sel.All() {
				selected = append(selected, byID[link.ID()])
			}
			if diff := cmp.Diff(naiveSummary(selected, now), plain(t, sel.Summary(now))); diff != "" {
				t.Fatalf("seed %d, round %d (-want +got):\n%s", seed, round, diff)
			}
		}
	}
}

// A summary of a whole index is kept until a link of it expires; nobody may
// notice, whichever way the instants of two callers lie.
func TestSummariesThroughTime(t *testing.T) {
	const seed = 61
	r := newRand(seed)
	records := generate(r, 120)
	set := newSet(records)
	for step := range 400 {
		at := now.Add(time.Duration(r.IntN(50)-25) * time.Minute).Add(time.Duration(r.IntN(3) - 1))
		if step%10 == 0 {
			at = pickOne(r, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		if diff := cmp.Diff(naiveSummary(records, at), plain(t, set.All().Summary(at))); diff != "" {
			t.Fatalf("seed %d, step %d at %v (-want +got):\n%s", seed, step, at, diff)
		}
	}
}
