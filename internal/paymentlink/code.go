package paymentlink

import (
	"strings"
	"unicode/utf8"
)

func (x *codeIndex) find(s *Set, codeOrURL string) (int32, bool) {
	x.once.Do(func() { x.build(s) })
	key := ignoreCase(strings.TrimSpace(codeOrURL))
	if row, ok := x.codes.find(key, s.codeKey); ok {
		return row, true
	}
	return x.urls.find(key, s.urlKey)
}

func (x *codeIndex) build(s *Set) {
	x.codes, x.urls = newTable(len(s.records)), newTable(len(s.records))
	for row := range int32(len(s.records)) {
		if other, added := x.codes.add(row, s.codeKey); !added && s.newer(row, other) {
			x.codes.replace(row, s.codeKey)
		}
		if other, added := x.urls.add(row, s.urlKey); !added && s.newer(row, other) {
			x.urls.replace(row, s.urlKey)
		}
	}
}

func (s *Set) codeKey(row int32) string { return ignoreCase(codeOf(&s.records[row])) }
func (s *Set) urlKey(row int32) string  { return ignoreCase(s.records[row].URL) }

// newer reports whether the later of two rows was created after the earlier.
// A known age beats an unknown one, whatever the places in the list: deciding
// such pairs by their place would let three links beat each other in a circle.
func (s *Set) newer(row, earlier int32) bool {
	return s.records[row].CreatedAt.After(s.records[earlier].CreatedAt)
}

// ignoreCase returns the same text for texts that differ in case alone. It
// allocates only for a text that has capitals.
func ignoreCase(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.ToLower(strings.ToUpper(s))
		}
	}
	return strings.ToLower(s)
}
