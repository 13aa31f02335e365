//go:build !race

// The race detector lets pools forget what they hold, so it is not tried there.

package front_test

import (
	"strings"
	"testing"
)

// A hit allocates nothing, in the whole process: neither one that arrives in a
// piece nor one that is put together of several.
func TestAHitAllocatesNothing(t *testing.T) {
	for _, size := range []int{1 << 10, 12 << 10} {
		s := newSite(t)
		if got := testing.AllocsPerRun(1000, s.hitter(t, strings.Repeat("x", size))); got > 0 {
			t.Errorf("a hit of %d bytes allocates %v times", size, got)
		}
		if s.asked.Load() > 2 {
			t.Errorf("%d requests were no hits", s.asked.Load())
		}
	}
}
