package paymentlink_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

func TestSelect(t *testing.T) {
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	amount := func(text string) paymentlink.Optional[money.Decimal] { return paymentlink.Some(decimal(text)) }
	set := newSet([]paymentlink.Record{
		{ID: "a", Code: "ca", URL: "https://pay.billpocket.com/x", Slug: "Shop", UserID: "u", StatusCode: paymentlink.Some[int32](1), Currency: "MXN", Amount: amount("30"), CreatedAt: at(-9), UpdatedAt: at(-5), Description: "Café Olé (CA)"},
		{ID: "b", Code: "cb", URL: "https://test.pay.billpocket.com/x", PurchaseID: "p", StatusCode: paymentlink.Some[int32](0), Currency: "MXN", Amount: amount("30.01"), CreatedAt: at(-8), ExpiresAt: at(0)},
		{ID: "c", Code: "cc", Slug: " shop ", UserID: "u", StatusCode: paymentlink.Some[int32](1), Currency: "USD", Amount: amount("50"), CreatedAt: at(-7), ExpiresAt: at(10)},
		{ID: "d", Code: "cd", Slug: "ÑANDÚ", UserID: "U", StatusCode: paymentlink.Some[int32](9), Currency: "USD", UpdatedAt: at(-4), ExpiresAt: at(20)},
		{ID: "e", Code: "ce", LinkType: paymentlink.Some[int32](0), UnreadableExpiry: true, Amount: amount("30"), Description: "olé, CAFE"},
		{ID: "f", Code: "cf", StatusCode: paymentlink.Some[int32](0), Currency: "EUR", Amount: amount("-1")},
	})
	minutes := func(n int) *time.Duration { return new(time.Duration(n) * time.Minute) }
	tests := map[string]struct {
		filter paymentlink.Filter
		want   string
	}{
		"everything": {paymentlink.Filter{}, "abcdef"},

		"ids, in upstream's order":    {paymentlink.Filter{IDs: []string{"c", "a"}}, "ac"},
		"an id twice":                 {paymentlink.Filter{IDs: []string{"c", "c"}}, "c"},
		"unknown ids":                 {paymentlink.Filter{IDs: []string{"x", "C", ""}}, ""},
		"no ids":                      {paymentlink.Filter{IDs: []string{}}, ""},
		"ids and status":              {paymentlink.Filter{IDs: []string{"a", "b"}, Status: []paymentlink.Status{paymentlink.StatusInactive}}, "b"},
		"ids and currency":            {paymentlink.Filter{IDs: []string{"a", "c", "e"}, Currency: []money.Currency{"USD"}}, "c"},
		"ids and no currency that is": {paymentlink.Filter{IDs: []string{"a", "c", "e"}, Currency: []money.Currency{"JPY"}}, ""},

		"active":              {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}}, "ac"},
		"inactive":            {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusInactive}}, "bf"},
		"unknown status":      {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusUnknown}}, "de"},
		"two statuses":        {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusUnknown, paymentlink.StatusActive}}, "acde"},
		"a status twice":      {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive, paymentlink.StatusActive}}, "ac"},
		"all statuses":        {paymentlink.Filter{Status: paymentlink.Statuses()}, "abcdef"},
		"no status":           {paymentlink.Filter{Status: []paymentlink.Status{}}, ""},
		"what is no status":   {paymentlink.Filter{Status: []paymentlink.Status{77}}, ""},
		"currency":            {paymentlink.Filter{Currency: []money.Currency{"MXN"}}, "ab"},
		"two currencies":      {paymentlink.Filter{Currency: []money.Currency{"USD", "EUR"}}, "cdf"},
		"a currency twice":    {paymentlink.Filter{Currency: []money.Currency{"EUR", "EUR"}}, "f"},
		"unused currency":     {paymentlink.Filter{Currency: []money.Currency{"JPY"}}, ""},
		"no currency":         {paymentlink.Filter{Currency: []money.Currency{}}, ""},
		"status and currency": {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}, Currency: []money.Currency{"USD"}}, "c"},
		"several of both": {
			paymentlink.Filter{
				Status:   []paymentlink.Status{paymentlink.StatusActive, paymentlink.StatusInactive},
				Currency: []money.Currency{"EUR", "MXN"},
			}, "abf",
		},
		"status and no currency": {paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}, Currency: []money.Currency{}}, ""},

		"open":                       {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateOpen}}, "ac"},
		"expired":                    {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateExpired}}, "b"},
		"inactive state":             {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateInactive}}, "f"},
		"unknown state":              {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateUnknown}}, "de"},
		"two states":                 {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateInactive, paymentlink.StateExpired}}, "bf"},
		"no state":                   {paymentlink.Filter{State: []paymentlink.State{}}, ""},
		"what is no state":           {paymentlink.Filter{State: []paymentlink.State{0, 77}}, ""},
		"state and its status":       {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateOpen}, Status: []paymentlink.Status{paymentlink.StatusActive}}, "ac"},
		"state and another status":   {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateOpen}, Status: []paymentlink.Status{paymentlink.StatusInactive}}, ""},
		"expired and its status":     {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateExpired}, Status: []paymentlink.Status{paymentlink.StatusInactive}}, "b"},
		"expired and another status": {paymentlink.Filter{State: []paymentlink.State{paymentlink.StateExpired}, Status: []paymentlink.Status{paymentlink.StatusActive}}, ""},

		"amount from":             {paymentlink.Filter{Amount: paymentlink.AmountRange{From: new(decimal("30.01"))}}, "bc"},
		"amount to":               {paymentlink.Filter{Amount: paymentlink.AmountRange{To: new(decimal("30.01"))}}, "af"},
		"amount between":          {paymentlink.Filter{Amount: paymentlink.AmountRange{From: new(decimal("30")), To: new(decimal("50"))}}, "ab"},
		"amount range of nothing": {paymentlink.Filter{Amount: paymentlink.AmountRange{From: new(decimal("30")), To: new(decimal("30"))}}, ""},
		"amount range reversed":   {paymentlink.Filter{Amount: paymentlink.AmountRange{From: new(decimal("50")), To: new(decimal("30"))}}, ""},

		"created from":         {paymentlink.Filter{CreatedAt: paymentlink.TimeRange{From: at(-8)}}, "bc"},
		"created to":           {paymentlink.Filter{CreatedAt: paymentlink.TimeRange{To: at(-8)}}, "a"},
		"created between":      {paymentlink.Filter{CreatedAt: paymentlink.TimeRange{From: at(-9), To: at(-7)}}, "ab"},
		"updated":              {paymentlink.Filter{UpdatedAt: paymentlink.TimeRange{From: at(-5), To: at(-4)}}, "a"},
		"expires":              {paymentlink.Filter{ExpiresAt: paymentlink.TimeRange{From: at(10)}}, "cd"},
		"expires, expired too": {paymentlink.Filter{ExpiresAt: paymentlink.TimeRange{To: at(11)}}, "bc"},

		"expires within, the end included": {paymentlink.Filter{ExpiresWithin: minutes(10)}, "c"},
		"expires within, just short":       {paymentlink.Filter{ExpiresWithin: new(10*time.Minute - 1)}, ""},
		"expires within a longer time":     {paymentlink.Filter{ExpiresWithin: minutes(60)}, "cd"},
		"expires within no time":           {paymentlink.Filter{ExpiresWithin: minutes(0)}, ""},
		"expires within less than no time": {paymentlink.Filter{ExpiresWithin: minutes(-60)}, ""},
		"expires within the longest time":  {paymentlink.Filter{ExpiresWithin: new(time.Duration(1<<63 - 1))}, "cd"},

		"search":            {paymentlink.Filter{Search: "cafe"}, "ae"},
		"search and state":  {paymentlink.Filter{Search: "cafe", State: []paymentlink.State{paymentlink.StateOpen}}, "a"},
		"search and ids":    {paymentlink.Filter{Search: "cafe", IDs: []string{"e", "f"}}, "e"},
		"search for a URL":  {paymentlink.Filter{Search: "paga http://PAY.billpocket.com/x/?utm_source=a"}, "a"},
		"URL and state":     {paymentlink.Filter{Search: "https://pay.billpocket.com/x", State: []paymentlink.State{paymentlink.StateExpired}}, ""},
		"URL of others":     {paymentlink.Filter{Search: "https://pay.billpocket.com/y"}, ""},
		"search for a code": {paymentlink.Filter{Search: "CF"}, "f"},

		"environment":            {paymentlink.Filter{Environment: []paymentlink.Environment{paymentlink.EnvironmentTest}}, "b"},
		"two environments":       {paymentlink.Filter{Environment: []paymentlink.Environment{paymentlink.EnvironmentLive, paymentlink.EnvironmentTest}}, "ab"},
		"no environment":         {paymentlink.Filter{Environment: []paymentlink.Environment{}}, ""},
		"what is no environment": {paymentlink.Filter{Environment: []paymentlink.Environment{77}}, ""},
		"slug in any case":       {paymentlink.Filter{Slug: []string{"SHOP"}}, "ac"},
		"slug with accents":      {paymentlink.Filter{Slug: []string{"ñandú"}}, "d"},
		"part of a slug":         {paymentlink.Filter{Slug: []string{"sho"}}, ""},
		"no slug":                {paymentlink.Filter{Slug: []string{}}, ""},
		"an empty slug":          {paymentlink.Filter{Slug: []string{""}}, ""},
		"user":                   {paymentlink.Filter{UserID: []string{"u", "nobody"}}, "ac"},
		"user in another case":   {paymentlink.Filter{UserID: []string{"U"}}, "d"},
		"an empty user":          {paymentlink.Filter{UserID: []string{""}}, ""},
		"purchase":               {paymentlink.Filter{PurchaseID: []string{"p"}}, "b"},
		"status code":            {paymentlink.Filter{StatusCode: []int32{0, 9}}, "bdf"},
		"status code of none":    {paymentlink.Filter{StatusCode: []int32{7}}, ""},
		"link type":              {paymentlink.Filter{LinkType: []int32{0}}, "e"},
		"with an expiry":         {paymentlink.Filter{HasExpiry: new(true)}, "bcde"},
		"without an expiry":      {paymentlink.Filter{HasExpiry: new(false)}, "af"},
		"not":                    {paymentlink.Filter{Not: &paymentlink.Filter{Currency: []money.Currency{"MXN"}}}, "cdef"},
		"not everything":         {paymentlink.Filter{Not: &paymentlink.Filter{}}, ""},
		"not nothing":            {paymentlink.Filter{Not: &paymentlink.Filter{IDs: []string{}}}, "abcdef"},
		"not not":                {paymentlink.Filter{Not: &paymentlink.Filter{Not: &paymentlink.Filter{Search: "cafe"}}}, "ae"},
		"these and not those":    {paymentlink.Filter{HasExpiry: new(true), Not: &paymentlink.Filter{LinkType: []int32{0}}}, "bcd"},

		"all at once": {
			paymentlink.Filter{
				IDs: []string{"a", "c"}, Status: []paymentlink.Status{paymentlink.StatusActive}, State: []paymentlink.State{paymentlink.StateOpen},
				Currency: []money.Currency{"USD"}, Amount: paymentlink.AmountRange{From: new(decimal("1"))},
				CreatedAt: paymentlink.TimeRange{From: at(-60)}, ExpiresAt: paymentlink.TimeRange{To: at(60)}, ExpiresWithin: minutes(15), Search: "cc",
			}, "c",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(idsOf(set.Select(test.filter, now)), ""); got != test.want {
				t.Errorf("Select(%+v) = %q, want %q", test.filter, got, test.want)
			}
		})
	}
}

// generateFilter sets each field now and then, to values that links have, to
// values that none has, and to nothing.
func generateFilter(r *rand.Rand, set *paymentlink.Set) paymentlink.Filter {
	var f paymentlink.Filter
	rarely := func() bool { return r.IntN(5) == 0 }
	if rarely() {
		f.IDs = []string{}
		for range r.IntN(20) {
			if set.Len() > 0 {
				f.IDs = append(f.IDs, set.All().At(r.IntN(set.Len())).ID())
			}
		}
		f.IDs = append(f.IDs, pickOne(r, "", "nobody"))
	}
	if rarely() {
		f.Status = some(r, paymentlink.Statuses())
	}
	if rarely() {
		f.State = some(r, paymentlink.States())
	}
	if rarely() {
		f.Currency = some(r, []money.Currency{"MXN", "USD", "JPY", "EUR", ""})
	}
	if rarely() {
		f.Amount.From = pickOne(r, nil, new(decimal(generateAmount(r))))
		f.Amount.To = pickOne(r, nil, new(decimal(generateAmount(r))))
	}
	for _, tr := range []*paymentlink.TimeRange{&f.CreatedAt, &f.UpdatedAt, &f.ExpiresAt} {
		if rarely() {
			*tr = paymentlink.TimeRange{From: generateTime(r), To: generateTime(r)}
		}
	}
	if rarely() {
		f.ExpiresWithin = new(time.Duration(r.IntN(30)-2) * time.Minute)
	}
	if rarely() {
		f.Environment = some(r, []paymentlink.Environment{paymentlink.EnvironmentTest, paymentlink.EnvironmentLive, paymentlink.EnvironmentUnknown})
	}
	if rarely() {
		f.Slug = some(r, []string{"Shop", "tienda", "ÑANDÚ", "", "other"})
	}
	if rarely() {
		f.UserID = some(r, []string{"7", "8", "", "9"})
	}
	if rarely() {
		f.PurchaseID = some(r, []string{"p1", "P1", "", "p2"})
	}
	if rarely() {
		f.StatusCode = some(r, []int32{0, 1, 7, 9})
	}
	if rarely() {
		f.LinkType = some(r, []int32{0, 2, 9})
	}
	if rarely() {
		f.HasExpiry = new(r.IntN(2) == 0)
	}
	if rarely() {
		f.Not = new(generateFilter(r, set))
	}
	if rarely() && set.Len() > 0 {
		url := set.All().At(r.IntN(set.Len())).URL()
		f.Search = pickOne(r, "", "paga en ", "x ") + pickOne(r, url, strings.ToUpper(url), strings.Replace(url, "https", "http", 1), strings.TrimPrefix(url, "https://")) +
			pickOne(r, "", "/", "?utm_source=a&utm_medium=b#top", ".", " cafe", "x", strings.Repeat(" cafe", 20))
	} else if rarely() {
		f.Search = pickOne(r, "cafe", "CAFÉ", "ñandu", "nan 0", "strasse", "한", "l x", "1", "   ", "\u0301", "\u00a8", "ضلى", "nothing of the kind")
	}
	return f
}

// some draws values, repetitions included; never nil.
func some[T any](r *rand.Rand, values []T) []T {
	drawn := []T{}
	for range r.IntN(len(values) + 1) {
		drawn = append(drawn, pickOne(r, values...))
	}
	return drawn
}

func TestFiltersEqualTheNaiveLoop(t *testing.T) {
	const seed = 40
	r := newRand(seed)
	matched := 0
	for round := range 80 {
		records := generate(r, r.IntN(150))
		set := newSet(records)
		for range 20 {
			filter := generateFilter(r, set)
			want := naiveSelect(set, records, filter, now)
			if diff := cmp.Diff(want, idsOf(set.Select(filter, now))); diff != "" {
				t.Fatalf("seed %d, round %d: Select(%+v) (-want +got):\n%s", seed, round, filter, diff)
			}
			if 0 < len(want) && len(want) < set.Len() {
				matched++
			}
		}
	}
	if matched < 200 {
		t.Errorf("only %d of 1,600 filters told links apart: the generator is too weak", matched)
	}
}

// More indexes than are merged one by one.
func TestManyCurrencies(t *testing.T) {
	const seed = 41
	r := newRand(seed)
	records := generate(r, 3000)
	var wanted []money.Currency
	for i := range records {
		c := money.Currency([]byte{'A' + byte(r.IntN(8)), 'A' + byte(r.IntN(8)), 'A'})
		if records[i].Currency = c; i%50 == 0 {
			wanted = append(wanted, c)
		}
	}
	set := newSet(records)
	for _, statuses := range [][]paymentlink.Status{nil, {paymentlink.StatusActive}, {paymentlink.StatusInactive, paymentlink.StatusUnknown}} {
		filter := paymentlink.Filter{Currency: wanted, Status: statuses}
		want := naiveSelect(set, records, filter, now)
		if diff := cmp.Diff(want, idsOf(set.Select(filter, now))); diff != "" || len(want) == 0 {
			t.Errorf("%d links in %d currencies and %v (-want +got):\n%s", len(want), len(wanted), statuses, diff)
		}
	}
}

// FuzzFilter compares Select with the naive loop, over lists, filters and
// instants drawn from a seed and searches of the fuzzer's own making.
func FuzzFilter(f *testing.F) {
	f.Add(uint64(1), uint8(20), int64(0), "cafe", "Café Olé")
	f.Add(uint64(2), uint8(0), int64(-1), "", "")
	f.Add(uint64(3), uint8(200), int64(time.Hour), "\u0301\u00a8 x", "a\u00a8b")
	f.Add(uint64(4), uint8(3), int64(1), "\xff", "\xff\xfe \xed\xa0\x80")
	f.Add(uint64(5), uint8(5), int64(1), "İi̇ ςΣ ŉ", "ŉ ΑΣ İ")
	f.Fuzz(func(t *testing.T, seed uint64, n uint8, shift int64, search, description string) {
		r := newRand(seed)
		records := generate(r, int(n))
		for i := range records {
			if i%3 == 0 {
				records[i].Description = description
			}
		}
		set := newSet(records)
		filter := generateFilter(r, set)
		filter.Search = search
		now := now.Add(time.Duration(shift))
		want := naiveSelect(set, records, filter, now)
		if diff := cmp.Diff(want, idsOf(set.Select(filter, now))); diff != "" {
			t.Errorf("Select(%+v) at %v (-want +got):\n%s", filter, now, diff)
		}
	})
}
