package paymentlink

import (
	"math/bits"
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

// mergeUpTo is the number of postings up to which merging them is cheaper
// than marking their rows in a bitmap of the list.
const mergeUpTo = 8

// union returns the rows of postings that do not overlap, ascending. The cost
// follows the result; that of more than mergeUpTo postings has a bit for each
// link of the list besides.
func (s *Set) union(postings []*posting) []int32 {
	total := 0
	for _, p := range postings {
		total += len(p.rows)
	}
	rows := make([]int32, 0, total)
	if len(postings) <= mergeUpTo {
		return merge(rows, postings)
	}
	wanted := newBitmap(len(s.facts))
	for _, p := range postings {
		for _, row := range p.rows {
			wanted.set(row)
		}
	}
	return wanted.appendTo(rows)
}

// merge appends the rows of at most mergeUpTo postings to dst, ascending.
func merge(dst []int32, postings []*posting) []int32 {
	var buffer [mergeUpTo][]int32
	heads := buffer[:0]
	for _, p := range postings {
		if len(p.rows) > 0 {
			heads = append(heads, p.rows)
		}
	}
	for len(heads) > 0 {
		first := 0
		for i := 1; i < len(heads); i++ {
			if heads[i][0] < heads[first][0] {
				first = i
			}
		}
		dst = append(dst, heads[first][0])
		if heads[first] = heads[first][1:]; len(heads[first]) == 0 {
			heads = append(heads[:first], heads[first+1:]...)
		}
	}
	return dst
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
