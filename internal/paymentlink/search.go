package paymentlink

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// textIndex holds the folded description and code of every link in one string,
// made when first searched.
type textIndex struct {
	once sync.Once
	text string
	ends []uint32 // of the links' texts; links beyond its length are folded at each search
}

func (x *textIndex) contains(s *Set, row int32, words []string) bool {
	text := foldLink(&s.records[row])
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func textBudget(r *Record) int { return 2 * (len(r.Description) + len(r.Code) + 2) }

func foldLink(r *Record) string { return fold(r.Description + "\n" + codeOf(r)) }

func searchWords(search string) []string {
	return strings.Fields(fold(search))
}

func fold(s string) string {
	folder := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold())
	out, _, err := transform.String(folder, s)
	if err != nil {
		return strings.ToLower(s)
	}
	return out
}
