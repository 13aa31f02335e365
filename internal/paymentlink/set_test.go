package paymentlink_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

func TestEmptySet(t *testing.T) {
	for name, set := range map[string]*paymentlink.Set{
		"nil records":   paymentlink.NewSet(nil, nil),
		"empty records": paymentlink.NewSet([]paymentlink.Record{}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := set.ByID(""); ok {
				t.Error("found an id")
			}
			if _, ok := set.ByCode(""); ok {
				t.Error("found a code")
			}
			if at, ok := set.NextExpiry(now); ok {
				t.Errorf("NextExpiry() = %v, want none", at)
			}
			sel := set.Select(paymentlink.Filter{Search: "x"}, now).OrderBy(paymentlink.CreatedAtDesc, now)
			if set.Len() != 0 || set.All().Len() != 0 || sel.Len() != 0 {
				t.Errorf("Len() = %d, All() %d, Select() %d, want 0", set.Len(), set.All().Len(), sel.Len())
			}
		})
	}
}

func TestByID(t *testing.T) {
	const seed = 1
	records := generate(newRand(seed), 500)
	set := newSet(records)
	for i, r := range records {
		link, ok := set.ByID(r.ID)
		if !ok || link != set.All().At(i) {
			t.Fatalf("ByID(%q) = %v, %v, want the link at %d", r.ID, link, ok, i)
		}
		for _, other := range []string{strings.ToUpper(r.ID) + "X", r.ID + " ", r.ID[1:]} {
			if link, ok := set.ByID(other); ok {
				t.Errorf("ByID(%q) = %q, want none", other, link.ID())
			}
		}
	}
}

func TestARepeatedIDsFirstLinkStays(t *testing.T) {
	set := paymentlink.NewSet([]paymentlink.Record{
		{ID: "a", URL: "https://x.example/1"},
		{ID: "b", URL: "https://x.example/2"},
		{ID: "a", URL: "https://x.example/3"},
		{ID: "A", URL: "https://x.example/4"},
		{ID: "b", URL: "https://x.example/5"},
		{ID: "c", URL: "https://x.example/6"},
	}, nil)
	var got []string
	for link := range set.All().All() {
		got = append(got, link.ID()+" "+link.Code())
	}
	if diff := cmp.Diff([]string{"a 1", "b 2", "A 4", "c 6"}, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if link, ok := set.ByID("b"); !ok || link.Code() != "2" {
		t.Errorf("ByID(b) is not the first of that id")
	}
	if _, ok := set.ByCode("5"); ok {
		t.Error("the code of a link that was left out is found")
	}
}

func TestByCode(t *testing.T) {
	const host = "https://pay.billpocket.com/shop/"
	record := func(id, code string, created time.Time) paymentlink.Record {
		return paymentlink.Record{ID: id, Code: code, URL: host + code, CreatedAt: created}
	}
	early, late := now.Add(-time.Hour), now
	var unknown time.Time
	tests := map[string]struct {
		records []paymentlink.Record
		ask     string
		want    string // "" none
	}{
		"code":                           {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "ll33q0rh", "1"},
		"case is ignored when asking":    {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "LL33Q0rh", "1"},
		"case is ignored in the list":    {[]paymentlink.Record{record("1", "LL33Q0RH", early)}, "ll33q0rh", "1"},
		"case beyond ASCII":              {[]paymentlink.Record{record("1", "ÑANDÚ", early)}, "ñandú", "1"},
		"two small letters of a capital": {[]paymentlink.Record{record("1", "ΛΟΓΟΣ", early)}, "λογος", "1"},
		"a very long URL":                {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + strings.Repeat("x", 5000)}}, host + strings.Repeat("X", 5000) + "/", "1"},
		"accents are not ignored":        {[]paymentlink.Record{record("1", "ÑANDÚ", early)}, "nandu", ""},
		"white space around":             {[]paymentlink.Record{record("1", "ll33q0rh", early)}, " ll33q0rh\n", "1"},
		"URL":                            {[]paymentlink.Record{record("1", "ll33q0rh", early)}, host + "ll33q0rh", "1"},
		"URL in another case":            {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "HTTPS://PAY.billpocket.com/Shop/LL33Q0RH", "1"},
		"part of a code":                 {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "ll33q0r", ""},
		"URL without its scheme":         {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "pay.billpocket.com/shop/ll33q0rh", "1"},
		"URL of another scheme":          {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "http://pay.billpocket.com/shop/ll33q0rh", "1"},
		"URL with a slash behind":        {[]paymentlink.Record{record("1", "ll33q0rh", early)}, host + "ll33q0rh/", "1"},
		"URL with parameters":            {[]paymentlink.Record{record("1", "ll33q0rh", early)}, host + "ll33q0rh?utm_source=mail&utm_medium=x", "1"},
		"URL with all of it":             {[]paymentlink.Record{record("1", "ll33q0rh", early)}, " PAY.billpocket.com/shop/ll33q0rh/?utm_source=a#top ", "1"},
		"URL with many parameters":       {[]paymentlink.Record{record("1", "x", early)}, host + "x?a=" + strings.Repeat("&b=1", 15), "1"},
		"URL with more than are tried":   {[]paymentlink.Record{record("1", "x", early)}, host + "x?a=" + strings.Repeat("&b=1", 16), "1"},
		"too many to try, own parameter": {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "?id=1"}}, host + "?id=1" + strings.Repeat("&b=1", 17), ""},
		"URL with escapes":               {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "caf%C3%A9"}}, host + "Café", "1"},
		"URL with escapes, asked so":     {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "caf%C3%A9"}}, host + "caf%c3%a9", "1"},
		"URL with a broken escape":       {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "caf%zz"}}, host + "caf%zz", "1"},
		"own parameter":                  {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "?id=1"}, {ID: "2", Code: "d", URL: host + "?id=2"}}, host + "?id=2&utm_source=x", "2"},
		"another's parameter":            {[]paymentlink.Record{{ID: "1", Code: "c", URL: host + "?id=1"}}, host + "?id=2", ""},
		"part of the URL":                {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "billpocket.com/shop/ll33q0rh", ""},
		"URL of another shop":            {[]paymentlink.Record{record("1", "ll33q0rh", early)}, "https://pay.billpocket.com/other/ll33q0rh", ""},
		"code from the URL":              {[]paymentlink.Record{{ID: "1", URL: host + "Tail"}}, "tail", "1"},
		"the id where there is no code":  {[]paymentlink.Record{{ID: "ID-1", URL: "https://x.example"}}, "id-1", "1"},
		"URL although the code differs":  {[]paymentlink.Record{{ID: "1", Code: "own", URL: host + "tail"}}, host + "tail", "1"},
		"newest wins, listed first":      {[]paymentlink.Record{record("1", "x", late), record("2", "X", early)}, "x", "1"},
		"newest wins, listed last":       {[]paymentlink.Record{record("1", "x", early), record("2", "X", late)}, "x", "2"},
		"newest wins by URL":             {[]paymentlink.Record{record("1", "x", early), record("2", "x", late)}, host + "x", "2"},
		"equally new: listed first":      {[]paymentlink.Record{record("1", "x", late), record("2", "x", late)}, "x", "1"},
		"known age before unknown":       {[]paymentlink.Record{record("1", "x", unknown), record("2", "x", early)}, "x", "2"},
		"unknown age behind known":       {[]paymentlink.Record{record("1", "x", early), record("2", "x", unknown)}, "x", "1"},
		"unknown ages: listed first":     {[]paymentlink.Record{record("1", "x", unknown), record("2", "x", unknown)}, "x", "1"},
		"three in a circle": {
			[]paymentlink.Record{record("1", "x", early), record("2", "x", unknown), record("3", "x", late)}, "x", "3",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link, ok := newSet(test.records).ByCode(test.ask)
			got := ""
			if ok {
				got = strings.TrimPrefix(link.ID(), "ID-")
			}
			if got != test.want {
				t.Errorf("ByCode(%q) = %q, want %q", test.ask, got, test.want)
			}
		})
	}
}

func TestByCodeInPastedText(t *testing.T) {
	set := newSet([]paymentlink.Record{
		{ID: "1", Code: "ll33q0rh", URL: "https://pay.billpocket.com/shop/ll33q0rh"},
		{ID: "2", Code: "mesa4", URL: "https://pay.billpocket.com/shop/mesa4"},
		{ID: "3", Code: "ñandú", URL: "https://pay.billpocket.com/shop/%C3%B1and%C3%BA"},
	})
	const long = 4 << 10
	tests := map[string]struct{ text, want string }{
		"message with a URL":       {"Hola Ana, aquí está tu liga de pago:\nhttps://pay.billpocket.com/shop/ll33q0rh\n¡Gracias!", "1"},
		"full stop behind":         {"Paga en https://pay.billpocket.com/shop/ll33q0rh.", "1"},
		"brackets":                 {"Mesa 4 (https://pay.billpocket.com/shop/ll33q0rh), gracias", "1"},
		"angle brackets":           {"Mesa 4<https://pay.billpocket.com/shop/ll33q0rh>gracias", "1"},
		"Markdown":                 {"[Paga aquí](https://pay.billpocket.com/shop/ll33q0rh)", "1"},
		"HTML":                     {"<a href=\"https://pay.billpocket.com/shop/ll33q0rh?utm_source=x\">Paga</a>", "1"},
		"bold":                     {"*https://pay.billpocket.com/shop/ll33q0rh* es la liga", "1"},
		"marks that do not show":   {"liga \u200ehttps://pay.billpocket.com/shop/ll33q0rh\u200b", "1"},
		"no scheme":                {"entra a pay.billpocket.com/shop/ll33q0rh/ hoy", "1"},
		"parameters":               {"ve: https://pay.billpocket.com/shop/ll33q0rh?utm_source=wa&fbclid=a-b_c!", "1"},
		"the first of two URLs":    {"https://pay.billpocket.com/shop/mesa4 o https://pay.billpocket.com/shop/ll33q0rh", "2"},
		"the one that is ours":     {"https://example.com/shop/mesa4 o https://pay.billpocket.com/shop/ll33q0rh", "1"},
		"URL before a code":        {"mesa4: https://pay.billpocket.com/shop/ll33q0rh", "1"},
		"another's URL and a code": {"mesa4: https://example.com/shop/mesa4", ""},
		"a code":                   {"¿Me ayudas con el código LL33Q0RH, por favor?", "1"},
		"a code in brackets":       {"Mesa cuatro (LL33Q0RH)", "1"},
		"a code twice":             {"ll33q0rh (LL33Q0RH)", "1"},
		"a code beyond ASCII":      {"el código «ÑANDÚ»", "3"},
		"two codes":                {"ll33q0rh o mesa4", ""},
		"no code":                  {"hola, ¿me mandas la liga?", ""},
		"nothing":                  {" \n", ""},
		"marks alone":              {"*** (...)", ""},
		"a scheme alone":           {"https://", ""},
		"as long as a message":     {strings.Repeat("x ", (long-8)/2) + "ll33q0rh", "1"},
		"too long for a message":   {strings.Repeat("x ", (long-8)/2) + "ll33q0rh.", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			if link, ok := set.ByCode(test.text); ok {
				got = link.ID()
			}
			if got != test.want {
				t.Errorf("ByCode(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// A URL is looked for by itself: what is a code and no URL is not found.
func TestByURL(t *testing.T) {
	set := newSet([]paymentlink.Record{
		{ID: "1", Code: "mesa4", URL: "https://pay.billpocket.com/shop/mesa4", CreatedAt: now},
		{ID: "2", Code: "other", URL: "https://PAY.billpocket.com/shop/mesa4", CreatedAt: now.Add(1)},
		{ID: "3", Code: "https://pay.billpocket.com/shop/mesa5", URL: "https://x.example/3"},
	})
	for text, want := range map[string]string{
		"https://pay.billpocket.com/shop/mesa4":                                          "2",
		"HTTP://pay.Billpocket.com/shop/mesa4/?utm_source=x#top":                         "2",
		"pay.billpocket.com/shop/mesa4":                                                  "2",
		"paga en https://pay.billpocket.com/shop/mesa4.":                                 "2",
		"https://pay.billpocket.com/shop/mesa4?utm_a=1" + strings.Repeat("&utm_b=2", 50): "2",
		"mesa4":                                 "",
		"https://pay.billpocket.com/shop/mesa5": "",
		"":                                      "",
	} {
		got := ""
		if link, ok := set.ByURL(text); ok {
			got = link.ID()
		}
		if got != want {
			t.Errorf("ByURL(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestByCodeFindsEveryCode(t *testing.T) {
	const seed = 2
	records := generate(newRand(seed), 400)
	set := newSet(records)
	for _, link := range indexed(set.All()) {
		found, ok := set.ByCode(link.Code())
		if !ok || !strings.EqualFold(found.Code(), link.Code()) {
			t.Fatalf("ByCode(%q) = %v", link.Code(), ok)
		}
		mine, _ := link.CreatedAt()
		if newest, _ := found.CreatedAt(); mine.After(newest) {
			t.Errorf("ByCode(%q) is of %v, yet there is one of %v", link.Code(), newest, mine)
		}
	}
}

func TestNextExpiry(t *testing.T) {
	const seed = 3
	r := newRand(seed)
	for round := range 50 {
		records := generate(r, round)
		set := newSet(records)
		for range 20 {
			after := generateTime(r)
			var want time.Time
			for _, record := range records {
				if at := record.ExpiresAt; at.After(after) && !at.IsZero() && (want.IsZero() || at.Before(want)) {
					want = at
				}
			}
			got, ok := set.NextExpiry(after)
			if ok == want.IsZero() || !got.Equal(want) {
				t.Fatalf("seed %d, round %d: NextExpiry(%v) = %v, %v, want %v", seed, round, after, got, ok, want)
			}
		}
	}
}

func TestSizeBytes(t *testing.T) {
	const links = 100
	body := bytes.Repeat([]byte("x"), 10_000)
	sizeOf := func(upstream []byte, description string) int64 {
		records := generate(newRand(4), links)
		for i := range records {
			records[i].Upstream = upstream
			records[i].Description = description
		}
		return newSet(records).SizeBytes()
	}
	bare := sizeOf(nil, "")
	if bare < links*300 || bare > links*2_000 {
		t.Errorf("SizeBytes() of %d bare links = %d, want some hundred bytes each", links, bare)
	}
	if got := sizeOf(body, "") - bare; got < int64(links*len(body)) || got > int64(links*len(body)*33/32) {
		t.Errorf("elements of %d bytes add %d", links*len(body), got)
	}
	if got := sizeOf(nil, string(body)) - bare; got < int64(links*len(body)) {
		t.Errorf("descriptions of %d bytes add %d", links*len(body), got)
	}
}

// What is made later was counted from the start: a bound on memory is checked
// when a list is stored, and never again.
func TestSizeBytesDoesNotGrow(t *testing.T) {
	set := newSet(generate(newRand(7), 500))
	before := set.SizeBytes()
	for _, order := range paymentlink.Orders() {
		set.All().OrderBy(order, now)
		for _, status := range paymentlink.Statuses() {
			set.Select(paymentlink.Filter{Status: []paymentlink.Status{status}}, now).OrderBy(order, now)
		}
	}
	set.Select(paymentlink.Filter{Search: "cafe"}, now)
	set.ByCode("ll01")
	if after := set.SizeBytes(); after != before {
		t.Errorf("SizeBytes() = %d after use, %d before", after, before)
	}
}

// The estimate is there to keep a process within its memory, so it must not
// be below what the collector finds.
func TestSizeBytesCoversTheHeap(t *testing.T) {
	const links = 5_000
	heap := func() int64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	before := heap()
	set := paymentlink.NewSet(generate(newRand(8), links), nil)
	for _, order := range paymentlink.Orders() {
		set.All().OrderBy(order, now)
		for _, status := range paymentlink.Statuses() {
			set.Select(paymentlink.Filter{Status: []paymentlink.Status{status}}, now).OrderBy(order, now).Summary(now)
		}
	}
	set.Select(paymentlink.Filter{Search: "cafe"}, now)
	set.ByCode("ll01")
	used, estimate := heap()-before, set.SizeBytes()
	if estimate < used || estimate > 4*used {
		t.Errorf("SizeBytes() = %d for a set that takes %d", estimate, used)
	}
	runtime.KeepAlive(set)
}

func TestSelectionsAreIndependent(t *testing.T) {
	records := generate(newRand(5), 200)
	set := newSet(records)
	before := fmt.Sprint(idsOf(set.All()), idsOf(set.All().OrderBy(paymentlink.AmountDesc, now)))
	for _, o := range paymentlink.Orders() {
		set.Select(paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}}, now).OrderBy(o, now).OrderBy(paymentlink.CreatedAtAsc, now)
		set.Select(paymentlink.Filter{Search: "caf"}, now).OrderBy(o, now)
	}
	if after := fmt.Sprint(idsOf(set.All()), idsOf(set.All().OrderBy(paymentlink.AmountDesc, now))); after != before {
		t.Error("ordering one selection changed another")
	}
}

func TestSelectionAllStops(t *testing.T) {
	set := newSet(generate(newRand(6), 10))
	seen := 0
	for range set.All().All() {
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("saw %d links, want 3", seen)
	}
}

func TestZeroSelection(t *testing.T) {
	var sel paymentlink.Selection
	if sel = sel.OrderBy(paymentlink.AmountAsc, now); sel.Len() != 0 {
		t.Errorf("Len() = %d", sel.Len())
	}
	position := one(t, paymentlink.Record{}).Position(paymentlink.AmountAsc, now)
	if after, before := sel.IndexAfter(position), sel.IndexBefore(position); after != 0 || before != 0 {
		t.Errorf("IndexAfter = %d, IndexBefore = %d, want 0", after, before)
	}
	if got := sel.Summary(now); got.Count != 0 || len(got.ByCurrency) != 0 || got.ByState[0].State != paymentlink.StateOpen {
		t.Errorf("Summary() = %+v", got)
	}
}
