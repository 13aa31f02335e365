package overload_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/overload"
)

func TestGrowWaitsAndRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := overload.NewMemory(100)
		first, second := &overload.Share{Memory: memory}, &overload.Share{Memory: memory}
		if err := first.Grow(t.Context(), 80); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := second.Grow(t.Context(), 30)
		refused, ok := errors.AsType[*fault.Error](err)
		if took := time.Since(start); !ok || refused.Kind != fault.Overloaded || refused.RetryAfter <= 0 || took != 250*time.Millisecond {
			t.Errorf("Grow beyond the memory = %v after %v, want OVERLOADED after 250ms, with a time to retry", err, took)
		}
		if !errors.Is(second.Refused(), err) || first.Refused() != nil {
			t.Errorf("refused: %v and %v, want none and the error", first.Refused(), second.Refused())
		}

		time.AfterFunc(100*time.Millisecond, func() { first.Shrink(60) })
		start = time.Now()
		if err := second.Grow(t.Context(), 30); err != nil || time.Since(start) != 100*time.Millisecond {
			t.Errorf("Grow = %v after %v, want none once the other has shrunk", err, time.Since(start))
		}

		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := second.Grow(ctx, 30); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Grow beyond the deadline = %v, want that of the context", err)
		}
		first.Release()
		second.Release()
		if err := (&overload.Share{Memory: memory}).Grow(t.Context(), 100); err != nil {
			t.Errorf("after all was given back: %v", err)
		}
	})
}

// TestLargerThanAll: what is larger than the whole goes alone.
func TestLargerThanAll(t *testing.T) {
	memory := overload.NewMemory(100)
	large := &overload.Share{Memory: memory}
	for range 3 {
		if err := large.Grow(t.Context(), 90); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&overload.Share{Memory: memory}).Grow(t.Context(), 1); fault.KindOf(err) != fault.Overloaded {
		t.Errorf("beside it: %v, want OVERLOADED", err)
	}
	large.Release()
	if err := (&overload.Share{Memory: memory}).Grow(t.Context(), 100); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestNoMemoryBoundsNothing(t *testing.T) {
	memory := overload.NewMemory(0)
	grow, release := memory.Reserve()
	if err := grow(t.Context(), 1<<60); err != nil {
		t.Error(err)
	}
	release()
	if _, ok := memory.Hold(make([]byte, 1)); !ok {
		t.Error("a body is refused")
	}
}

// TestHoldCountsABodyOnce however many read it, until the last has.
func TestHoldCountsABodyOnce(t *testing.T) {
	memory := overload.NewMemory(100)
	body, other := make([]byte, 60), make([]byte, 60)
	var releases []func()
	for range 3 {
		release, ok := memory.Hold(body)
		if !ok {
			t.Fatal("a body that is held already is refused")
		}
		releases = append(releases, release)
	}
	for _, release := range releases {
		if _, ok := memory.Hold(other); ok {
			t.Fatal("there is room for another body while the first is read")
		}
		release()
	}
	release, ok := memory.Hold(other)
	if !ok {
		t.Fatal("no room for another body although nobody reads the first")
	}
	release()
	if err := (&overload.Share{Memory: memory}).Grow(t.Context(), 100); err != nil {
		t.Errorf("not all was given back: %v", err)
	}
}

// TestMemoryUnderConcurrency: whatever happens at the same time, no more is held
// than there is, and in the end all is free.
func TestMemoryUnderConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := overload.NewMemory(1000)
		var all sync.WaitGroup
		var mu sync.Mutex
		held := int64(0)
		move := func(by int64) {
			mu.Lock()
			defer mu.Unlock()
			if held += by; held > 1000 {
				t.Errorf("%d held of 1000", held)
			}
		}
		for i := range 100 {
			all.Go(func() {
				for j := range 20 {
					n := int64(1 + (i*7+j*13)%300)
					s := &overload.Share{Memory: memory}
					if s.Grow(t.Context(), n) != nil {
						continue
					}
					move(n)
					time.Sleep(time.Duration(1+j) * time.Millisecond) //nolint:forbidigo // the bubble's clock
					move(-n)
					s.Release()
				}
			})
		}
		all.Wait()
		if err := (&overload.Share{Memory: memory}).Grow(t.Context(), 1000); err != nil {
			t.Errorf("in the end: %v", err)
		}
	})
}
