package paymentlink

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// posting is the links with one status, one currency or both, or all of them.
// A selection that is exactly a posting costs nothing to make, and what is
// computed of it once (its orders, its summary) serves every later caller.
type posting struct {
	rows    []int32 // ascending, which is upstream's order
	orders  atomic.Pointer[orderings]
	summary atomic.Pointer[timedSummary]
}

// orderings holds the rows of a posting in each order, made when first asked for.
type orderings [orderCount]struct {
	once sync.Once
	rows []int32
}

// order returns the rows in order o; the caller must not change them.
func (p *posting) order(s *Set, o Order) []int32 {
	all := p.orders.Load()
	if all == nil {
		p.orders.CompareAndSwap(nil, new(orderings))
		all = p.orders.Load()
	}
	one := &all[o-1]
	one.once.Do(func() { one.rows = s.arrange(p, o) })
	return one.rows
}

func (s *Set) arrange(p *posting, o Order) []int32 {
	if p == &s.all {
		return s.sorted(p.rows, o)
	}
	return s.arrangeRows(p.rows, o)
}

// walkFrom is how many times longer than a selection the list may be for
// walking the whole list's order to be cheaper than sorting the selection
// (BenchmarkArrange).
const walkFrom = 16

// arrangeRows puts some of the rows in order, as a new slice: few by sorting
// them, so that the cost is theirs, and many by picking them out of the order
// of the whole list.
func (s *Set) arrangeRows(rows []int32, o Order) []int32 {
	if len(rows)*walkFrom < len(s.records) {
		return s.sorted(rows, o)
	}
	wanted := newBitmap(len(s.records))
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

// buildPostings deals the rows out by counting, three slices for all postings.
func (s *Set) buildPostings() {
	n := len(s.facts)
	s.all.rows = make([]int32, n)
	for i := range s.all.rows {
		s.all.rows[i] = int32(i)
	}
	width := len(s.currencies) + 1
	s.byStatus = s.deal(statusCount, func(f *facts) int { return int(f.status) })
	s.byCurrency = s.deal(width, func(f *facts) int { return int(f.currency) })
	s.byPair = s.deal(statusCount*width, func(f *facts) int { return int(f.status)*width + int(f.currency) })
}

func (s *Set) deal(buckets int, bucketOf func(*facts) int) []posting {
	ends := make([]int, buckets)
	for i := range s.facts {
		ends[bucketOf(&s.facts[i])]++
	}
	postings := make([]posting, buckets)
	backing := make([]int32, len(s.facts))
	start := 0
	for b := range postings {
		end := start + ends[b]
		postings[b].rows = backing[start:start:end]
		start = end
	}
	for i := range s.facts {
		p := &postings[bucketOf(&s.facts[i])]
		p.rows = append(p.rows, int32(i))
	}
	return postings
}

// pair returns the posting of one status in one currency.
func (s *Set) pair(status Status, currency int32) *posting {
	return &s.byPair[int(status)*(len(s.currencies)+1)+int(currency)]
}

// union returns the rows of postings that do not overlap, ascending. The cost
// follows the result, and a 64th of the list when the result is large.
func (s *Set) union(postings []*posting) []int32 {
	total := 0
	for _, p := range postings {
		total += len(p.rows)
	}
	rows := make([]int32, 0, total)
	if total*64 < len(s.records) {
		for _, p := range postings {
			rows = append(rows, p.rows...)
		}
		slices.Sort(rows)
		return rows
	}
	wanted := newBitmap(len(s.records))
	for _, p := range postings {
		for _, row := range p.rows {
			wanted.set(row)
		}
	}
	return wanted.appendTo(rows)
}

// bitmap is a set of rows.
type bitmap []uint64

func newBitmap(rows int) bitmap { return make(bitmap, (rows+63)/64) }

func (b bitmap) set(row int32)      { b[row>>6] |= 1 << (row & 63) }
func (b bitmap) has(row int32) bool { return b[row>>6]&(1<<(row&63)) != 0 }

// appendTo appends the rows in the set, ascending.
func (b bitmap) appendTo(rows []int32) []int32 {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			rows = append(rows, int32(i<<6+bits.TrailingZeros64(word)))
		}
	}
	return rows
}
