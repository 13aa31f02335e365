//go:build linux && soak

package attack_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestSoakWorstOperation breeds operations for what they cost: of those that
// took the most, changed copies are tried next.
func TestSoakWorstOperation(t *testing.T) {
	const kept, budget = 40, 2 * time.Minute
	type bred struct {
		choices []byte
		attempt
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)) //nolint:gosec // a test's dice
	var best []bred
	tried := 0
	try := func(choices []byte) {
		a, ok := newAttempt(choices)
		if !ok {
			return
		}
		tried++
		if a.run(); a.isOver() {
			a.run() // what the collector does besides is not the operation's
		}
		best = append(best, bred{choices, a})
		slices.SortFunc(best, func(a, b bred) int { return int(b.cpu - a.cpu) })
		// A few for each list, or one list would take all places.
		of := map[string]int{}
		best = slices.DeleteFunc(best, func(b bred) bool {
			of[b.target.name]++
			return of[b.target.name] > kept/len(targets)
		})
	}
	for _, seed := range seeds() {
		try(seed)
	}
	for begun := time.Now(); time.Since(begun) < budget; {
		parent := best[random.IntN(len(best))].choices
		child := slices.Clone(parent)
		for range 1 + random.IntN(6) {
			switch at := random.IntN(len(child)); random.IntN(4) {
			case 0:
				child = slices.Insert(child, at, byte(random.IntN(256)))
			case 1:
				child = slices.Delete(child, at, at+1)
			case 2: // a part of another
				other := best[random.IntN(len(best))].choices
				from := random.IntN(len(other))
				child = append(child[:at], other[from:]...)
			default:
				child[at] = byte(random.IntN(256))
			}
			if len(child) == 0 {
				break
			}
		}
		try(child)
	}
	t.Logf("%d operations were tried; the worst of each list:", tried)
	seen := map[string]bool{}
	for _, b := range best {
		if !seen[b.target.name] {
			t.Log(b.attempt)
		}
		seen[b.target.name] = true
	}
	for _, b := range best {
		for range 3 {
			if b.isOver() {
				b.run()
			}
		}
		if b.isOver() {
			t.Errorf("over %v and %d MiB: %v", worstCPU, worstAllocated>>20, b.attempt)
		}
	}
}
