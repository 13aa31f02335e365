package overload_test

import (
	"runtime/debug"
	"testing"

	"paymentlinks/internal/overload"
)

func TestLimitHeap(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	overload.LimitHeap(0)()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("a limit of 0 sets %d, was %d", got, before)
	}
	restore := overload.LimitHeap(1 << 40)
	if got := debug.SetMemoryLimit(-1); got != 1<<40 {
		t.Errorf("limit = %d, want %d", got, 1<<40)
	}
	restore()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("restored limit = %d, was %d", got, before)
	}
}
