package paymentlink_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

func TestSearch(t *testing.T) {
	const code = "q7"
	tests := map[string]struct {
		description, search string
		want                bool
	}{
		"nothing to search for":             {"Mesa", "", true},
		"white space to search for":         {"Mesa", " \t\u00a0\u2003", true},
		"an accent alone to search for":     {"Mesa", "\u0301", true},
		"word":                              {"Mesa cuatro", "mesa", true},
		"part of a word":                    {"Mesa cuatro", "uatr", true},
		"words in any order":                {"Mesa cuatro", "cuatro mesa", true},
		"a word twice":                      {"Mesa cuatro", "mesa mesa", true},
		"one word is missing":               {"Mesa cuatro", "mesa cinco", false},
		"words are not joined":              {"Mesa cuatro", "mesacuatro", false},
		"code":                              {"Mesa", "Q7", true},
		"word and code":                     {"Mesa", "q7 mesa", true},
		"no word spans text and code":       {"Mesa", "mesaq7", false},
		"no word spans two links":           {"Mesa", "q7before", false},
		"case in the text":                  {"MESA", "mesa", true},
		"accent in the text":                {"Café", "cafe", true},
		"accent in the search":              {"Cafe", "café", true},
		"accent apart from its letter":      {"Cafe\u0301", "CAFÉ", true},
		"tilde":                             {"Niño", "NINO", true},
		"sharp s":                           {"Straße", "STRASSE", true},
		"final sigma":                       {"ΟΔΟΣ", "οδος", true},
		"dotted capital I":                  {"İzmir", "izmir", true},
		"compatibility forms":               {"Ｍｅｓａ ①", "mesa 1", true},
		"ligature":                          {"oﬃce", "office", true},
		"Korean by the start of a syllable": {"한국", "하", true},
		"letters without accents differ":    {"Søren", "soren", false},
		"punctuation counts":                {"Mesa-4", "mesa4", false},
		"special characters are plain":      {"50% off (a|b)", "50% (a|b)", true},
		"white space out of folding":        {"a\u00a8b", "a b", true}, // a diaeresis of its own folds to a space
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// Between others, so that no text is the first or the last.
			set := newSet([]paymentlink.Record{
				{ID: "before", Code: "xx", URL: "https://x.example/", Description: "before"},
				{ID: "it", Code: code, URL: "https://x.example/", Description: test.description},
				{ID: "after", Code: "yy", URL: "https://x.example/", Description: "before"},
			})
			got := false
			for _, id := range idsOf(set.Select(paymentlink.Filter{Search: test.search}, now)) {
				got = got || id == "it"
			}
			if got != test.want {
				t.Errorf("%q finds %q: %v, want %v", test.search, test.description, got, test.want)
			}
		})
	}
}

func TestSearchFindsTheTitle(t *testing.T) {
	// The title is the code here, and the description of no use.
	set := newSet([]paymentlink.Record{{ID: "1", URL: "https://x.example/shop/Tail", Description: " (TAIL)"}})
	if got := set.Select(paymentlink.Filter{Search: set.All().At(0).Title()}, now); got.Len() != 1 {
		t.Errorf("searching for the title finds %d links, want 1", got.Len())
	}
}

// Folding works through buffers of its own; no length of text, of marks on one
// letter or of words may get past them.
func TestSearchLongText(t *testing.T) {
	for name, description := range map[string]string{
		"accents":               strings.Repeat("é ", 10_000),
		"marks apart":           strings.Repeat("e\u0301 ", 10_000),
		"marks on one letter":   "e" + strings.Repeat("\u0301", 10_000),
		"marks without letters": strings.Repeat("\u0301\u0323", 10_000) + "e",
		"ligatures":             strings.Repeat("\ufdfa", 5_000) + "é",
		"Korean":                strings.Repeat("한", 5_000) + "é",
		"capitals":              strings.Repeat("ẞİ", 5_000) + "é",
		"invalid bytes":         strings.Repeat("\xff", 5_000) + "é",
	} {
		t.Run(name, func(t *testing.T) {
			set := newSet([]paymentlink.Record{{ID: "1", Code: "q7", URL: "https://x.example/", Description: description + " últimas MESAS"}})
			for search, want := range map[string]int{"e": 1, "ultimas mesas": 1, "mesas q7": 1, "ultimasmesas": 0, "\u0301 MÉSAS": 1} {
				if got := set.Select(paymentlink.Filter{Search: search}, now).Len(); got != want {
					t.Errorf("%q finds %d links, want %d", search, got, want)
				}
			}
		})
	}
}

// A ligature that would grow manyfold when folded is found by itself alone, and
// what stands beside it as ever.
func TestSearchLigatures(t *testing.T) {
	records := make([]paymentlink.Record, 50)
	for i := range records {
		records[i] = paymentlink.Record{
			ID:          fmt.Sprint(i),
			Code:        fmt.Sprintf("code%02d", i),
			URL:         "https://x.example/",
			Description: strings.Repeat("\ufdfa", 40) + " Añejo",
		}
	}
	set := newSet(records)
	for search, want := range map[string]int{"anejo": 50, "code49": 1, "CODE0 añejo": 10, "code50": 0, "صلى": 0, "\ufdfa": 50} {
		if got := set.Select(paymentlink.Filter{Search: search}, now).Len(); got != want {
			t.Errorf("%q finds %d links, want %d", search, got, want)
		}
	}
	if diff := cmp.Diff([]string{"3"}, idsOf(set.Select(paymentlink.Filter{Search: "code03", IDs: []string{"4", "3"}}, now))); diff != "" {
		t.Errorf("search among two ids (-want +got):\n%s", diff)
	}
}

// No text makes folding again necessary, or takes more memory than was counted.
func TestSearchFoldsOnce(t *testing.T) {
	for name, text := range map[string]string{"ASCII": "abc", "accents": "ñ", "ligatures": "\ufdfa", "Korean": "한", "invalid bytes": "\xff"} {
		t.Run(name, func(t *testing.T) {
			records := make([]paymentlink.Record, 200)
			for i := range records {
				records[i] = paymentlink.Record{ID: fmt.Sprint(i), URL: "https://x.example/", Description: strings.Repeat(text, 3000/len(text))}
			}
			set := newSet(records)
			counted := uint64(set.SizeBytes())
			search := func() uint64 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if got := set.Select(paymentlink.Filter{Search: "zz"}, now).Len(); got != 0 {
					t.Fatalf("found %d links", got)
				}
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc
			}
			search()
			if again := search(); again > 4<<10 {
				t.Errorf("a second search takes %d bytes of memory", again)
			}
			var before, after runtime.MemStats
			other := newSet(records)
			runtime.GC()
			runtime.ReadMemStats(&before)
			other.Select(paymentlink.Filter{Search: "zz"}, now)
			runtime.GC()
			runtime.ReadMemStats(&after)
			if kept := after.HeapAlloc - before.HeapAlloc; after.HeapAlloc > before.HeapAlloc && kept > counted {
				t.Errorf("the folded text takes %d bytes, the whole list was counted as %d", kept, counted)
			}
			runtime.KeepAlive(other)
		})
	}
}

// Few candidates are looked at one by one, many by one run over all text; both
// find the same.
func TestSearchAmongFewAndMany(t *testing.T) {
	const seed = 50
	records := generate(newRand(seed), 2000)
	set := newSet(records)
	for _, search := range []string{"cafe", "ll1", "nandu 07", "strasse x", "zzz"} {
		many := idsOf(set.Select(paymentlink.Filter{Search: search}, now))
		var oneByOne []string
		for _, record := range records {
			oneByOne = append(oneByOne, idsOf(set.Select(paymentlink.Filter{Search: search, IDs: []string{record.ID}}, now))...)
		}
		if strings.Join(many, " ") != strings.Join(oneByOne, " ") {
			t.Errorf("%q: %d links by one run, %d one by one", search, len(many), len(oneByOne))
		}
		if search != "zzz" && len(many) == 0 {
			t.Errorf("%q finds nothing: the test shows nothing", search)
		}
	}
}

// What searches look at is known before they do.
func TestSearchedBytes(t *testing.T) {
	set := paymentlink.NewSet([]paymentlink.Record{{ID: "a", URL: "https://h/c", Code: "c", Description: "Ñandú"}}, nil)
	text := len("nandu\nc\n")
	for name, test := range map[string]struct {
		filter paymentlink.Filter
		want   int
	}{
		"nothing to search for": {paymentlink.Filter{}, 0},
		"white space":           {paymentlink.Filter{Search: " \t"}, 0},
		"a word":                {paymentlink.Filter{Search: "x"}, text},
		"two words":             {paymentlink.Filter{Search: "x y"}, 2 * text},
		"a word twice":          {paymentlink.Filter{Search: "n Ñ"}, text},
		"a text":                {paymentlink.Filter{Search: strings.Repeat("x ", paymentlink.MaxSearchCharacters)}, 0},
		"a word that must not":  {paymentlink.Filter{Search: "x", Not: &paymentlink.Filter{Search: "y z"}}, 3 * text},
	} {
		if got := set.SearchedBytes(test.filter); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
