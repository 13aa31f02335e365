package snapshot_test

import (
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
)

func TestNewRefuses(t *testing.T) {
	tests := map[string]func(*snapshot.Config){
		"no lister":          func(c *snapshot.Config) { c.Lister = nil },
		"negative fresh-for": func(c *snapshot.Config) { c.FreshFor = -1 },
		"negative stale-for": func(c *snapshot.Config) { c.StaleFor = -1 },
		"negative bytes":     func(c *snapshot.Config) { c.MaxBytes = -1 },
		"negative time-out":  func(c *snapshot.Config) { c.FetchTimeout = -1 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := snapshot.Config{Lister: &upstream{}}
			change(&cfg)
			if store, err := snapshot.New(cfg); err == nil || store != nil {
				t.Errorf("New = %v, %v, want an error", store, err)
			}
		})
	}
}

func TestFreshListComesFromMemory(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.sleepUntil(freshFor - 1)
		b.want("a", "v1", false)
		b.wantCalls("a", 0)
	})
}

func TestOlderListIsRefreshedBehind(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = 3 * time.Second })
		b.sleepUntil(freshFor)
		for range 5 {
			b.want("a", "v1", false)
		}
		if b.elapsed() != freshFor {
			t.Errorf("callers waited %v for a refresh behind", b.elapsed()-freshFor)
		}
		b.sleepUntil(freshFor + 3*time.Second)
		b.want("a", "v2", false)
		b.wantCalls("a", 0, freshFor)
	})
}

func TestRefreshBehindEndsAtTwiceFreshFor(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = 2 * time.Second })
		b.sleepUntil(2*freshFor - 1)
		b.want("a", "v1", false)
		b.sleepUntil(2 * freshFor) // the refresh is still under way
		b.want("a", "v2", false)   // so this caller joined it
		b.wantCalls("a", 0, 2*freshFor-1)
	})
}

func TestOldListIsWaitedFor(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = 2 * time.Second })
		b.sleepUntil(2 * freshFor)
		b.want("a", "v2", false)
		if want := 2*freshFor + 2*time.Second; b.elapsed() != want {
			t.Errorf("answered at %v, want %v", b.elapsed(), want)
		}
	})
}

func TestOldListStandsInOnlyIfUpstreamFails(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(staleFor - 1)
		b.want("a", "v1", true)
		b.sleepUntil(staleFor + time.Minute)
		for range 5 { // an outage that outlasts the list is not passed on one to one
			b.wantKind("a", fault.UpstreamUnavailable)
		}
		b.up.recover()
		b.sleepUntil(staleFor + time.Minute + 2*time.Second)
		b.want("a", "v4", false)
	})
}

func TestStaleForZeroIsNeverStale(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.StaleFor = 0 }, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(freshFor)
		b.want("a", "v1", false) // behind
		b.sleepUntil(freshFor + time.Second)
		b.wantKind("a", fault.UpstreamUnavailable)
	})
}

func TestFreshForZeroAsksForEveryCaller(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FreshFor = 0 }, func(b *bench) {
		for _, version := range []string{"v1", "v2", "v3"} {
			if got, err := b.ask("a"); err != nil || got.Version != version || got.Stale {
				t.Errorf("Snapshot = %+v, %v, want %s", got, err, version)
			}
		}
		if b.elapsed() != 0 {
			t.Errorf("callers waited %v, though none asked for a newer list", b.elapsed())
		}
	})
}

func TestStaleMarkIsOfOneAnswerOnly(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		first, err := b.ask("a")
		if err != nil {
			t.Fatal(err)
		}
		b.up.failWith(unavailable())
		b.sleepUntil(time.Minute)
		b.want("a", "v1", true)
		if first.Stale {
			t.Error("a list that was handed out fresh has become stale in its holder's hands")
		}
	})
}

func TestPrevIsThePairsOwn(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.want("b", "v1", false)
		b.sleepUntil(time.Minute)
		b.want("a", "v2", false)
		synctest.Wait()
		if b.up.prevs[0] != nil || b.up.prevs[1] != nil {
			t.Error("a first call was given a previous list")
		}
		prev := b.up.prevs[2]
		if prev == nil || prev.Version != "v1" {
			t.Fatalf("prev = %+v, want v1", prev)
		}
		if _, ok := prev.Set.ByID("a"); !ok {
			t.Error("prev is another pair's")
		}
	})
}

// The fake clock of a store may be another than the timers'.
func TestNowIsTheOnlyClockOfAges(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	up := listerFunc(func() time.Time { return now })
	store, err := snapshot.New(snapshot.Config{Lister: up, Settings: snapshot.Settings{FreshFor: freshFor}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	first, err := store.Snapshot(t.Context(), pair(t, "a"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if !first.FreshUntil.Equal(now.Add(freshFor)) {
		t.Errorf("FreshUntil = %v, want %v", first.FreshUntil, now.Add(freshFor))
	}
	now = now.Add(2 * freshFor)
	second, err := store.Snapshot(t.Context(), pair(t, "a"), time.Time{})
	if err != nil || second == first {
		t.Errorf("after twice fresh-for the same list came again (error %v)", err)
	}
}
