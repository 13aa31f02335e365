package snapshot_test

import (
	"testing"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
)

func TestCount(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		if lists, bytes, skipped := b.Count(); lists != 0 || bytes != 0 || skipped != 0 {
			t.Errorf("an empty store counts %d lists, %d bytes, %d skipped", lists, bytes, skipped)
		}
		b.up.set(func(u *upstream) { u.skipped = 2 })
		for _, token := range []string{"a", "b", "a"} {
			if _, err := b.ask(token); err != nil {
				t.Fatal(err)
			}
		}
		b.up.failWith(fault.New(fault.Forbidden, "No."))
		if _, err := b.ask("c"); err == nil {
			t.Fatal("not refused")
		}
		lists, bytes, skipped := b.Count()
		if _, want := b.Kept(); lists != 2 || bytes != int64(want) || skipped != 4 {
			t.Errorf("%d lists, %d bytes, %d skipped; want 2, %d, 4", lists, bytes, skipped, want)
		}
	})
}

// A list that takes just what may be kept is kept; one byte less, and it is refused.
func TestListAsLargeAsTheBound(t *testing.T) {
	var weight int64
	big := func(u *upstream) { u.padding = 100 << 10 } // beyond the least bound of a store
	inBubble(t, nil, func(b *bench) {
		b.up.set(big)
		if _, err := b.ask("a"); err != nil {
			t.Fatal(err)
		}
		_, weight, _ = b.Count()
	})
	for short, refused := range map[int64]bool{0: false, 1: true} {
		inBubble(t, func(c *snapshot.Config) { c.MaxBytes = weight - short }, func(b *bench) {
			b.up.set(big)
			if _, err := b.ask("a"); (err != nil) != refused {
				t.Errorf("a list of %d bytes, and a bound of %d: %v", weight, weight-short, err)
			}
		})
	}
}
