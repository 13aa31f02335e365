package loader_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"paymentlinks/graph/loader"
	"paymentlinks/internal/paymentlink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setOf makes a list of links "id-0" with code "code-0" and so on.
func setOf(links int) *paymentlink.Set {
	records := make([]paymentlink.Record, links)
	for i := range records {
		n := strconv.Itoa(i)
		records[i] = paymentlink.Record{ID: "id-" + n, URL: "https://pay.example/shop/code-" + n, Code: "code-" + n}
	}
	return paymentlink.NewSet(records, nil)
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
			link, ok, err := test.look(t.Context(), loader.New(setOf(10)))
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
	Err   error
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
			outcomes[i] = outcome{Found: ok, Err: err}
			if ok {
				outcomes[i].ID = link.ID()
			}
		})
	}
	wg.Wait()
	return outcomes
}

func TestTwentyLookUpsAtOnce(t *testing.T) {
	l := loader.New(setOf(15))
	want := make([]outcome, 20)
	for i := range 15 {
		want[i] = outcome{ID: "id-" + strconv.Itoa(i), Found: true}
	}
	for range 2 { // the second time from what is kept
		if diff := cmp.Diff(want, together(t.Context(), l, 20)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestOperationsShareNothing(t *testing.T) {
	one, other := loader.New(setOf(1)), loader.New(setOf(2))
	if _, ok, _ := one.ByID(t.Context(), "id-1"); ok {
		t.Error("found a link that the list lacks")
	}
	if _, ok, _ := other.ByID(t.Context(), "id-1"); !ok {
		t.Error("another operation's not found was kept")
	}
}

func BenchmarkByID(b *testing.B) {
	set := setOf(200)
	for _, n := range []int{1, 20} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l := loader.New(set)
				together(b.Context(), l, n)
			}
		})
	}
}
