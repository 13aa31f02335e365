package paymentlink

import (
	"iter"
	"sort"
	"time"
)

// Selection is some links of a Set in some order: immutable, cheap to copy,
// safe for concurrent use. Its zero value is empty.
type Selection struct {
	set     *Set
	rows    []int32
	posting *posting // the posting that holds exactly these rows, or nil
	order   Order
	at      time.Time // of the order
}

func (s *Set) whole(p *posting) Selection {
	return Selection{set: s, rows: p.rows, posting: p}
}

// Len returns the number of links.
func (sel Selection) Len() int { return len(sel.rows) }

// At returns the i-th link; it panics when i is not within the selection.
func (sel Selection) At(i int) Link { return Link{sel.set, sel.rows[i]} }

// All yields the links in order.
func (sel Selection) All() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for _, row := range sel.rows {
			if !yield(Link{sel.set, row}) {
				return
			}
		}
	}
}

// OrderBy returns the same links in another order, which for those by state is
// that of the instant. The zero Order leaves the selection as it is.
func (sel Selection) OrderBy(o Order, now time.Time) Selection {
	isByState := o.measure() == byState
	if sel.set == nil || !o.valid() || o == sel.order && (!isByState || now.Equal(sel.at)) {
		return sel
	}
	if sel.posting != nil {
		sel.rows = sel.posting.order(sel.set, o.kept())
	} else {
		sel.rows = sel.set.arrange(sel.rows, o.kept())
	}
	if isByState {
		sel.rows = sel.set.dealtByState(sel.rows, o.direction(), now)
	}
	sel.order, sel.at = o, now
	return sel
}

// IndexAfter returns the index of the first link behind a position, Len when
// there is none. No link needs to be at the position. The selection must be in
// the order that the position belongs to; otherwise IndexAfter panics.
func (sel Selection) IndexAfter(p Position) int {
	return sel.firstFrom(p, 1)
}

// IndexBefore returns the index of the first link that is not before a
// position, Len when there is none: a page that ends there ends just before
// it. It panics as IndexAfter does.
func (sel Selection) IndexBefore(p Position) int {
	return sel.firstFrom(p, 0)
}

// firstFrom returns the index of the first link that compares to p as at least c.
func (sel Selection) firstFrom(p Position, c int) int {
	if len(sel.rows) == 0 {
		return 0
	}
	if p.order != sel.order {
		panic("paymentlink: a position of " + p.order.String() + " in a selection by " + sel.order.String())
	}
	var fold folder
	return sort.Search(len(sel.rows), func(i int) bool {
		return sel.set.compare(sel.rows[i], &p, sel.at, &fold) >= c
	})
}
