// Package doorkeeper tells what was met before, so that a cache takes in only
// what is asked for a second time: a flood of things that never come again then
// costs eight bytes each, and pushes out nothing useful.
package doorkeeper

import "sync/atomic"

// marks is how many things a Doorkeeper remembers at most. It costs eight bytes
// for each.
const marks = 1 << 14

// Doorkeeper remembers hashes. It forgets one when another takes its place, so
// that what comes often gets in even during a flood of others. Its zero value is
// ready; it is safe for concurrent use.
type Doorkeeper struct {
	marks [marks]atomic.Uint64
}

// Admits reports whether the hash was met before, and remembers it.
func (d *Doorkeeper) Admits(hash uint64) bool {
	mark := &d.marks[hash%marks]
	if mark.Load() == hash {
		return true
	}
	mark.Store(hash)
	return false
}
