package answer

import "sync/atomic"

// doorMarks is how many questions the doorkeeper remembers at most. It costs
// eight bytes for each.
const doorMarks = 1 << 14

// doorkeeper remembers which questions were met before. A question that is met
// again is let in. It forgets a question when another takes its place, so that
// a question that comes often gets in even during a flood of others. Its zero
// value is ready; it is safe for concurrent use.
type doorkeeper struct {
	marks [doorMarks]atomic.Uint64
}

// admits reports whether the hash was met before, and remembers it.
func (d *doorkeeper) admits(hash uint64) bool {
	mark := &d.marks[hash%doorMarks]
	if mark.Load() == hash {
		return true
	}
	mark.Store(hash)
	return false
}
