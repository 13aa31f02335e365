package model_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"paymentlinks/graph/model"
	"paymentlinks/internal/paymentlink"
)

// Fields that look at all links take turns, and those that still wait when the
// caller leaves look at nothing.
func TestInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		moment := momentAt(instant)
		var looks, refused atomic.Int32
		leaves := make(chan struct{})
		for range 10 {
			go func() {
				err := moment.InTurn(ctx, func() {
					looks.Add(1)
					<-leaves
				})
				if errors.Is(err, context.Canceled) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		close(leaves)
		synctest.Wait()
		if looks.Load() != 1 || refused.Load() != 9 {
			t.Errorf("%d fields looked and %d were refused, want 1 and 9", looks.Load(), refused.Load())
		}
		if err := moment.InTurn(t.Context(), func() { looks.Add(1) }); err != nil || looks.Load() != 2 {
			t.Errorf("no field gets its turn afterwards: %v", err)
		}
	})
}

// A caller that has left gets no turn, however free it is.
func TestNoTurnAfterLeaving(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	snapshot := &paymentlink.Snapshot{Set: paymentlink.NewSet(nil, nil)}
	for range 100 { // a select of two that are ready chooses either
		if err := momentAt(instant).InTurn(ctx, func() { t.Error("it looked") }); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want the end of the context", err)
		}
	}
	if _, err := (model.Page{}).Cut(ctx, snapshot.Set.All(), snapshot, momentAt(instant)); !errors.Is(err, context.Canceled) {
		t.Errorf("a page is cut: %v", err)
	}
	if _, err := model.NewSummary(ctx, snapshot.Set.All(), snapshot, momentAt(instant)); !errors.Is(err, context.Canceled) {
		t.Errorf("links are added up: %v", err)
	}
}
