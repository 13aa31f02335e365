package loader_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"paymentlinks/graph/loader"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// snapshotOf makes a list of links "id-0" with code "code-0" and so on.
func snapshotOf(links int) *paymentlink.Snapshot {
	records := make([]paymentlink.Record, links)
	for i := range records {
		n := strconv.Itoa(i)
		records[i] = paymentlink.Record{ID: "id-" + n, URL: "https://pay.example/shop/code-" + n, Code: "code-" + n}
	}
	return &paymentlink.Snapshot{Set: paymentlink.NewSet(records, nil)}
}

// source is a pin that behaves: it counts its calls, can take its time, fail
// and panic, and gives up when its context ends.
type source struct {
	snapshot *paymentlink.Snapshot
	latency  time.Duration
	err      error
	panics   any

	calls, canceled atomic.Int64
}

func (s *source) pin(ctx context.Context) (*paymentlink.Snapshot, error) {
	s.calls.Add(1)
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-ctx.Done():
			s.canceled.Add(1)
			return nil, ctx.Err()
		}
	}
	if s.panics != nil {
		panic(s.panics)
	}
	return s.snapshot, s.err
}

func TestLookUps(t *testing.T) {
	tests := map[string]struct {
		look func(context.Context, *loader.Loaders) (paymentlink.Link, bool, error)
		want string // id, "" for not found
	}{
		"id":           {byID("id-3"), "id-3"},
		"id not found": {byID("id-99"), ""},
		"id empty":     {byID(""), ""},
		"code as id":   {byID("code-3"), ""},
		"code":         {byCode("code-3"), "id-3"},
		"code, case":   {byCode("CODE-3"), "id-3"},
		"whole URL":    {byCode("https://pay.example/shop/code-4"), "id-4"},
		"no such code": {byCode("nope"), ""},
		"id as code":   {byCode("id-3"), ""},
		"huge":         {byID(strings.Repeat("x", 1<<20)), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link, ok, err := test.look(t.Context(), loader.New((&source{snapshot: snapshotOf(10)}).pin))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if ok {
				got = link.ID()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func byID(id string) func(context.Context, *loader.Loaders) (paymentlink.Link, bool, error) {
	return func(ctx context.Context, l *loader.Loaders) (paymentlink.Link, bool, error) { return l.ByID(ctx, id) }
}

func byCode(code string) func(context.Context, *loader.Loaders) (paymentlink.Link, bool, error) {
	return func(ctx context.Context, l *loader.Loaders) (paymentlink.Link, bool, error) {
		return l.ByCode(ctx, code)
	}
}

// outcome is what one look-up gave.
type outcome struct {
	ID    string
	Found bool
	Kind  fault.Kind
}

// together runs n look-ups at once, by id and by code in turn, and returns
// their outcomes in order.
func together(ctx context.Context, l *loader.Loaders, n int) []outcome {
	outcomes := make([]outcome, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			look := byID("id-" + strconv.Itoa(i))
			if i%2 == 1 {
				look = byCode("code-" + strconv.Itoa(i))
			}
			link, ok, err := look(ctx, l)
			outcomes[i] = outcome{Found: ok, Kind: fault.KindOf(err)}
			if ok {
				outcomes[i].ID = link.ID()
			}
		})
	}
	wg.Wait()
	return outcomes
}

func TestTwentyLookUpsPinOnce(t *testing.T) {
	for _, latency := range []time.Duration{0, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := &source{snapshot: snapshotOf(15), latency: latency}
			l := loader.New(s.pin)
			want := make([]outcome, 20)
			for i := range 15 {
				want[i] = outcome{ID: "id-" + strconv.Itoa(i), Found: true}
			}
			for range 2 { // the second time from what is kept
				if diff := cmp.Diff(want, together(t.Context(), l, 20)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
			if got := s.calls.Load(); got != 1 {
				t.Errorf("pinned %d times, want once", got)
			}
		})
	}
}

func TestFailureOfThePinReachesEveryLookUp(t *testing.T) {
	tests := map[string]struct {
		source *source
		want   fault.Kind
	}{
		"classified":     {&source{err: fault.New(fault.UpstreamTimeout, "Upstream took too long.")}, fault.UpstreamTimeout},
		"unclassified":   {&source{err: errors.New("boom")}, fault.Internal},
		"panic":          {&source{panics: "boom"}, fault.Internal},
		"panic of error": {&source{panics: errors.New("boom")}, fault.Internal},
		"neither":        {&source{}, fault.Internal},
		"no set":         {&source{snapshot: &paymentlink.Snapshot{}}, fault.Internal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := loader.New(test.source.pin)
			want := make([]outcome, 20)
			for i := range want {
				want[i] = outcome{Kind: test.want}
			}
			for range 2 {
				if diff := cmp.Diff(want, together(t.Context(), l, 20)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
			if got := test.source.calls.Load(); got != 1 {
				t.Errorf("pinned %d times, want once: an operation has one outcome", got)
			}
		})
	}
}

func TestPanicSaysNothingOfItsValue(t *testing.T) {
	l := loader.New((&source{panics: "SECRET"}).pin)
	_, _, err := l.ByID(t.Context(), "id-0")
	classified, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("error %v is no *fault.Error", err)
	}
	if classified.Public != "Internal error" || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("public %q, log %q", classified.Public, err)
	}
	if !strings.Contains(err.Error(), "loader_test.go") {
		t.Errorf("the log does not say where it panicked: %q", err)
	}
}

func TestOneCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{snapshot: snapshotOf(5), latency: 10 * time.Second}
		l := loader.New(s.pin)
		start := time.Now()

		first, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var wg sync.WaitGroup
		wg.Go(func() { // begins the fetch, and is the first to leave
			if _, _, err := l.ByID(first, "id-1"); fault.KindOf(err) != fault.Timeout {
				t.Errorf("the caller that left: error %v", err)
			}
			if got := time.Since(start); got != time.Second {
				t.Errorf("it left after %v, want its own deadline", got)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			link, ok, err := l.ByID(t.Context(), "id-1")
			if err != nil || !ok || link.ID() != "id-1" {
				t.Errorf("the caller that stayed: found %v, error %v", ok, err)
			}
			if got := time.Since(start); got != 10*time.Second {
				t.Errorf("it was answered after %v, want one fetch", got)
			}
		})
		wg.Wait()
		if s.calls.Load() != 1 || s.canceled.Load() != 0 {
			t.Errorf("%d calls, %d of them cancelled, want 1 and 0", s.calls.Load(), s.canceled.Load())
		}
	})
}

func TestAllCallersLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{snapshot: snapshotOf(5), latency: 10 * time.Second}
		l := loader.New(s.pin)
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		want := make([]outcome, 20)
		for i := range want {
			want[i] = outcome{Kind: fault.Canceled}
		}
		if diff := cmp.Diff(want, together(ctx, l, 20)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		synctest.Wait()
		if got := s.canceled.Load(); got != 1 {
			t.Errorf("%d fetches were told to stop, want 1", got)
		}
		// Nothing of the abandoned fetch is kept.
		if _, ok, err := l.ByID(t.Context(), "id-1"); !ok || err != nil {
			t.Errorf("the next caller: found %v, error %v", ok, err)
		}
		if got := s.calls.Load(); got != 2 {
			t.Errorf("%d calls, want a second one", got)
		}
	})
}

func TestCallerThatIsGoneAlreadyFetchesNothing(t *testing.T) {
	s := &source{snapshot: snapshotOf(5)}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	_, ok, err := loader.New(s.pin).ByID(ctx, "id-1")
	if ok || fault.KindOf(err) != fault.Canceled || s.calls.Load() != 0 {
		t.Errorf("found %v, error %v, %d calls", ok, err, s.calls.Load())
	}
}

type tenantKey struct{}

func TestPinSeesTheCallersValuesAndNoDeadline(t *testing.T) {
	var value any
	var hasDeadline bool
	l := loader.New(func(ctx context.Context) (*paymentlink.Snapshot, error) {
		value = ctx.Value(tenantKey{})
		_, hasDeadline = ctx.Deadline()
		return snapshotOf(1), nil
	})
	ctx, leave := context.WithTimeout(context.WithValue(t.Context(), tenantKey{}, "shop"), time.Hour)
	defer leave()
	if _, ok, err := l.ByID(ctx, "id-0"); !ok || err != nil {
		t.Errorf("found %v, error %v", ok, err)
	}
	if value != "shop" || hasDeadline {
		t.Errorf("value %v, deadline %v: want the caller's value without its deadline", value, hasDeadline)
	}
}

func TestOperationsShareNothing(t *testing.T) {
	one, other := loader.New((&source{snapshot: snapshotOf(1)}).pin), loader.New((&source{snapshot: snapshotOf(2)}).pin)
	if _, ok, _ := one.ByID(t.Context(), "id-1"); ok {
		t.Error("found a link that the list lacks")
	}
	if _, ok, _ := other.ByID(t.Context(), "id-1"); !ok {
		t.Error("another operation's not found was kept")
	}
}

func BenchmarkByID(b *testing.B) {
	snapshot := snapshotOf(200)
	for _, n := range []int{1, 20} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l := loader.New(func(context.Context) (*paymentlink.Snapshot, error) { return snapshot, nil })
				together(b.Context(), l, n)
			}
		})
	}
}
