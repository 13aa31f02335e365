package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
)

// 100 tenants ask at random while upstream fails at random and callers leave
// at random: no answer ever carries another tenant's marker.
func TestTenantsNeverMeet(t *testing.T) {
	const tenants, callersOfEach, asks = 100, 4, 60
	// Room for some 30 lists, so that eviction takes part.
	inBubble(t, func(c *snapshot.Config) { c.MaxBytes = 30 * 12 << 10 }, func(b *bench) {
		var seed atomic.Uint64
		b.up.set(func(u *upstream) {
			u.latency = 50 * time.Millisecond
			u.padding = 8 << 10
			u.fault = func() error {
				switch rand.New(rand.NewPCG(1, seed.Add(1))).IntN(10) {
				case 0:
					return unavailable()
				case 1:
					return limited(2 * time.Second)
				case 2:
					return fault.New(fault.Unauthenticated, "No.")
				case 3:
					panic("at random")
				}
				return nil
			}
		})
		var callers sync.WaitGroup
		var answers, faults, left atomic.Int64
		for i := range tenants {
			for j := range callersOfEach {
				callers.Go(func() {
					token := fmt.Sprintf("tenant-%d", i)
					random := rand.New(rand.NewPCG(uint64(i), uint64(j)))
					for range asks {
						time.Sleep(time.Duration(random.IntN(4000)) * time.Millisecond) //nolint:forbidigo // the bubble's clock
						ctx, cancel := context.WithTimeout(b.t.Context(), time.Duration(1+random.IntN(150))*time.Millisecond)
						if random.IntN(4) == 0 {
							time.AfterFunc(time.Duration(random.IntN(60))*time.Millisecond, cancel)
						}
						var notBefore time.Time
						if random.IntN(5) == 0 {
							notBefore = time.Now()
						}
						got, err := b.Snapshot(ctx, pair(t, token), notBefore)
						switch {
						case err == nil:
							answers.Add(1)
							if _, own := got.Set.ByID(token); !own || got.Set.Len() != 1 {
								t.Errorf("%s was answered with another tenant's list", token)
							}
							if !got.Stale && got.FetchedAt.Before(notBefore) {
								t.Errorf("%s got a list older than it asked for", token)
							}
						case fault.KindOf(err) == fault.Canceled:
							left.Add(1)
						default:
							faults.Add(1)
						}
						cancel()
					}
				})
			}
		}
		callers.Wait()
		if answers.Load() < 1000 || faults.Load() < 100 || left.Load() < 100 {
			t.Errorf("%d answers, %d faults, %d left: too few of a kind to prove anything", answers.Load(), faults.Load(), left.Load())
		}
	})
}

func TestPairsThatShareATokenAreTwo(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		keyer := tenant.NewKeyer()
		for _, apiKey := range []string{"k1", "k2"} {
			c, err := tenant.NewCredentials("a", apiKey)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Snapshot(b.t.Context(), keyer.Tenant(c), time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		b.wantCalls("a", 0, 0)
	})
}

func TestMemoryIsBoundedByBytes(t *testing.T) {
	const pairs, mib = 60, 1 << 20
	inBubble(t, func(c *snapshot.Config) { c.MaxBytes = 10 * mib }, func(b *bench) {
		b.up.set(func(u *upstream) { u.padding = mib - 100<<10 })
		for i := range pairs {
			b.want(fmt.Sprintf("pair-%d", i), "v1", false)
			synctest.Wait()
		}
		if lists, bytes := b.Kept(); lists < 5 || lists > 11 || bytes > 10*mib {
			t.Errorf("%d lists of 0.9 MiB, %d bytes, were kept within 10 MiB", lists, bytes)
		}
	})
}

// A list that cannot be kept would be fetched for every request.
func TestListBeyondTheBoundIsAFailure(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.MaxBytes = 64 << 10 }, func(b *bench) {
		b.want("b", "v1", false)
		b.up.set(func(u *upstream) { u.padding = 128 << 10 })
		for range 10 {
			b.wantKind("a", fault.UpstreamMalformed)
		}
		b.sleepUntil(10 * time.Second)
		b.wantKind("a", fault.UpstreamMalformed)
		b.wantCalls("a", 0)

		b.sleepUntil(time.Minute)
		b.want("b", "v1", true) // grown too large: the last one that could be kept
		b.up.set(func(u *upstream) { u.padding = 0 })
		b.sleepUntil(2 * time.Minute)
		b.want("a", "v2", false)
		b.want("b", "v3", false)
	})
}

// An entry takes memory beside its list.
func TestEveryEntryCounts(t *testing.T) {
	inBubble(t, func(c *snapshot.Config) { c.Lister = listerFunc(time.Now) }, func(b *bench) {
		var sets uint64
		for i := range 10 {
			got, err := b.ask(fmt.Sprintf("pair-%d", i))
			if err != nil {
				t.Fatal(err)
			}
			sets += uint64(got.Set.SizeBytes())
		}
		synctest.Wait()
		if lists, bytes := b.Kept(); lists != 10 || bytes < sets+10<<10 {
			t.Errorf("%d lists of %d bytes count %d, want 1 KiB more for each", lists, sets, bytes)
		}
	})
}

func TestErrorsHoldNoCredentials(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		for _, err := range []error{unavailable(), limited(time.Second), errors.New("boom"), context.Canceled} {
			b.up.failWith(err)
			_, got := b.ask("SECRET-token")
			if got == nil || strings.Contains(got.Error()+b.log.String(), "SECRET") {
				t.Errorf("error %v, log:\n%s", got, b.log)
			}
			b.sleepUntil(b.elapsed() + time.Minute)
		}
	})
}
