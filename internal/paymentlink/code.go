package paymentlink

import (
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"
)

// codeIndex finds links by code and by URL. It is made when the first code is
// asked for.
type codeIndex struct {
	once        sync.Once
	codes, urls table
}

// find looks for a code, a URL, or else for a text that holds one.
func (x *codeIndex) find(s *Set, codeOrURL string) (int32, bool) {
	x.once.Do(func() { x.build(s) })
	text := strings.TrimSpace(codeOrURL)
	if row, ok := x.codes.find(ignoreCase(text), s.codeKey); ok {
		return row, true
	}
	if row, ok := x.findURLIn(s, text); ok {
		return row, true
	}
	return x.findCodeIn(s, text)
}

// findURL looks for a URL, or else for a text that holds one.
func (x *codeIndex) findURL(s *Set, text string) (int32, bool) {
	x.once.Do(func() { x.build(s) })
	return x.findURLIn(s, strings.TrimSpace(text))
}

// maxCuts bounds how many parameters are cut off a URL one by one.
const maxCuts = 16

// matchURL looks for a URL, as it is or without what others append to it: a
// fragment and parameters, from the last to the first, and where there are
// many, all of them.
func (x *codeIndex) matchURL(s *Set, text string) (int32, bool) {
	for range 1 + maxCuts {
		if row, ok := x.urls.find(urlKey(text), s.urlKey); ok {
			return row, true
		}
		end := strings.LastIndexAny(text, "?&#")
		if end < 0 {
			return 0, false
		}
		text = text[:end]
	}
	if end := strings.IndexAny(text, "?#"); end >= 0 {
		text = text[:end]
	}
	return x.urls.find(urlKey(text), s.urlKey)
}

func (x *codeIndex) build(s *Set) {
	x.codes, x.urls = newTable(len(s.facts)), newTable(len(s.facts))
	for row := range int32(len(s.facts)) {
		if other, added := x.codes.add(row, s.codeKey); !added && s.newer(row, other) {
			x.codes.replace(row, s.codeKey)
		}
		if other, added := x.urls.add(row, s.urlKey); !added && s.newer(row, other) {
			x.urls.replace(row, s.urlKey)
		}
	}
}

func (s *Set) codeKey(row int32) string { return ignoreCase(s.code(row)) }
func (s *Set) urlKey(row int32) string  { return urlKey(s.text(row, textURL)) }

// urlKey returns the same text for URLs that people take for the same: with or
// without scheme and slashes at the end, escaped or not, in any case.
func urlKey(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	address = strings.TrimRight(address, "/")
	if strings.IndexByte(address, '%') >= 0 {
		if unescaped, err := url.PathUnescape(address); err == nil {
			address = unescaped
		}
	}
	return ignoreCase(address)
}

// newer reports whether the later of two rows was created after the earlier.
// A known age beats an unknown one, whatever the places in the list: deciding
// such pairs by their place would let three links beat each other in a circle.
func (s *Set) newer(row, earlier int32) bool {
	return s.time(row, createdAt).After(s.time(earlier, createdAt))
}

// ignoreCase returns the same text for texts that differ in case alone. It
// allocates only for a text that has capitals or letters beyond ASCII.
func ignoreCase(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.ToLower(strings.ToUpper(s))
		}
	}
	return strings.ToLower(s)
}
