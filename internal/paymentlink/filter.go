package paymentlink

import (
	"slices"
	"time"
	"unicode/utf8"

	"paymentlinks/internal/money"
)

// Filter says which links to select. All given fields must match; within a
// list any value may. A nil list matches all links, an empty one none. The
// zero Filter matches all.
type Filter struct {
	// IDs, Status, State, Currency and Environment: the link's value is in the list.
	IDs         []string
	Status      []Status
	State       []State
	Currency    []money.Currency
	Environment []Environment
	// Slug, UserID, PurchaseID, StatusCode and LinkType: the same. Links without
	// the value never match. The case of slugs is ignored.
	Slug, UserID, PurchaseID []string
	StatusCode, LinkType     []int32
	// HasExpiry: upstream sends an expiry, be it one that cannot be read, or
	// sends none.
	HasExpiry *bool
	// Amount compares numbers only; links without an amount never match.
	Amount AmountRange
	// Links without the time never match a range that has an end.
	CreatedAt, UpdatedAt, ExpiresAt TimeRange
	// ExpiresWithin: not expired yet, and expiring at the end of this time
	// from now at the latest.
	ExpiresWithin *time.Duration
	// Search is words, separated by white space, which must all occur in
	// title, description or code, each in any of them, case and accents
	// ignored. Nothing to search for matches all links. A search that is or
	// holds the URL of a link matches that, too. One of more than
	// MaxSearchCharacters matches nothing else.
	Search string
	// Not leaves out the links that match it. One that is empty matches all.
	Not *Filter
}

// AmountRange includes From and excludes To; a nil end is open.
type AmountRange struct{ From, To *money.Decimal }

// TimeRange includes From and excludes To; a zero end is open.
type TimeRange struct{ From, To time.Time }

// Select returns the links that match, in upstream's order. Ids, status and
// currency are answered by index: their cost follows the result, and a single
// status, currency or both costs nothing. The other fields are checked on what
// those leave.
func (s *Set) Select(f Filter, now time.Time) Selection {
	sel := s.candidates(&f)
	if len(sel.rows) == 0 {
		return sel
	}
	if words := searchWords(f.Search); len(words) > 0 {
		var found []int32
		if utf8.RuneCountInString(f.Search) <= MaxSearchCharacters {
			found = s.search(sel.rows, words)
		}
		sel = Selection{set: s, rows: s.searchURL(found, sel.rows, f.Search)}
	}
	if rest := newPredicate(&f, now); rest.any() {
		sel = Selection{set: s, rows: s.pick(sel.rows, &rest)}
	}
	if f.Not != nil {
		sel = Selection{set: s, rows: without(sel.rows, s.Select(*f.Not, now).rows)}
	}
	return sel
}

// without returns what of a is not in b, as a new slice; both are ascending.
func without(a, b []int32) []int32 {
	kept := make([]int32, 0, max(0, len(a)-len(b)))
	for _, row := range a {
		for len(b) > 0 && b[0] < row {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != row {
			kept = append(kept, row)
		}
	}
	return kept
}

// candidates answers what the indexes can.
func (s *Set) candidates(f *Filter) Selection {
	// The usual filters fit these, and so allocate nothing.
	var fewCurrencies [4]int32
	var fewPostings [4]*posting

	statuses, currencies := wantedStatuses(f), s.wantedCurrencies(fewCurrencies[:0], f)
	if f.IDs != nil {
		return Selection{set: s, rows: s.rowsByID(f.IDs, statuses, currencies)}
	}
	if statuses == allStatuses && currencies == nil {
		return s.whole(&s.all)
	}
	switch postings := s.postings(fewPostings[:0], statuses, currencies); len(postings) {
	case 0:
		return Selection{set: s}
	case 1:
		return s.whole(postings[0])
	default:
		return Selection{set: s, rows: s.union(postings)}
	}
}

// postings appends the postings that together hold the links in the wanted
// statuses and currencies; nil currencies are all of them.
func (s *Set) postings(dst []*posting, statuses statusMask, currencies []int32) []*posting {
	if statuses == allStatuses {
		for _, c := range currencies {
			dst = append(dst, &s.byCurrency[c])
		}
		return dst
	}
	for status := range Status(statusCount) {
		switch {
		case !statuses.has(status):
		case currencies == nil:
			dst = append(dst, &s.byStatus[status])
		default:
			for _, c := range currencies {
				dst = append(dst, s.pair(status, c))
			}
		}
	}
	return dst
}

// rowsByID looks the ids up and keeps those in the wanted statuses and currencies.
func (s *Set) rowsByID(ids []string, statuses statusMask, currencies []int32) []int32 {
	rows := make([]int32, 0, min(len(ids), len(s.facts)))
	for _, id := range ids {
		row, ok := s.ids.find(id, s.id)
		if !ok || !statuses.has(s.facts[row].status) {
			continue
		}
		if currencies == nil || slices.Contains(currencies, int32(s.facts[row].currency)) {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// statusMask is a set of statuses.
type statusMask uint8

const allStatuses = statusMask(1)<<statusCount - 1

func (m statusMask) has(s Status) bool { return m&(1<<s) != 0 }

// wantedStatuses returns the statuses that can match. A wanted state that is
// not expired implies one of them, but for unknown: an active link whose expiry
// cannot be read is in it, too.
func wantedStatuses(f *Filter) statusMask {
	wanted := allStatuses
	if f.Status != nil {
		wanted = 0
		for _, status := range f.Status {
			wanted |= 1 << status & allStatuses
		}
	}
	if f.State != nil && !slices.Contains(f.State, StateExpired) {
		for status := range Status(statusCount) {
			unknown := status == StatusActive && slices.Contains(f.State, StateUnknown)
			if !unknown && !slices.Contains(f.State, stateOf(status)) {
				wanted &^= 1 << status
			}
		}
	}
	return wanted
}

// wantedCurrencies returns the indexes of the wanted currencies that links
// have, each once, in dst if it is large enough; nil when any will do.
func (s *Set) wantedCurrencies(dst []int32, f *Filter) []int32 {
	if f.Currency == nil {
		return nil
	}
	for _, c := range f.Currency {
		if i, ok := s.currencyIndex(c); ok {
			dst = append(dst, i)
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}
