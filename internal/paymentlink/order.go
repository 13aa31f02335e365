package paymentlink

import (
	"cmp"
	"slices"
	"strings"

	"paymentlinks/internal/money"
)

// Order is one of the orders in which links can be listed. Every order is
// total: ties are broken by id, ascending in both directions. Links that lack
// the value come last in both directions. The zero value is upstream's own
// order, which has no cursors.
type Order uint8

// The orders, each with its opposite behind it. Those by amount list currencies
// ascending in both directions, links without an amount last within their
// currency, and links without a currency last of all. Those by title ignore case
// and accents, and read the first 100 characters. Those by state follow the
// order of States at an instant.
const (
	CreatedAtAsc Order = iota + 1
	CreatedAtDesc
	UpdatedAtAsc
	UpdatedAtDesc
	ExpiresAtAsc
	ExpiresAtDesc
	AmountAsc
	AmountDesc
	TitleAsc
	TitleDesc
	StateAsc
	StateDesc

	orderCount = iota
)

// The orders by state change with time. What is kept for both is the links by
// id, under the name of the first.
const (
	byID      = StateAsc
	keptCount = orderCount - 1
)

// What orders go by beside the times of a link.
const (
	byAmount = timeCount + iota
	byTitle
	byState
)

// Orders returns every order that has cursors, as the schema lists them.
func Orders() []Order {
	return []Order{
		CreatedAtAsc, CreatedAtDesc, UpdatedAtAsc, UpdatedAtDesc, ExpiresAtAsc, ExpiresAtDesc, AmountAsc, AmountDesc,
		TitleAsc, TitleDesc, StateAsc, StateDesc,
	}
}

// String returns the schema's name, "" for upstream's own order.
func (o Order) String() string {
	switch o {
	case CreatedAtAsc:
		return "CREATED_AT_ASC"
	case CreatedAtDesc:
		return "CREATED_AT_DESC"
	case UpdatedAtAsc:
		return "UPDATED_AT_ASC"
	case UpdatedAtDesc:
		return "UPDATED_AT_DESC"
	case ExpiresAtAsc:
		return "EXPIRES_AT_ASC"
	case ExpiresAtDesc:
		return "EXPIRES_AT_DESC"
	case AmountAsc:
		return "AMOUNT_ASC"
	case AmountDesc:
		return "AMOUNT_DESC"
	case TitleAsc:
		return "TITLE_ASC"
	case TitleDesc:
		return "TITLE_DESC"
	case StateAsc:
		return "STATE_ASC"
	case StateDesc:
		return "STATE_DESC"
	}
	return ""
}

func (o Order) valid() bool    { return o >= CreatedAtAsc && o <= StateDesc }
func (o Order) direction() int { return 1 - 2*int((o-1)&1) } // 1 ascending, -1 descending

// measure is what an order goes by: a time of a link, or one of the others.
func (o Order) measure() int { return int(o-1) / 2 }

// kept is the order of which rows are kept to put them in order o.
func (o Order) kept() Order {
	if o.measure() == byState {
		return byID
	}
	return o
}

// sorted returns the rows in an order that is kept, as a new slice. It sorts
// small entries with the values in them, because comparing through row numbers
// would miss the cache at every step.
func (s *Set) sorted(rows []int32, o Order) []int32 {
	switch o.measure() {
	case byAmount:
		return s.sortedByAmount(rows, o.direction())
	case byTitle:
		return s.sortedByTitle(rows, o.direction())
	case byState:
		return slices.SortedFunc(slices.Values(rows), s.compareIDs)
	}
	return s.sortedByTime(rows, o)
}

type timeEntry struct {
	seconds          int64
	nanoseconds, row int32
}

func (s *Set) sortedByTime(rows []int32, o Order) []int32 {
	entries := make([]timeEntry, 0, len(rows))
	out := make([]int32, len(rows))
	last := len(rows)
	direction, which := o.direction(), o.measure()
	for _, row := range rows {
		seconds := s.facts[row].seconds[which]
		if seconds == noTime {
			last--
			out[last] = row
			continue
		}
		// Turning the sign round turns the order round, and leaves ties to the id.
		entries = append(entries, timeEntry{int64(direction) * seconds, int32(direction) * s.nanosecond(row, which), row})
	}
	slices.SortFunc(entries, func(a, b timeEntry) int {
		switch {
		case a.seconds != b.seconds:
			return cmp.Compare(a.seconds, b.seconds)
		case a.nanoseconds != b.nanoseconds:
			return cmp.Compare(a.nanoseconds, b.nanoseconds)
		}
		return s.compareIDs(a.row, b.row)
	})
	for i := range entries {
		out[i] = entries[i].row
	}
	slices.SortFunc(out[last:], s.compareIDs)
	return out
}

type amountEntry struct {
	amount        money.Decimal
	currency, row int32
}

func (s *Set) sortedByAmount(rows []int32, direction int) []int32 {
	entries := make([]amountEntry, len(rows))
	for i, row := range rows {
		f := &s.facts[row]
		entries[i] = amountEntry{f.amount, 2 * int32(f.currency), row}
		if !f.flags.has(hasAmount) {
			// Behind the amounts of its currency, before those of the next.
			entries[i].amount, entries[i].currency = money.Decimal{}, 2*int32(f.currency)+1
		}
	}
	slices.SortFunc(entries, func(a, b amountEntry) int {
		if a.currency != b.currency {
			return cmp.Compare(a.currency, b.currency)
		}
		if c := a.amount.Cmp(b.amount); c != 0 {
			return direction * c
		}
		return s.compareIDs(a.row, b.row)
	})
	out := make([]int32, len(rows))
	for i := range entries {
		out[i] = entries[i].row
	}
	return out
}

func (s *Set) compareIDs(a, b int32) int {
	return strings.Compare(s.id(a), s.id(b))
}
