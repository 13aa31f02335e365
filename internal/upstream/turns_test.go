package upstream_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/upstream"
)

// crowd is calls on Policies whose upstream takes a second for each try.
type crowd struct {
	*upstream.Policies
	up *lister
}

func newCrowd(t *testing.T, places int) *crowd {
	up := &lister{latency: time.Second}
	return &crowd{newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{Concurrency: places}}), up}
}

// call begins calls of one token, a millisecond apart.
func (c *crowd) call(t *testing.T, n int, token string, isKnown bool) {
	t.Helper()
	prev := list(pair(t, token))
	if !isKnown {
		prev = nil
	}
	for range n {
		go func() {
			if _, err := c.List(t.Context(), pair(t, token), prev); err != nil {
				t.Errorf("%s: %v", token, err)
			}
		}()
		time.Sleep(time.Millisecond) //nolint:forbidigo // the bubble's clock
	}
}

// order returns the tokens in the order of their tries.
func (c *crowd) order() string {
	c.up.mu.Lock()
	defer c.up.mu.Unlock()
	var order []string
	for _, a := range c.up.asked {
		order = append(order, a.token)
	}
	return strings.Join(order, " ")
}

func TestTurns(t *testing.T) {
	tests := map[string]struct {
		places int
		calls  func(t *testing.T, c *crowd)
		want   string
	}{
		"a loud tenant does not hold up a quiet one": {1, func(t *testing.T, c *crowd) {
			c.call(t, 4, "loud", true)
			c.call(t, 1, "quiet", true)
		}, "loud loud quiet loud loud"},
		"tenants go round": {1, func(t *testing.T, c *crowd) {
			c.call(t, 3, "a", true)
			c.call(t, 2, "b", true)
			c.call(t, 2, "c", true)
		}, "a a b c a b c"},
		"cold tenants share every other turn": {1, func(t *testing.T, c *crowd) {
			for _, token := range []string{"cold1", "cold2", "cold3", "cold4"} {
				c.call(t, 1, token, false)
			}
			c.call(t, 1, "known1", true)
			c.call(t, 1, "known2", true)
		}, "cold1 known1 cold2 known2 cold3 cold4"},
		"cold tenants take half of the places": {4, func(t *testing.T, c *crowd) {
			for _, token := range []string{"cold1", "cold2", "cold3", "cold4"} {
				c.call(t, 1, token, false)
			}
			c.call(t, 1, "known1", true)
			c.call(t, 1, "known2", true)
		}, "cold1 cold2 known1 known2 cold3 cold4"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, test.places)
				test.calls(t, c)
				pass(time.Minute)
				if got := c.order(); got != test.want {
					t.Errorf("served %s\nwant   %s", got, test.want)
				}
				if peak := c.up.peakTries(); peak > test.places {
					t.Errorf("%d tries in flight, want at most %d", peak, test.places)
				}
			})
		})
	}
}

// TestThousandColdTenants: upstream sees a queue and no flood, and everybody is
// served.
func TestThousandColdTenants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, upstream.DefaultConcurrency)
		c.up.latency = 100 * time.Millisecond
		for _, token := range tokens(1000) {
			go c.call(t, 1, token, false)
		}
		c.call(t, 1, "known", true)
		pass(200 * time.Millisecond)
		if !strings.Contains(c.order(), "known") {
			t.Error("a tenant with a list waits behind those without")
		}
		pass(10 * time.Second)
		served := map[string]int{}
		for token := range strings.FieldsSeq(c.order()) {
			served[token]++
		}
		if tries := c.up.tries(); len(served) != 1001 || tries != 1001 {
			t.Errorf("%d tenants served in %d tries, want 1,001 in as many", len(served), tries)
		}
		if peak := c.up.peakTries(); peak > upstream.DefaultConcurrency {
			t.Errorf("%d tries in flight", peak)
		}
	})
}

// TestPausesHoldNoPlace: while one call waits for its retry another is served.
func TestPausesHoldNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &lister{fail: func(token string, n int) error {
			if token == "failing" && n == 0 {
				return unavailable()
			}
			return nil
		}}
		c := &crowd{newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{Concurrency: 1}}), up}
		c.call(t, 1, "failing", true)
		c.call(t, 1, "other", true)
		pass(time.Second)
		if got := c.order(); got != "failing other failing" {
			t.Errorf("served %s", got)
		}
	})
}

// TestLeavingTheLine: who leaves takes no place with it, and is told why.
func TestLeavingTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		c.call(t, 1, "a", true)

		late, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer stop()
		_, err := c.List(late, pair(t, "late"), nil)
		if classified, ok := errors.AsType[*fault.Error](err); !ok || classified.Kind != fault.Overloaded || classified.RetryAfter <= 0 {
			t.Errorf("out of time: %v, want OVERLOADED with a time", err)
		}

		left, leave := context.WithCancel(t.Context())
		gone := make(chan error)
		for range 2 {
			go func() {
				_, err := c.List(left, pair(t, "left"), nil)
				gone <- err
			}()
		}
		synctest.Wait()
		leave()
		for range 2 {
			if err := <-gone; fault.KindOf(err) != fault.Canceled {
				t.Errorf("left: %v, want CANCELED", err)
			}
		}
		c.call(t, 1, "b", true)
		pass(10 * time.Second)
		if got := c.order(); got != "a b" {
			t.Errorf("served %s, want those that stayed", got)
		}

		if _, err := c.List(left, pair(t, "gone"), nil); fault.KindOf(err) != fault.Canceled || c.order() != "a b" {
			t.Errorf("left before: %v, served %s", err, c.order())
		}
	})
}

// TestLeavingAtTheTurn: a place that comes at the very moment at which its call
// ends is not lost.
func TestLeavingAtTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		for range 50 { // which of the two comes first is left to chance
			go func() { _, _ = c.List(t.Context(), pair(t, "a"), nil) }()
			synctest.Wait()
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			_, _ = c.List(ctx, pair(t, "b"), nil)
			stop()
			pass(time.Second)
		}
		before := c.up.tries()
		c.call(t, 1, "c", false)
		if c.up.tries() != before+1 {
			t.Error("the place is lost")
		}
		pass(10 * time.Second)
	})
}
