package paymentlink

import (
	"cmp"
	"slices"
	"time"
	"unsafe"

	"paymentlinks/internal/money"
)

// Set is one caller's whole list with its indexes, immutable and safe for
// concurrent use. Look-ups by id and selections by status and currency are
// indexed from the start; codes, orders and the text of searches are indexed
// when first asked for.
type Set struct {
	body  []byte // as upstream sent it; nil for a list that was made of records
	extra []byte // texts that are not parts of the body

	facts       []facts
	places      []places
	nanoseconds [][timeCount]int32 // nil while no time has a fraction
	long        map[textKey]uint32 // lengths beyond 16 bits, mostly nil
	currencies  []money.Currency   // ascending

	all        posting   // every link
	byStatus   []posting // by Status
	byCurrency []posting // by facts.currency
	byPair     []posting // by Status*(len(currencies)+1) + facts.currency

	rankings [keptCount]ranking

	ids      table
	codes    codeIndex
	searched textIndex
}

// NewSet makes a Set of records in upstream's order, and copies what it needs
// of them. It is a Builder without a body. Links whose host is one of liveHosts,
// case ignored, are live, unless a label of it says test or sandbox.
func NewSet(records []Record, liveHosts []string) *Set {
	b := NewBuilder(nil, liveHosts)
	b.Grow(len(records))
	for i := range records {
		b.Add(&records[i])
	}
	return b.Set()
}

// Len returns the number of links.
func (s *Set) Len() int { return len(s.facts) }

// All returns every link in upstream's order.
func (s *Set) All() Selection { return s.whole(&s.all) }

// ByID returns the link with that id, which is case-sensitive.
func (s *Set) ByID(id string) (Link, bool) {
	row, ok := s.ids.find(id, s.id)
	return Link{s, row}, ok
}

// ByCode returns the link with that code or that URL, case and white space
// around it ignored. The URL may lack its scheme and may have a slash, a
// fragment or more parameters at its end. A text of at most 4 KiB that is neither may hold
// one of them: a message from a chat, say. Of links that share a code it is the
// newest: the last created, links of unknown age after all others, and among
// equals the one that upstream lists first.
func (s *Set) ByCode(codeOrURL string) (Link, bool) {
	row, ok := s.codes.find(s, codeOrURL)
	return Link{s, row}, ok
}

// ByURL returns the link with that URL, as ByCode reads it, or else the link whose
// URL comes first in a text of at most 4 KiB. Of links that share a URL it is the
// newest.
func (s *Set) ByURL(text string) (Link, bool) {
	row, ok := s.codes.findURL(s, text)
	return Link{s, row}, ok
}

// NextExpiry returns the first instant strictly after `after` at which a link
// expires; false when none does. Until then no state changes.
func (s *Set) NextExpiry(after time.Time) (time.Time, bool) {
	rows := s.all.order(s, ExpiresAtAsc)
	i, _ := slices.BinarySearchFunc(rows, after, func(row int32, after time.Time) int {
		if s.facts[row].seconds[expiresAt] == noTime || !s.expired(row, after) {
			return 1
		}
		return -1
	})
	if i == len(rows) {
		return time.Time{}, false
	}
	return known(s.time(rows[i], expiresAt))
}

// SizeBytes estimates how much memory the Set will keep, the body and indexes
// that are yet to be made included. It errs on the high side.
func (s *Set) SizeBytes() int64 {
	size := int64(unsafe.Sizeof(*s)) + int64(cap(s.body)) + int64(cap(s.extra)) +
		sizeOf(s.facts) + sizeOf(s.places) + sizeOf(s.nanoseconds) + sizeOf(s.ids.slots) + sizeOf(s.currencies) +
		int64(len(s.long))*longBytes
	rows := int64(len(s.facts)) * int64(unsafe.Sizeof(int32(0)))
	const postingsOfALink = 4                                  // all, status, currency, both
	size += rows * (postingsOfALink*(1+keptCount) + keptCount) // and rankings
	size += int64(1+len(s.byStatus)+len(s.byCurrency)+len(s.byPair)) *
		int64(unsafe.Sizeof(posting{})+unsafe.Sizeof(orderings{})+unsafe.Sizeof(timedSummary{}))
	// Summaries of all links and of each status tell of every currency, those
	// of one currency of one.
	size += int64(len(s.currencies)) * (2 + 2*statusCount) * int64(unsafe.Sizeof(CurrencySummary{}))
	const slotsOfALink, tables = 4, 2 // codes, URLs
	return size + rows*slotsOfALink*tables + s.searchBytes()
}

// longBytes is about what an entry of Set.long takes.
const longBytes = 48

func sizeOf[T any](list []T) int64 {
	var one T
	return int64(cap(list)) * int64(unsafe.Sizeof(one))
}

// currencyIndex returns the index of a currency; false when no link has it.
func (s *Set) currencyIndex(c money.Currency) (int32, bool) {
	if c == "" {
		return int32(len(s.currencies)), true
	}
	i, ok := slices.BinarySearchFunc(s.currencies, c, cmp.Compare)
	return int32(i), ok
}
