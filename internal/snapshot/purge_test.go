package snapshot_test

import (
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
)

func TestPurgeForgetsTheList(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("b", "v1", false)
		before := b.current("b")
		b.Purge(pair(b.t, "b").Key)
		if b.current("b") != 0 {
			t.Error("the list is still there")
		}
		b.want("b", "v2", false)
		if b.current("b") == before {
			t.Error("the list that was fetched after the purge has the generation of the one before")
		}
		b.wantCalls("b", 0, 0)
	})
}

// A fetch that is under way at a purge may bring what is no longer to be
// answered: those who wait for it get the next one.
func TestPurgeGivesUpTheFetchUnderWay(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.set(func(u *upstream) { u.latency = time.Second })
		answered := make(chan time.Duration, 1)
		go func() {
			b.want("a", "v2", false)
			answered <- b.elapsed()
		}()
		b.sleepUntil(time.Second / 2)
		b.Purge(pair(b.t, "a").Key)
		synctest.Wait()
		if got := <-answered; got != 3*time.Second/2 {
			t.Errorf("answered after %v, want a fetch that began with the purge", got)
		}
		b.wantCalls("a", 0, time.Second/2)
	})
}

// A list that another replica fetched satisfies no-cache only by its own age.
func TestListFromBeforeTheQuestionIsAskedForAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ages := []time.Duration{5 * time.Second, 0}
		calls := 0
		store, err := snapshot.New(snapshot.Config{
			Settings: snapshot.Settings{FreshFor: freshFor, StaleFor: staleFor},
			Lister: listerFunc(func() time.Time {
				calls++
				return time.Now().Add(-ages[calls-1])
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		asked := time.Now()
		var got *paymentlink.Snapshot
		if got, err = store.Snapshot(t.Context(), pair(t, "a"), asked); err != nil || got.FetchedAt.Before(asked) || calls != 2 {
			t.Errorf("after %d calls: %v, %v", calls, got, err)
		}
	})
}
