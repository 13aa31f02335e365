package snapshot_test

import (
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
)

// knows reports whether a list can tell what changed since a version.
func knows(list *paymentlink.Snapshot, version string) bool {
	_, ok := list.Changes(paymentlink.Filter{}, []paymentlink.Known{{Version: version, At: time.Now()}}, time.Now())
	return ok
}

// newest asks for a list that is fetched now.
func (b *bench) newest() *paymentlink.Snapshot {
	b.t.Helper()
	got, err := b.Snapshot(b.t.Context(), pair(b.t, "a"), time.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// A list knows those before it until the pair is purged, and what it knows counts.
func TestListsKnowThoseBefore(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		first := b.newest()
		_, before, _ := b.Count()
		b.sleepUntil(2 * time.Second)
		second := b.newest()
		if first.Version == second.Version || !knows(second, first.Version) || knows(second, "another") {
			t.Errorf("%s does not know %s, or knows what never was", second.Version, first.Version)
		}
		if _, bytes, _ := b.Count(); bytes != before+second.History.SizeBytes() || second.History.SizeBytes() == 0 {
			t.Errorf("a list with a history of %d bytes weighs %d, and without it %d", second.History.SizeBytes(), bytes, before)
		}
		b.up.set(func(u *upstream) { u.stays = true })
		b.sleepUntil(4 * time.Second)
		if same := b.newest(); !knows(same, first.Version) {
			t.Error("a list that was fetched again has forgotten those before it")
		}
		b.up.set(func(u *upstream) { u.stays = false })
		b.up.failWith(fault.New(fault.Forbidden, "No."))
		b.sleepUntil(6 * time.Second)
		if _, err := b.Snapshot(b.t.Context(), pair(b.t, "a"), time.Now()); err == nil {
			t.Fatal("a refused pair gets a list")
		}
		b.up.recover()
		b.sleepUntil(time.Minute)
		if anew := b.newest(); knows(anew, first.Version) || knows(anew, second.Version) {
			t.Error("a list knows those that were purged")
		}
	})
}

// A list that fills the memory is kept, and what was before it is not.
func TestHistoryLeavesRoomForTheList(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.MaxBytes = 1<<20 + 16<<10 }, func(b *bench) {
		b.up.set(func(u *upstream) { u.padding = 1 << 20 })
		for i := range 2 {
			b.sleepUntil(time.Duration(2*i) * time.Second)
			if got := b.newest(); got.History != nil {
				t.Errorf("list %d has a history of %d bytes", i, got.History.SizeBytes())
			}
		}
	})
}
