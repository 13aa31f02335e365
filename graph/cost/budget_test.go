package cost_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"paymentlinks/graph/cost"
	"paymentlinks/internal/fault"
)

func items() []cost.Item {
	return []cost.Item{cost.Links, cost.Representations, cost.QRCodes, cost.Modules, cost.Text, cost.Bytes}
}

// limited has a bound of its own for each item.
func limited(n int) *cost.Budget {
	return cost.NewBudget(cost.Limits{
		Links: n, Representations: n + 1, QRCodes: n + 2, Modules: n + 3, TextBytes: int64(n + 4), AnswerBytes: int64(n + 5), Errors: 2,
	})
}

// What is allowed may be spent to the last, and nothing beyond it.
func TestChargeIsExact(t *testing.T) {
	sentences, limits := map[string]bool{}, map[string]bool{}
	for i, item := range items() {
		b, limit := limited(10), 10+i
		if err := errors.Join(b.Charge(item, limit-1), b.Charge(item, 0), b.Charge(item, 1), b.Charge(item, 0)); err != nil {
			t.Errorf("item %d: %d of %d are refused: %v", item, limit, limit, err)
		}
		if left := b.Left(item); left != 0 {
			t.Errorf("item %d: %d left of nothing", item, left)
		}
		err := b.Charge(item, 1)
		if fault.KindOf(err) != fault.LimitExceeded || !strings.Contains(err.Error(), fmt.Sprint(limit)) {
			t.Errorf("item %d: one beyond %d gives %v", item, limit, err)
			continue
		}
		exceeded, _ := errors.AsType[*fault.Error](err)
		limits[exceeded.Limit] = true
		if err := b.Charge(item, 0); err == nil {
			t.Errorf("item %d: a spent budget does not say so", item)
		}
		if left := b.Left(item); left != 0 {
			t.Errorf("item %d: %d left after too much was spent", item, left)
		}
		for _, other := range items() {
			if other != item && b.Charge(other, 1) != nil {
				t.Errorf("item %d is charged for item %d", other, item)
			}
		}
		sentences[err.Error()] = true
	}
	if len(sentences) != len(items()) {
		t.Errorf("%d sentences for %d items", len(sentences), len(items()))
	}
	if len(limits) != len(items()) || limits[""] {
		t.Errorf("the items are counted as %v", limits)
	}
}

func TestLimitsHaveOneMeaning(t *testing.T) {
	defaults := map[cost.Item]int64{
		cost.Links: cost.DefaultLinks, cost.Representations: cost.DefaultRepresentations, cost.QRCodes: cost.DefaultQRCodes,
		cost.Modules: cost.DefaultModules, cost.Text: cost.DefaultTextBytes, cost.Bytes: cost.DefaultAnswerBytes,
	}
	byDefault := cost.NewBudget(cost.Limits{})
	unbounded := cost.NewBudget(cost.Limits{Links: -1, Representations: -1, QRCodes: -1, Modules: -1, TextBytes: -1, AnswerBytes: -1, Errors: -1})
	for _, item := range items() {
		if got := byDefault.Left(item); got != defaults[item] {
			t.Errorf("item %d: 0 means %d, want the default %d", item, got, defaults[item])
		}
		if got := unbounded.Left(item); got != math.MaxInt64 {
			t.Errorf("item %d: -1 means %d, want no bound", item, got)
		}
	}
	for range 1000 {
		if unbounded.Error(errors.ErrUnsupported) == nil {
			t.Fatal("an error is left out without a bound")
		}
	}
}

// As many errors are told as may be, then that there are more, then nothing.
func TestErrorsAreToldOnce(t *testing.T) {
	b := limited(1)
	cause := errors.New("cause")
	for i, want := range []string{"cause", "cause", "More than 2 errors occurred: the others are left out.", "", ""} {
		got := b.Error(cause)
		if (got == nil) != (want == "") || got != nil && !strings.HasSuffix(got.Error(), want) {
			t.Errorf("error %d is told as %v, want %q", i+1, got, want)
		}
	}
}

// Fields of one operation spend at the same time, and lose nothing.
func TestChargesAddUp(t *testing.T) {
	const spenders, each = 8, 1000
	b := cost.NewBudget(cost.Limits{AnswerBytes: spenders * each})
	var all sync.WaitGroup
	for range spenders {
		all.Go(func() {
			for range each {
				if err := b.Charge(cost.Bytes, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if left := b.Left(cost.Bytes); left != 0 {
		t.Errorf("%d left", left)
	}
}

func TestFromContext(t *testing.T) {
	b := limited(5)
	if got := cost.FromContext(cost.NewContext(t.Context(), b)); got != b {
		t.Errorf("got another budget: %p, want %p", got, b)
	}
	if got := cost.FromContext(t.Context()).Left(cost.Links); got != cost.DefaultLinks {
		t.Errorf("outside an operation %d links are left, want a full budget", got)
	}
}
