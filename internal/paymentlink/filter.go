package paymentlink

import (
	"slices"
	"time"

	"paymentlinks/internal/money"
)

// Filter says which links to select. All given fields must match; within a
// list any value may. A nil list matches all links, an empty one none. The
// zero Filter matches all.
type Filter struct {
	// IDs, Status, State and Currency: the link's value is in the list.
	IDs      []string
	Status   []Status
	State    []State
	Currency []money.Currency
	// Amount compares numbers only; links without an amount never match.
	Amount AmountRange
	// Links without the time never match a range that has an end.
	CreatedAt, UpdatedAt, ExpiresAt TimeRange
	// ExpiresWithin: not expired yet, and expiring at the end of this time
	// from now at the latest.
	ExpiresWithin *time.Duration
	// Search is words, separated by white space, which must all occur in
	// title, description or code, each in any of them, case and accents
	// ignored. Nothing to search for matches all links.
	Search string
}

// AmountRange includes From and excludes To; a nil end is open.
type AmountRange struct{ From, To *money.Decimal }

// TimeRange includes From and excludes To; a zero end is open.
type TimeRange struct{ From, To time.Time }

// Select returns the links that match, in upstream's order. Status and
// currency are answered by index: their cost follows the result, and a single
// status, currency or both costs nothing. So are ids. The other fields are
// checked on what the indexed ones leave.
func (s *Set) Select(f Filter, now time.Time) Selection {
	m := newMatcher(&f, now)
	sel := s.candidates(&f, &m)
	if !m.active() || len(sel.rows) == 0 {
		return sel
	}
	rows := make([]int32, 0, min(len(sel.rows), 64))
	for _, row := range sel.rows {
		if m.matches(s, row) {
			rows = append(rows, row)
		}
	}
	return Selection{set: s, rows: rows}
}

// matcher holds what no index answers, prepared for a pass over many links.
type matcher struct {
	filter *Filter
	now    time.Time
	states uint8 // bit State-1
	until  time.Time
	words  []string
	// Which parts there are to check.
	byState, byAmount, byTime, within bool
}

func newMatcher(f *Filter, now time.Time) matcher {
	m := matcher{filter: f, now: now, words: searchWords(f.Search)}
	for _, state := range f.State {
		m.states |= 1 << (state - 1)
	}
	m.byState = f.State != nil
	m.byAmount = f.Amount != AmountRange{}
	m.byTime = f.CreatedAt != TimeRange{} || f.UpdatedAt != TimeRange{} || f.ExpiresAt != TimeRange{}
	if f.ExpiresWithin != nil {
		m.within, m.until = true, now.Add(*f.ExpiresWithin)
	}
	return m
}

func (m *matcher) active() bool {
	return m.byState || m.byAmount || m.byTime || m.within || len(m.words) > 0
}

func (m *matcher) matches(s *Set, row int32) bool {
	f := &s.facts[row]
	if m.byState && m.states&(1<<(f.state(m.now)-1)) == 0 {
		return false
	}
	if m.byAmount && !(f.hasAmount && m.filter.Amount.contains(f.amount)) {
		return false
	}
	if m.within && (f.expires.IsZero() || !f.expires.After(m.now) || f.expires.After(m.until)) {
		return false
	}
	if m.byTime {
		r := &s.records[row]
		if !m.filter.CreatedAt.contains(r.CreatedAt) || !m.filter.UpdatedAt.contains(r.UpdatedAt) || !m.filter.ExpiresAt.contains(f.expires) {
			return false
		}
	}
	return len(m.words) == 0 || s.text.contains(s, row, m.words)
}

func (r AmountRange) contains(d money.Decimal) bool {
	return (r.From == nil || d.Cmp(*r.From) >= 0) && (r.To == nil || d.Cmp(*r.To) < 0)
}

func (r TimeRange) contains(t time.Time) bool {
	if r == (TimeRange{}) {
		return true
	}
	return !t.IsZero() && !t.Before(r.From) && (r.To.IsZero() || t.Before(r.To))
}

// candidates answers what the indexes can.
func (s *Set) candidates(f *Filter, m *matcher) Selection {
	statuses, currencies := s.wantedStatuses(f, m), s.wantedCurrencies(f)
	if f.IDs != nil {
		return Selection{set: s, rows: s.rowsByID(f.IDs, statuses, currencies)}
	}
	var postings []*posting
	switch allStatuses := statuses == 1<<statusCount-1; {
	case allStatuses && f.Currency == nil:
		return s.whole(&s.all)
	case allStatuses:
		for _, c := range currencies {
			postings = append(postings, &s.byCurrency[c])
		}
	default:
		for status := range Status(statusCount) {
			if statuses&(1<<status) == 0 {
				continue
			}
			if f.Currency == nil {
				postings = append(postings, &s.byStatus[status])
				continue
			}
			for _, c := range currencies {
				postings = append(postings, s.pair(status, c))
			}
		}
	}
	switch len(postings) {
	case 0:
		return Selection{set: s}
	case 1:
		return s.whole(postings[0])
	}
	return Selection{set: s, rows: s.union(postings)}
}

// wantedStatuses returns a bit for each Status that can match: a state other
// than expired implies one.
func (s *Set) wantedStatuses(f *Filter, m *matcher) uint8 {
	const all = uint8(1)<<statusCount - 1
	wanted := all
	if f.Status != nil {
		wanted = 0
		for _, status := range f.Status {
			wanted |= 1 << status & all
		}
	}
	if m.byState && m.states&(1<<(StateExpired-1)) == 0 {
		for status := range Status(statusCount) {
			if m.states&(1<<(stateOf(status)-1)) == 0 {
				wanted &^= 1 << status
			}
		}
	}
	return wanted
}

// wantedCurrencies returns the indexes of the wanted currencies that links
// have, each once.
func (s *Set) wantedCurrencies(f *Filter) []int32 {
	indexes := make([]int32, 0, min(len(f.Currency), len(s.currencies)+1))
	for _, c := range f.Currency {
		if i, ok := s.currencyIndex(c); ok && !slices.Contains(indexes, i) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// rowsByID looks the ids up and keeps those in the wanted statuses and currencies.
func (s *Set) rowsByID(ids []string, statuses uint8, currencies []int32) []int32 {
	rows := make([]int32, 0, min(len(ids), len(s.records)))
	for _, id := range ids {
		if row, ok := s.ids.find(id, s.idOf); ok {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}
