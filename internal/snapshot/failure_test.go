package snapshot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
)

func limited(after time.Duration) error {
	return &fault.Error{Kind: fault.UpstreamRateLimited, Public: "Billpocket asks for fewer calls.", RetryAfter: after}
}

// Whoever asks once a 100 ms during an outage meets these tries: one behind at
// 15 s, then after 1, 2, 4, 8, 15 and 15 s.
func TestBackoffSchedule(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		for b.elapsed() < 62*time.Second {
			b.sleepUntil(b.elapsed() + 100*time.Millisecond)
			got, err := b.ask("a")
			if err != nil || got.Version != "v1" {
				t.Fatalf("at %v: %v, %v", b.elapsed(), got, err)
			}
			if wantStale := b.elapsed() > freshFor; got.Stale != wantStale {
				t.Errorf("at %v: stale %v, want %v", b.elapsed(), got.Stale, wantStale)
			}
		}
		b.wantCalls("a", 0, 15*time.Second, 16*time.Second, 18*time.Second, 22*time.Second, 30*time.Second, 45*time.Second, 60*time.Second)
	})
}

func TestSuccessEndsTheBackoff(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(time.Minute)
		b.want("a", "v1", true)
		b.sleepUntil(61 * time.Second)
		b.want("a", "v1", true)
		b.up.recover()
		b.sleepUntil(62 * time.Second)
		b.want("a", "v1", true) // the second pause is 2 s
		b.sleepUntil(63 * time.Second)
		b.want("a", "v4", false)

		b.up.failWith(unavailable())
		b.sleepUntil(2 * time.Minute)
		b.want("a", "v4", true)
		b.up.recover()
		b.sleepUntil(2*time.Minute + time.Second) // the first pause again
		b.want("a", "v6", false)
	})
}

func TestOutageCostsNobodyATimeout(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.hangs = true })
		b.sleepUntil(freshFor)
		b.want("a", "v1", false) // begins the refresh that will hang
		b.sleepUntil(freshFor + 20*time.Second)

		for range 50 {
			before := b.elapsed()
			b.want("a", "v1", true)
			if waited := b.elapsed() - before; waited > time.Second {
				t.Errorf("at %v a caller waited %v for an upstream known to hang", before, waited)
			}
			b.sleepUntil(b.elapsed() + 700*time.Millisecond)
		}
	})
}

func TestSlowRecoveryIsTakenOver(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(time.Minute)
		b.want("a", "v1", true)
		b.up.recover()
		b.up.set(func(u *upstream) { u.latency = 1500 * time.Millisecond })
		b.sleepUntil(62 * time.Second)
		b.want("a", "v1", true) // patience is 1 s
		b.sleepUntil(63*time.Second + 500*time.Millisecond)
		b.want("a", "v3", false)
		b.wantCalls("a", 0, 60*time.Second, 62*time.Second)
	})
}

// An outage after a restart: no pair has a list yet. Whoever asks once a 100 ms
// gets the failure at once, and upstream is asked after 1, 2, 4, 8, 15 and 15 s.
func TestFailureOfAPairWithoutAListIsRemembered(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.failWith(unavailable())
		for b.elapsed() < 46*time.Second {
			b.wantKind("a", fault.UpstreamUnavailable)
			b.sleepUntil(b.elapsed() + 100*time.Millisecond)
		}
		b.wantCalls("a", 0, time.Second, 3*time.Second, 7*time.Second, 15*time.Second, 30*time.Second, 45*time.Second)
		if n := strings.Count(b.log.String(), "\n"); n != 7 {
			t.Errorf("7 failed calls made %d lines", n)
		}
		b.up.recover()
		b.want("b", "v1", false) // nothing of a pair touches another
	})
}

func TestSuccessForgetsTheFailures(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.StaleFor = 0 }, func(b *bench) {
		b.up.failWith(unavailable())
		b.wantKind("a", fault.UpstreamUnavailable)
		b.sleepUntil(time.Second)
		b.wantKind("a", fault.UpstreamUnavailable)
		b.up.recover()
		b.sleepUntil(3*time.Second - 1)
		b.wantKind("a", fault.UpstreamUnavailable)
		b.sleepUntil(3 * time.Second)
		b.want("a", "v3", false)

		b.up.failWith(fault.New(fault.Forbidden, "No."))
		b.sleepUntil(20 * time.Second)
		b.want("a", "v3", false) // behind: it purges the list
		synctest.Wait()
		b.up.failWith(unavailable())
		b.sleepUntil(22 * time.Second)
		b.wantKind("a", fault.UpstreamUnavailable)
		b.sleepUntil(23 * time.Second)
		b.wantKind("a", fault.UpstreamUnavailable)
		b.wantCalls("a", 0, time.Second, 3*time.Second, 20*time.Second, 22*time.Second, 23*time.Second)
	})
}

// A pair that is asked for once in a while is not punished for failures of long ago.
func TestFailuresOfLongAgoDoNotCount(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.up.failWith(unavailable())
		b.wantKind("a", fault.UpstreamUnavailable)
		b.sleepUntil(16*time.Second - 1)
		b.wantKind("a", fault.UpstreamUnavailable) // the second in a row
		b.sleepUntil(33*time.Second - 1)
		b.wantKind("a", fault.UpstreamUnavailable) // 15 s after its pause: the first again
		b.sleepUntil(34*time.Second - 1)
		b.wantKind("a", fault.UpstreamUnavailable)
		b.wantCalls("a", 0, 16*time.Second-1, 33*time.Second-1, 34*time.Second-1)
	})
}

// What asking again cannot help is not asked for again soon.
func TestPermanentFailureWaitsLongest(t *testing.T) {
	permanent := &fault.Error{Kind: fault.UpstreamMalformed, Public: "No.", Permanent: true}
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(permanent)
		b.wantKind("b", fault.UpstreamMalformed)
		b.sleepUntil(time.Minute)
		b.want("a", "v1", true)
		b.up.recover()
		b.sleepUntil(75*time.Second - 1)
		b.want("a", "v1", true)
		b.sleepUntil(75 * time.Second)
		b.want("a", "v3", false)
		b.wantCalls("b", 0)
	})
	inBubble(t, nil, func(b *bench) {
		b.up.failWith(permanent)
		b.wantKind("a", fault.UpstreamMalformed)
		b.up.recover()
		b.sleepUntil(15*time.Second - 1)
		b.wantKind("a", fault.UpstreamMalformed)
		b.sleepUntil(15 * time.Second)
		b.want("a", "v2", false)
	})
}

// An old list that could not stand in to the end of a caller's patience leaves
// the caller all its time.
func TestPatienceNeedsAListToFallBackOn(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(unavailable())
		b.sleepUntil(staleFor - 20*time.Second)
		b.want("a", "v1", true)
		b.up.recover()
		b.up.set(func(u *upstream) { u.latency = 1500 * time.Millisecond })
		b.sleepUntil(staleFor - time.Second/2)
		b.want("a", "v3", false)
	})
}

func TestRefusalPurgesAndIsRemembered(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Unauthenticated, fault.Forbidden} {
		t.Run(string(kind), func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				b.want("a", "v1", false)
				b.want("b", "v1", false)
				b.up.failWith(fault.New(kind, "No."))
				b.sleepUntil(freshFor)
				b.want("a", "v1", false) // behind
				synctest.Wait()
				b.wantKind("a", kind) // purged, though the list is young enough to be stale

				b.up.recover()
				b.sleepUntil(freshFor + 2*time.Second - 1)
				b.wantKind("a", kind)
				b.wantCalls("a", 0, freshFor)
				b.sleepUntil(freshFor + 2*time.Second)
				b.want("a", "v3", false)
				b.want("b", "v1", false) // another pair's list is untouched
			})
		})
	}
}

func TestRefusalIsForWaitersToo(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.latency = time.Second })
		b.up.failWith(fault.New(fault.Forbidden, "No."))
		b.sleepUntil(time.Minute)
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() { b.wantKind("a", fault.Forbidden) })
		}
		callers.Wait()
		b.wantCalls("a", 0, time.Minute)
	})
}

func TestPurgedListDoesNotComeBackToAPausingCaller(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.FreshFor = 200 * time.Millisecond }, func(b *bench) {
		if _, err := b.ask("a"); err != nil {
			t.Fatal(err)
		}
		b.up.failWith(fault.New(fault.Unauthenticated, "No."))
		b.sleepUntil(100 * time.Millisecond)
		// This caller pauses until a second has passed since the last fetch,
		// and its wait ends before that.
		ctx, cancel := context.WithTimeout(b.t.Context(), 500*time.Millisecond)
		defer cancel()
		var callers sync.WaitGroup
		callers.Go(func() {
			got, err := b.Snapshot(ctx, pair(t, "a"), time.Now())
			if got != nil || err == nil {
				t.Errorf("a purged list was answered: %v, %v", got, err)
			}
		})
		// Meanwhile a refresh behind another caller's back purges the list.
		b.sleepUntil(300 * time.Millisecond)
		if _, err := b.ask("a"); err != nil {
			t.Fatal(err)
		}
		callers.Wait()
		b.wantCalls("a", 0, 300*time.Millisecond)
	})
}

func TestManyRefusalsAreBounded(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("good", "v1", false)
		b.up.failWith(fault.New(fault.Unauthenticated, "No."))
		const strangers = 12_500
		for i := range strangers {
			b.wantKind(fmt.Sprintf("stranger-%d", i), fault.Unauthenticated)
		}
		synctest.Wait()
		again := 0
		for i := range strangers {
			token := fmt.Sprintf("stranger-%d", i)
			b.wantKind(token, fault.Unauthenticated)
			again += len(b.up.calls(token)) - 1
		}
		if forgotten := again; forgotten < strangers-10_000 {
			t.Errorf("%d of %d refusals were forgotten: more than 10,000 are kept", forgotten, strangers)
		}
		b.want("good", "v1", false) // no list was pushed out
		b.wantCalls("good", 0)
	})
}

func TestRateLimit(t *testing.T) {
	tests := map[string]struct{ says, pause time.Duration }{
		"as upstream says": {30 * time.Second, 30 * time.Second},
		"1 s if absent":    {0, time.Second},
		"5 min at most":    {time.Hour, 5 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name+", with a list", func(t *testing.T) {
			inBubble(t, func(c *snapshot.Config) { c.StaleFor = time.Hour }, func(b *bench) {
				b.want("a", "v1", false)
				b.up.failWith(limited(test.says))
				b.sleepUntil(time.Minute)
				b.want("a", "v1", true)
				b.up.recover()
				b.sleepUntil(time.Minute + test.pause - 1)
				b.want("a", "v1", true)
				b.wantForced("a", "v1", true)
				b.sleepUntil(time.Minute + test.pause)
				b.want("a", "v3", false)
			})
		})
		t.Run(name+", without a list", func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				b.up.failWith(limited(test.says))
				b.wantKind("a", fault.UpstreamRateLimited)
				b.up.recover()
				b.sleepUntil(test.pause / 2)
				limit := b.faultOf("a", fault.UpstreamRateLimited)
				if limit.RetryAfter != test.pause/2 {
					t.Errorf("error %+v, want the remaining %v", limit, test.pause/2)
				}
				b.sleepUntil(test.pause)
				b.want("a", "v2", false)
			})
		})
	}
}

// TestRetryAfterOfAnOutage: a 503 that says when to come back is not asked for
// again before, with a list and without.
func TestRetryAfterOfAnOutage(t *testing.T) {
	down := &fault.Error{Kind: fault.UpstreamUnavailable, Public: "Down.", RetryAfter: 40 * time.Second}
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.sleepUntil(time.Minute)
		b.up.failWith(down)
		b.want("a", "v1", true)
		b.wantKind("b", fault.UpstreamUnavailable)
		b.up.recover()
		b.sleepUntil(time.Minute + 30*time.Second)
		b.want("a", "v1", true)
		if left := b.faultOf("b", fault.UpstreamUnavailable); left.RetryAfter != 10*time.Second {
			t.Errorf("error %+v, want the remaining 10s", left)
		}
		b.sleepUntil(time.Minute + 40*time.Second)
		b.want("a", "v3", false)
		b.want("b", "v2", false)
	})
}

func TestRateLimitOutlastsAListThatIsTooOld(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(limited(2 * time.Minute))
		b.sleepUntil(4 * time.Minute)
		b.want("a", "v1", true)
		b.sleepUntil(5*time.Minute + 30*time.Second)
		limit := b.faultOf("a", fault.UpstreamRateLimited)
		if limit.RetryAfter != 30*time.Second {
			t.Errorf("error %+v, want the remaining 30s", limit)
		}
		b.wantCalls("a", 0, 4*time.Minute)
	})
}

// A limit that is over says nothing about the failures after it.
func TestLimitEndsWithItsTime(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.failWith(limited(time.Second))
		b.sleepUntil(staleFor - 2*time.Second)
		b.want("a", "v1", true)
		b.up.failWith(unavailable())
		b.sleepUntil(staleFor - time.Second)
		b.want("a", "v1", true)
		b.sleepUntil(staleFor)
		b.wantKind("a", fault.UpstreamUnavailable) // the one before, for 2 s
		b.wantCalls("a", 0, staleFor-2*time.Second, staleFor-time.Second)
	})
}

func TestDeadlineInATryThatIsTooOldToStandIn(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		b.want("a", "v1", false)
		b.up.set(func(u *upstream) { u.hangs = true })
		b.sleepUntil(staleFor)
		ctx, cancel := context.WithTimeout(b.t.Context(), 2*time.Second)
		defer cancel()
		got, err := b.Snapshot(ctx, pair(t, "a"), time.Time{})
		if got != nil || fault.KindOf(err) != fault.UpstreamTimeout {
			t.Errorf("Snapshot = %v, %v, want an upstream time-out", got, err)
		}
	})
}
