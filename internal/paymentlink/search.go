package paymentlink

import (
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

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
	ends []uint32 // where each link's part ends; links behind the last one are folded at each search
}

// expansion bounds the memory of folding. Decomposing doubles or triples
// accented Latin and Korean text at worst; a list of ligatures such as U+FDFA
// would grow elevenfold, and is folded at each search from there on.
const expansion = 3

func textBudget(r *Record) int { return expansion * (len(r.Description) + len(codeOf(r)) + 2) }

func (x *textIndex) build(s *Set) {
	budget := 0
	for i := range s.records {
		budget += textBudget(&s.records[i])
	}
	budget = min(budget, math.MaxUint32)
	var fold folder
	text := make([]byte, 0, budget/expansion)
	x.ends = make([]uint32, 0, len(s.records))
	for i := range s.records {
		before := len(text)
		text = fold.appendLink(text, &s.records[i])
		if len(text) > budget {
			text = text[:before]
			break
		}
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
	x := &s.text
	x.once.Do(func() { x.build(s) })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) }) // the longest is likely the rarest
	var found []int32
	indexed, _ := slices.BinarySearch(rows, int32(len(x.ends)))
	if indexed*denseFrom >= len(x.ends) {
		found = intersect(x.scan(words), rows[:indexed])
	} else {
		for _, row := range rows[:indexed] {
			if containsAll(x.part(int(row)), words) {
				found = append(found, row)
			}
		}
	}
	var fold folder
	var part []byte
	for _, row := range rows[indexed:] {
		part = fold.appendLink(part[:0], &s.records[row])
		if containsAll(string(part), words) {
			found = append(found, row)
		}
	}
	return found
}

// scan returns the indexed links that have all words, ascending.
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
// characters fold to white space.
func searchWords(search string) []string {
	if strings.TrimSpace(search) == "" {
		return nil
	}
	var fold folder
	return strings.Fields(string(fold.append(nil, search)))
}

// folder removes case and accents: compatibility decomposition (NFKD), without
// its combining marks (general category Mn), case folded. The zero value is
// ready; it is not safe for concurrent use.
type folder struct {
	chain transform.Transformer
}

func (f *folder) appendLink(dst []byte, r *Record) []byte {
	dst = append(f.append(dst, r.Description), '\n')
	return append(f.append(dst, codeOf(r)), '\n')
}

func (f *folder) append(dst []byte, s string) []byte {
	start := len(dst)
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return f.appendSlow(dst[:start], s)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func (f *folder) appendSlow(dst []byte, s string) []byte {
	if f.chain == nil {
		f.chain = transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold())
	}
	out, _, err := transform.Append(f.chain, dst, []byte(s))
	if err != nil {
		// None of the three can fail on a whole text; unfolded text is still searchable.
		return append(dst, s...)
	}
	return out
}
