package snapshot_test

import (
	"context"
	"testing"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
)

func warmStore(b *testing.B) (*snapshot.Store, tenant.Tenant) {
	b.Helper()
	store, err := snapshot.New(snapshot.Config{Lister: listerFunc(time.Now), Settings: snapshot.Settings{FreshFor: time.Hour}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	c := pair(b, "a")
	if _, err := store.Snapshot(b.Context(), c, time.Time{}); err != nil {
		b.Fatal(err)
	}
	return store, c
}

// BenchmarkHit is a fresh list from memory; most of it is the HMAC of the
// pair, which BenchmarkKey shows alone.
func BenchmarkHit(b *testing.B) {
	store, c := warmStore(b)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Snapshot(ctx, c, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHitParallel(b *testing.B) {
	store, c := warmStore(b)
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := store.Snapshot(ctx, c, time.Time{}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkKey(b *testing.B) {
	keyer, c := tenant.NewKeyer(), pair(b, "a")
	b.ReportAllocs()
	for b.Loop() {
		_ = keyer.Tenant(c.Credentials)
	}
}

// failing answers once, then fails.
type failing struct{ calls int }

func (f *failing) List(ctx context.Context, _ tenant.Tenant, _ *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	if f.calls++; f.calls > 1 {
		return nil, unavailable()
	}
	return listerFunc(time.Now).List(ctx, tenant.Tenant{}, nil)
}

// BenchmarkOutage is an old list between two tries.
func BenchmarkOutage(b *testing.B) {
	now := time.Now()
	store, err := snapshot.New(snapshot.Config{
		Lister: &failing{}, Settings: snapshot.Settings{FreshFor: time.Second, StaleFor: time.Hour}, Now: func() time.Time { return now },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	ctx, c := b.Context(), pair(b, "a")
	if _, err := store.Snapshot(ctx, c, time.Time{}); err != nil {
		b.Fatal(err)
	}
	now = now.Add(time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		if got, err := store.Snapshot(ctx, c, time.Time{}); err != nil || !got.Stale {
			b.Fatal(got, err)
		}
	}
}

// BenchmarkRefresh is a whole round through a flight.
func BenchmarkRefresh(b *testing.B) {
	store, err := snapshot.New(snapshot.Config{Lister: listerFunc(time.Now)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	ctx, c := b.Context(), pair(b, "a")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Snapshot(ctx, c, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
