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
	records    []Record
	facts      []facts
	currencies []money.Currency // ascending

	all        posting   // every link
	byStatus   []posting // by Status
	byCurrency []posting // by facts.currency
	byPair     []posting // by Status*(len(currencies)+1) + facts.currency

	rankings [orderCount]ranking

	ids   table
	codes codeIndex
	text  textIndex
}

// NewSet makes a Set of records in upstream's order and takes them over. Of
// records that share an id the first stays. Links whose host is one of
// liveHosts, case ignored, are live, unless a label of it says test or sandbox.
func NewSet(records []Record, liveHosts []string) *Set {
	s := &Set{}
	s.keepFirsts(records)
	s.readFacts(liveHosts)
	s.buildPostings()
	return s
}

// Len returns the number of links.
func (s *Set) Len() int { return len(s.records) }

// All returns every link in upstream's order.
func (s *Set) All() Selection { return s.whole(&s.all) }

// ByID returns the link with that id, which is case-sensitive.
func (s *Set) ByID(id string) (Link, bool) {
	row, ok := s.ids.find(id, s.idOf)
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

// NextExpiry returns the first instant strictly after `after` at which a link
// expires; false when none does. Until then no state changes.
func (s *Set) NextExpiry(after time.Time) (time.Time, bool) {
	rows := s.all.order(s, ExpiresAtAsc)
	i, _ := slices.BinarySearchFunc(rows, after, func(row int32, after time.Time) int {
		expires := s.facts[row].expires
		if expires.IsZero() || expires.After(after) {
			return 1
		}
		return -1
	})
	if i == len(rows) {
		return time.Time{}, false
	}
	return known(s.facts[rows[i]].expires)
}

// SizeBytes estimates how much memory the Set will keep, indexes that are yet
// to be made and the received body behind raw JSON included. It errs on the
// high side.
func (s *Set) SizeBytes() int64 {
	size := int64(unsafe.Sizeof(*s)) + int64(cap(s.records))*int64(unsafe.Sizeof(Record{})) + int64(len(s.facts))*int64(unsafe.Sizeof(facts{}))
	for i := range s.records {
		r := &s.records[i]
		size += int64(len(r.ID) + len(r.URL) + len(r.Code) + len(r.Slug) + len(r.Description) + len(r.UserID) + len(r.PurchaseID))
		// AvailableRates and ExtraInfo are parts of the element.
		size += int64(max(len(r.Upstream), len(r.AvailableRates)+len(r.ExtraInfo)))
		size += int64(foldedBytes(r))
	}
	rows := int64(len(s.records)) * int64(unsafe.Sizeof(int32(0)))
	const postingsOfALink = 4                                    // all, status, currency, both
	size += rows * (postingsOfALink*(1+orderCount) + orderCount) // and rankings
	size += int64(1+len(s.byStatus)+len(s.byCurrency)+len(s.byPair)) * int64(unsafe.Sizeof(posting{})+unsafe.Sizeof(orderings{}))
	const slotsOfALink, tables = 2, 3             // ids, codes, URLs
	return size + rows*slotsOfALink*tables + rows // and where each text ends
}

func (s *Set) idOf(row int32) string { return s.records[row].ID }

// keepFirsts indexes the ids and closes the gaps that repeated ids leave.
func (s *Set) keepFirsts(records []Record) {
	s.ids = newTable(len(records))
	kept := 0
	for i := range records {
		s.records = records[:kept+1]
		if i != kept {
			s.records[kept] = records[i]
		}
		if _, added := s.ids.add(int32(kept), s.idOf); added {
			kept++
		}
	}
	s.records = records[:kept]
	clear(records[kept:])
}

// readFacts derives what is asked for again and again.
func (s *Set) readFacts(liveHosts []string) {
	indexes := map[money.Currency]int32{}
	for i := range s.records {
		if c := s.records[i].Currency; c != "" {
			if _, seen := indexes[c]; !seen {
				indexes[c] = 0
				s.currencies = append(s.currencies, c)
			}
		}
	}
	slices.Sort(s.currencies)
	for i, c := range s.currencies {
		indexes[c] = int32(i)
	}
	indexes[""] = int32(len(s.currencies))

	s.facts = make([]facts, len(s.records))
	hosts := environments{liveHosts: liveHosts}
	for i := range s.records {
		r := &s.records[i]
		s.facts[i] = facts{
			expires:     r.ExpiresAt,
			amount:      r.Amount.Value,
			currency:    indexes[r.Currency],
			status:      statusOf(r.StatusCode),
			environment: hosts.of(r.URL),
			hasAmount:   r.Amount.Valid && r.Currency != "",
			unreadable:  r.UnreadableExpiry,
		}
	}
}

// currencyIndex returns the index of a currency; false when no link has it.
func (s *Set) currencyIndex(c money.Currency) (int32, bool) {
	if c == "" {
		return int32(len(s.currencies)), true
	}
	i, ok := slices.BinarySearchFunc(s.currencies, c, cmp.Compare)
	return int32(i), ok
}
