package guard_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/guard"
)

func TestVerdictsAreRemembered(t *testing.T) {
	g := newGuard(t, guard.Limits{})
	document := "{paymentLinks{" + numbered(300, "f%d ") + "}}"
	refused := "{" + numbered(31, "f%d ") + "}"
	for range 2 { // a verdict is remembered from the second time on
		if err := g.Check(document); err != nil {
			t.Fatal(err)
		}
	}
	_ = g.Check(refused)
	first := g.Check(refused)
	if again := g.Check(refused); again != first { //nolint:errorlint // the very same value proves that it was remembered
		t.Errorf("Check made a new refusal %p, want the remembered %p", again, first)
	}
	if allocs := testing.AllocsPerRun(100, func() {
		if err := g.Check(document); err != nil {
			t.Error(err)
		}
	}); allocs > 1 {
		t.Errorf("Check of a remembered document allocates %.0f times, want at most once", allocs)
	}
}

func TestVerdictsAreBoundedByBytes(t *testing.T) {
	const memory = 1 << 20
	g := newGuard(t, guard.Limits{MemoryBytes: memory})
	before := heap()
	for i := range 2000 {
		document := fmt.Sprintf("{a%d}%s", i, strings.Repeat("#", 20_000)) // 40 MB in all
		for range 2 {
			if err := g.Check(document); err != nil {
				t.Fatal(err)
			}
		}
	}
	after := heap()
	if grown := int64(after) - int64(before); grown > 3*memory {
		t.Errorf("remembering 2000 documents of 20 KB took %d bytes, want about %d", grown, memory)
	}
	runtime.KeepAlive(g)
}

// A verdict must not keep the request alive that its document was cut from.
func TestVerdictsLetGoOfTheRequest(t *testing.T) {
	g := newGuard(t, guard.Limits{})
	before := heap()
	for i := range 100 {
		body := fmt.Sprintf("{a%d}", i) + strings.Repeat(" ", 1<<20)
		for range 2 {
			if err := g.Check(body[:8]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if grown := int64(heap()) - int64(before); grown > 10<<20 {
		t.Errorf("remembering 100 short documents took %d bytes", grown)
	}
	runtime.KeepAlive(g)
}

// A document is handed out as long as its verdict is not remembered, and never
// one that is refused.
func TestParse(t *testing.T) {
	g := newGuard(t, guard.Limits{})
	for use, want := range []bool{true, true, false} {
		if parsed, err := g.Parse("{ a }"); err != nil || (parsed != nil) != want {
			t.Errorf("use %d: document %v, %v; want one: %v", use+1, parsed, err, want)
		}
		if parsed, err := g.Parse("{ " + numbered(31, "f%d ") + "}"); parsed != nil || fault.KindOf(err) != fault.LimitExceeded {
			t.Errorf("use %d: a refused document %v, %v", use+1, parsed, err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestCheckConcurrently(t *testing.T) {
	g := newGuard(t, guard.Limits{MemoryBytes: 64 << 10})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 300 {
				n := (worker + i) % 60
				want := fault.Kind("")
				if n > 30 {
					want = fault.LimitExceeded
				}
				document := "{" + numbered(n, "f%d ") + "}"
				if n == 0 {
					want = fault.ParseFailed
				}
				if err := g.Check(document); fault.KindOf(err) != want {
					t.Errorf("Check(%q) = %v, want %q", document, err, want)
				}
			}
		})
	}
	wg.Wait()
}
