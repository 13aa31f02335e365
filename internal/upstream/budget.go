package upstream

import "sync"

// The budget counts in fifths of a retry, so that no sum is ever rounded.
const (
	earnedByTry   = 1  // a first try adds 0.2 of a retry
	spentByRetry  = 5  // a retry takes 1
	maxKeptFifths = 50 // at most 10 retries are kept
)

// budget is a token bucket of retries. However long upstream fails, all tries
// together are at most 1.2 times the first tries, and 10. It is safe for
// concurrent use.
type budget struct {
	mu     sync.Mutex
	fifths int
}

// newBudget returns a full budget: the first failures after the start may be repeated.
func newBudget() *budget { return &budget{fifths: maxKeptFifths} }

// earn adds the share of a first try.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fifths = min(b.fifths+earnedByTry, maxKeptFifths)
}

// spend takes one retry, and reports whether there was one.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fifths < spentByRetry {
		return false
	}
	b.fifths -= spentByRetry
	return true
}
