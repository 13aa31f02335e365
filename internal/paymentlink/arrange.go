package paymentlink

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Rows are put in order in one of three ways. Many of them are picked out of
// the order of the whole list, which is made once. Few of them are sorted by
// their values, so that the cost is theirs and not the list's; and once that
// has been done so often that ordering the whole list would have cost no more,
// by their ranks in it, which is several times faster.

// orderings holds the rows of a posting in each order, made when first asked for.
type orderings [keptCount]struct {
	once sync.Once
	rows []int32
}

// order returns the posting's rows in an order that is kept; the caller must not
// change them.
func (p *posting) order(s *Set, o Order) []int32 {
	all := p.orders.Load()
	if all == nil {
		p.orders.CompareAndSwap(nil, new(orderings))
		all = p.orders.Load()
	}
	one := &all[o-1]
	one.once.Do(func() {
		if p == &s.all {
			one.rows = s.sorted(p.rows, o)
		} else {
			one.rows = s.arrange(p.rows, o)
		}
	})
	return one.rows
}

// ranking says at which place of an order each row of the whole list is.
type ranking struct {
	sorted atomic.Int64 // rows that were sorted without it
	once   sync.Once
	ranks  []int32
}

// walkFrom is how many times longer than a selection the list may be for
// walking the whole list's order to be cheaper than sorting ranks
// (BenchmarkArrange).
const walkFrom = 16

// arrange puts some rows in an order that is kept, as a new slice.
func (s *Set) arrange(rows []int32, o Order) []int32 {
	if len(rows)*walkFrom >= len(s.facts) {
		return s.walk(rows, o)
	}
	r := &s.rankings[o-1]
	if r.sorted.Add(int64(len(rows))) < int64(len(s.facts)) {
		return s.sorted(rows, o)
	}
	order := s.all.order(s, o)
	r.once.Do(func() {
		r.ranks = make([]int32, len(order))
		for rank, row := range order {
			r.ranks[row] = int32(rank)
		}
	})
	out := make([]int32, len(rows))
	for i, row := range rows {
		out[i] = r.ranks[row]
	}
	slices.Sort(out)
	for i, rank := range out {
		out[i] = order[rank]
	}
	return out
}

// walk picks rows out of the order of the whole list.
func (s *Set) walk(rows []int32, o Order) []int32 {
	wanted := newBitmap(len(s.facts))
	for _, row := range rows {
		wanted.set(row)
	}
	out := make([]int32, 0, len(rows))
	for _, row := range s.all.order(s, o) {
		if wanted.has(row) {
			out = append(out, row)
		}
	}
	return out
}
