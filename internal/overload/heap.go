package overload

import "runtime/debug"

// LimitHeap sets the memory that Go's runtime keeps itself within, by collecting
// garbage more often as it comes near; 0 leaves it as it is. The returned
// function sets it back.
//
// GOGC stays at Go's default of 100. What is kept is bounded to some two fifths of
// the memory, so that a heap of twice that fits; only near the limit does the
// collector have to work harder, and only then does it.
func LimitHeap(bytes int64) (restore func()) {
	if bytes <= 0 {
		return func() {}
	}
	before := debug.SetMemoryLimit(bytes)
	return func() { debug.SetMemoryLimit(before) }
}
