package snapshot_test

import (
	"testing"

	"paymentlinks/internal/fault"
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
