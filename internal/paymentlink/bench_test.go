package paymentlink_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

var sizes = []int{5, 200, 10_000} //nolint:gochecknoglobals // the sizes that all benchmarks share, never written

// realistic makes the list of a usual merchant: newest first, most of it
// active and in pesos, every fourth link with an expiry.
func realistic(n int) []paymentlink.Record {
	r := newRand(uint64(n))
	records := make([]paymentlink.Record, n)
	for i := range records {
		code := fmt.Sprintf("ll%06x", r.IntN(1<<24))
		created := now.Add(-time.Duration(i) * time.Minute)
		records[i] = paymentlink.Record{
			ID: fmt.Sprintf("%016x%016x%04d", r.Uint64(), r.Uint64(), i), Code: code, Slug: "mylink",
			URL:         "https://pay.billpocket.com/mylink/" + code,
			Description: pickOne(r, "Mesa 4", "Clase de cerámica, martes", "Anticipo", "") + " (" + code + ")",
			Amount:      paymentlink.Some(decimal(fmt.Sprintf("%d.%02d", r.IntN(5000), r.IntN(4)*25))), Currency: "MXN",
			StatusCode: paymentlink.Some[int32](1), CreatedAt: created, UpdatedAt: created,
		}
		if r.IntN(10) == 0 {
			records[i].StatusCode.Value = 0
		}
		if r.IntN(20) == 0 {
			records[i].Currency = "USD"
		}
		if r.IntN(4) == 0 {
			records[i].ExpiresAt = now.Add(time.Duration(r.IntN(2000)-1000) * time.Minute)
		}
	}
	return records
}

func benchmarkSizes(b *testing.B, run func(*testing.B, *paymentlink.Set)) {
	b.Helper()
	for _, n := range sizes {
		b.Run(fmt.Sprintf("links=%d", n), func(b *testing.B) {
			set := newSet(realistic(n))
			b.ReportAllocs()
			run(b, set)
		})
	}
}

func active() paymentlink.Filter {
	return paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}, Currency: []money.Currency{"MXN"}}
}

func BenchmarkNewSet(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("links=%d", n), func(b *testing.B) {
			records := realistic(n)
			b.ReportAllocs()
			for b.Loop() {
				paymentlink.NewSet(records, []string{"pay.billpocket.com"})
			}
		})
	}
}

// BenchmarkSelect goes through the whole selection, as an answer does.
func BenchmarkSelect(b *testing.B) {
	pages := map[string]paymentlink.Filter{
		"status+currency": active(),
		"two currencies":  {Currency: []money.Currency{"MXN", "USD"}},
		"state":           {State: []paymentlink.State{paymentlink.StateOpen}},
		"created":         {CreatedAt: paymentlink.TimeRange{From: now.Add(-time.Hour)}},
		"search":          {Search: "ceramica"},
		"search+status":   {Search: "ceramica", Status: []paymentlink.Status{paymentlink.StatusActive}},
	}
	for name, filter := range pages {
		b.Run(name, func(b *testing.B) {
			benchmarkSizes(b, func(b *testing.B, set *paymentlink.Set) {
				for b.Loop() {
					if sel := set.Select(filter, now); sel.Len() > set.Len() {
						b.Fatal("more than there are")
					}
				}
			})
		})
	}
}

// BenchmarkPage cuts the first 20 links, and those behind a cursor.
func BenchmarkPage(b *testing.B) {
	filters := map[string]paymentlink.Filter{
		"all":             {},
		"status+currency": active(),
		"state":           {State: []paymentlink.State{paymentlink.StateOpen}},
	}
	for name, filter := range filters {
		b.Run(name, func(b *testing.B) {
			benchmarkSizes(b, func(b *testing.B, set *paymentlink.Set) {
				ids := 0
				position := set.All().At(set.Len()/2).Position(paymentlink.AmountDesc, now)
				for b.Loop() {
					sel := set.Select(filter, now).OrderBy(paymentlink.AmountDesc, now)
					after := sel.IndexAfter(position)
					for i := range min(20, sel.Len()) {
						ids += len(sel.At(i).ID())
					}
					for i := after; i < min(after+20, sel.Len()); i++ {
						ids += len(sel.At(i).ID())
					}
				}
				if ids == 0 {
					b.Fatal("no links")
				}
			})
		})
	}
}

// BenchmarkFold builds the text of searches over a megabyte of descriptions.
func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{"ASCII": "mesa ", "accents": "ñ", "ligatures": "\ufdfa", "Korean": "한"} {
		b.Run(name, func(b *testing.B) {
			records := realistic(1000)
			for i := range records {
				records[i].Description = strings.Repeat(text, 1000/len(text))
			}
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				set := newSet(records)
				b.StartTimer()
				set.Select(paymentlink.Filter{Search: "zz"}, now)
			}
		})
	}
}

func BenchmarkSummary(b *testing.B) {
	b.Run("kept", func(b *testing.B) {
		benchmarkSizes(b, func(b *testing.B, set *paymentlink.Set) {
			for b.Loop() {
				set.All().Summary(now)
			}
		})
	})
	b.Run("computed", func(b *testing.B) {
		benchmarkSizes(b, func(b *testing.B, set *paymentlink.Set) {
			sel := set.Select(paymentlink.Filter{CreatedAt: paymentlink.TimeRange{To: now.Add(time.Hour)}}, now)
			for b.Loop() {
				sel.Summary(now)
			}
		})
	})
}

func BenchmarkLookUp(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, set *paymentlink.Set) {
		link := set.All().At(set.Len() / 2)
		id, code := link.ID(), link.Code()
		for b.Loop() {
			if _, ok := set.ByID(id); !ok {
				b.Fatal("no such id")
			}
			if _, ok := set.ByCode(code); !ok {
				b.Fatal("no such code")
			}
		}
	})
}

// hundredOf makes a list in which 100 links are inactive dollars and 100 are
// inactive euros.
func hundredOf(n int) []paymentlink.Record {
	base := realistic(1000)
	records := make([]paymentlink.Record, n)
	for i := range records {
		r := &records[i]
		*r = base[i%len(base)]
		r.ID, r.CreatedAt = strconv.Itoa(i)+r.ID, now.Add(-time.Duration(i)*time.Minute)
		r.StatusCode, r.Currency = paymentlink.Some[int32](1), "MXN"
	}
	for i := range 100 {
		usd, eur := &records[i*(n/100)], &records[i*(n/100)+1]
		usd.StatusCode.Value, usd.Currency = 0, "USD"
		eur.StatusCode.Value, eur.Currency = 0, "EUR"
	}
	return records
}

// BenchmarkSelectHundred shows that a selection costs by its result: 100 of
// 100,000 links no more than twice 100 of 1,000, by one index or by two, in
// upstream's order or in another one. The first callers, who find no order
// made yet, are not counted.
func BenchmarkSelectHundred(b *testing.B) {
	inactive := []paymentlink.Status{paymentlink.StatusInactive}
	filters := map[string]paymentlink.Filter{
		"one index":   {Status: inactive, Currency: []money.Currency{"USD"}},
		"two indexes": {Status: inactive, Currency: []money.Currency{"USD", "EUR"}},
	}
	for name, filter := range filters {
		for _, order := range []paymentlink.Order{0, paymentlink.CreatedAtDesc, paymentlink.AmountAsc} {
			for _, n := range []int{1_000, 100_000} {
				b.Run(fmt.Sprintf("%s/order=%s/links=%d", name, order, n), func(b *testing.B) {
					set := newSet(hundredOf(n))
					for range 1 + n/100 {
						set.Select(filter, now).OrderBy(order, now)
					}
					b.ReportAllocs()
					for b.Loop() {
						ids := 0
						for link := range set.Select(filter, now).OrderBy(order, now).All() {
							ids += len(link.ID())
						}
						if ids == 0 {
							b.Fatal("no links")
						}
					}
				})
			}
		}
	}
}

// BenchmarkArrange orders selections of growing shares of 10,000 links that no
// index holds: the figures behind walkFrom.
func BenchmarkArrange(b *testing.B) {
	set := newSet(realistic(10_000))
	ids := idsOf(set.All())
	set.All().OrderBy(paymentlink.AmountAsc, now)
	for _, share := range []int{100, 300, 500, 700, 1000, 2500, 5000} {
		b.Run(fmt.Sprintf("selected=%d", share), func(b *testing.B) {
			var some []string
			for i := range share {
				some = append(some, ids[i*(len(ids)/share)])
			}
			sel := set.Select(paymentlink.Filter{IDs: some}, now)
			b.ReportAllocs()
			for b.Loop() {
				sel.OrderBy(paymentlink.AmountAsc, now)
			}
		})
	}
}

// TestHotPathsDoNotAllocate keeps what every request does free of garbage.
func TestHotPathsDoNotAllocate(t *testing.T) {
	set := newSet(realistic(1000))
	link := set.All().At(500)
	id, code, url := link.ID(), link.Code(), link.URL()
	position := link.Position(paymentlink.CreatedAtDesc, now)
	filter := active()
	tests := map[string]func(){
		"by id":       func() { set.ByID(id) },
		"by code":     func() { set.ByCode(code) },
		"by URL":      func() { set.ByCode(url) },
		"next expiry": func() { set.NextExpiry(now) },
		"title":       func() { link.Title() },
		"state":       func() { link.State(now) },
		"everything":  func() { set.Select(paymentlink.Filter{}, now) },
		"select":      func() { set.Select(filter, now) },
		"page": func() {
			sel := set.Select(filter, now).OrderBy(paymentlink.CreatedAtDesc, now)
			for i := sel.IndexAfter(position); i < sel.Len(); i++ {
				sel.At(i).ID()
			}
		},
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			run() // makes the indexes
			if got := testing.AllocsPerRun(100, run); got != 0 {
				t.Errorf("%v allocations, want none", got)
			}
		})
	}
	t.Run("no allocation per link", func(t *testing.T) {
		measure := func(n int) float64 {
			set, filter := newSet(realistic(n)), paymentlink.Filter{State: []paymentlink.State{paymentlink.StateOpen}, Search: "mesa"}
			return testing.AllocsPerRun(20, func() {
				for range set.Select(filter, now).OrderBy(paymentlink.AmountAsc, now).All() {
				}
			})
		}
		if few, many := measure(500), measure(8000); many > few+10 {
			t.Errorf("%v allocations for 500 links, %v for 8,000", few, many)
		}
	})
}

// TestAHundredCostByTheResult is the guard beside BenchmarkSelectHundred. Time
// says little on a busy machine, but memory does: whatever passes over the
// list needs at least a bit for each link of it.
func TestAHundredCostByTheResult(t *testing.T) {
	const links, runs = 100_000, 100
	set := newSet(hundredOf(links))
	filter := paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusInactive}, Currency: []money.Currency{"USD", "EUR"}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if sel := set.Select(filter, now).OrderBy(paymentlink.AmountAsc, now); sel.Len() != 200 {
			t.Fatalf("selected %d links, want 200", sel.Len())
		}
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / runs; got >= links/8 {
		t.Errorf("selecting 200 of %d links allocates %d bytes", links, got)
	}
}
