package paymentlink

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// MaxSearchCharacters is how long a search for words is at most. A URL, with what
// others append to it, may be longer.
const MaxSearchCharacters = 100

// Text is searched in a folded form, in which texts that differ only in case
// and accents are the same. The folded texts of all links lie behind each
// other in one string, made when first searched, so that a word is found in
// 10,000 links by one run of strings.Index over it. A link's title needs no
// place of its own in there: it is a part of the description, or the code.

// textIndex holds, for each link, its folded description, a line feed, its
// folded code and another line feed. Words hold no white space, so none is
// ever found across two texts.
type textIndex struct {
	once sync.Once
	text string
	ends []uint32 // where each link's part ends
}

// searchBytes is how much memory the text of searches can take.
func (s *Set) searchBytes() int64 {
	size := int64(0)
	for row := range int32(len(s.facts)) {
		size += expansion*int64(s.searchedBytes(row)) + int64(unsafe.Sizeof(uint32(0)))
	}
	return size
}

// searchedBytes is the length of a link's part before it is folded.
func (s *Set) searchedBytes(row int32) int {
	return len(s.text(row, textDescription)) + len(s.code(row)) + len("\n\n")
}

func (x *textIndex) build(s *Set) {
	plain := 0
	for row := range int32(len(s.facts)) {
		plain += s.searchedBytes(row)
	}
	var fold folder
	text := make([]byte, 0, plain)
	x.ends = make([]uint32, 0, len(s.facts))
	for row := range int32(len(s.facts)) {
		text = append(fold.append(text, s.text(row, textDescription)), '\n')
		text = append(fold.append(text, s.code(row)), '\n')
		x.ends = append(x.ends, uint32(len(text)))
	}
	x.text = string(text)
}

// part returns a link's folded text.
func (x *textIndex) part(row int) string {
	start := uint32(0)
	if row > 0 {
		start = x.ends[row-1]
	}
	return x.text[start:x.ends[row]]
}

// denseFrom is how many times longer than the candidates the list may be for
// one run over the whole text to be cheaper than one over each candidate's.
const denseFrom = 4

// search returns those of the rows, which are ascending, whose links have all words.
func (s *Set) search(rows []int32, words []string) []int32 {
	x := &s.searched
	x.once.Do(func() { x.build(s) })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) }) // the longest is likely the rarest
	if len(rows)*denseFrom >= len(x.ends) {
		return intersect(x.scan(words), rows)
	}
	var found []int32
	for _, row := range rows {
		if containsAll(x.part(int(row)), words) {
			found = append(found, row)
		}
	}
	return found
}

// searchURL adds to what was found by words the links, of those in rows, whose
// URL the search holds: its words are in no text. Several links can have one.
func (s *Set) searchURL(found, rows []int32, search string) []int32 {
	if !strings.Contains(search, "/") {
		return found
	}
	row, ok := s.codes.findURL(s, search)
	if !ok {
		return found
	}
	wanted := s.urlKey(row)
	for _, row := range rows {
		if s.urlKey(row) == wanted {
			found = append(found, row)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// scan returns the links that have all words, ascending.
func (x *textIndex) scan(words []string) []int32 {
	var found []int32
	row, start := 0, 0
	for row < len(x.ends) {
		at := strings.Index(x.text[start:], words[0])
		if at < 0 {
			break
		}
		hit := uint32(start + at)
		if x.ends[row] <= hit { // the next link is worth a look before the search among the rest
			row++
			row += sort.Search(len(x.ends)-row, func(i int) bool { return x.ends[row+i] > hit })
		}
		if containsAll(x.part(row), words[1:]) {
			found = append(found, int32(row))
		}
		start = int(x.ends[row])
		row++
	}
	return found
}

// intersect keeps of a what is also in b; both are ascending. It reuses a.
func intersect(a, b []int32) []int32 {
	kept := a[:0]
	for _, row := range a {
		for len(b) > 0 && b[0] < row {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == row {
			kept = append(kept, row)
		}
	}
	return kept
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// searchWords folds a search before cutting it at its white space, for some
// characters fold to white space. Each word is there once.
func searchWords(search string) []string {
	if strings.TrimSpace(search) == "" {
		return nil
	}
	var fold folder
	words := strings.Fields(string(fold.append(nil, search)))
	slices.Sort(words)
	return slices.Compact(words)
}

// SearchedBytes returns how many bytes of text Select looks at, at most, for the
// words of a filter: all text for each word. Looking takes up to 2 ns a byte.
func (s *Set) SearchedBytes(f Filter) int {
	looked := 0
	if words := searchWords(f.Search); len(words) > 0 && utf8.RuneCountInString(f.Search) <= MaxSearchCharacters {
		x := &s.searched
		x.once.Do(func() { x.build(s) })
		looked = len(x.text) * len(words)
	}
	if f.Not != nil {
		looked += s.SearchedBytes(*f.Not)
	}
	return looked
}
