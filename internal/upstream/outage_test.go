package upstream_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

// service is what answers callers: lists that are kept, over the policies, over
// an upstream.
type service struct {
	*snapshot.Store
	up *lister
}

func newService(t *testing.T, c upstream.Config) *service {
	t.Helper()
	up := &lister{latency: 50 * time.Millisecond}
	c.Lister = up
	store, err := snapshot.New(snapshot.Config{
		Lister: newPolicies(t, c), Settings: snapshot.Settings{FreshFor: 15 * time.Second, StaleFor: 10 * time.Minute, FetchTimeout: 9 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &service{store, up}
}

// ask is what a request does, under its own deadline.
func (s *service) ask(t *testing.T, who tenant.Tenant) (stale bool, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
	defer cancel()
	got, err := s.Snapshot(ctx, who, time.Time{})
	if err != nil {
		return false, err
	}
	if got.Version != who.UserToken() {
		t.Errorf("%s got the list of %s", who.UserToken(), got.Version)
	}
	return got.Stale, nil
}

// TestOutage: upstream fails for five minutes, and every tenant that had a list
// asks every two seconds.
func TestOutage(t *testing.T) {
	for name, test := range map[string]struct {
		breakerOff bool
		fault      error
		latency    time.Duration
	}{
		"breaker on, refused at once": {false, unavailable(), 0},
		"breaker on, hanging":         {false, fault.New(fault.UpstreamTimeout, "Late."), 4 * time.Second},
		"breaker off":                 {true, unavailable(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var openedAt time.Time
				s := newService(t, upstream.Config{Settings: upstream.Settings{BreakerOff: test.breakerOff}, Events: upstream.Events{
					Breaker: func(state upstream.State) {
						if state == upstream.Open && openedAt.IsZero() {
							openedAt = time.Now()
						}
					},
				}})
				defer s.Close()
				var warm []tenant.Tenant
				for _, token := range tokens(100) {
					who := pair(t, token)
					if stale, err := s.ask(t, who); stale || err != nil {
						t.Fatalf("before the outage: stale %v, error %v", stale, err)
					}
					warm = append(warm, who)
				}
				pass(31 * time.Second) // all lists are past their time, a refresh behind included
				s.up.set(always(test.fault), test.latency)
				began := time.Now()
				before := s.up.tries()
				for time.Since(began) < 5*time.Minute {
					for _, who := range warm {
						go func() {
							if stale, err := s.ask(t, who); err != nil || !stale {
								t.Errorf("%s after %v of outage: stale %v, error %v", who.UserToken(), time.Since(began), stale, err)
							}
						}()
					}
					pass(2 * time.Second)
				}
				pass(10 * time.Second)

				tries := s.up.since(before)
				latest, inFetch := map[string]time.Time{}, map[string]int{}
				for _, a := range tries {
					if a.at.Sub(latest[a.token]) > 450*time.Millisecond { // longer than any pause
						inFetch[a.token] = 0
					}
					latest[a.token] = a.at
					if inFetch[a.token]++; inFetch[a.token] > 3 {
						t.Fatalf("%s: more than 3 tries for one fetch", a.token)
					}
				}
				if test.breakerOff {
					return
				}
				if openedAt.IsZero() {
					t.Fatal("the breaker never opened")
				}
				var last time.Time
				probes := 0
				for _, a := range tries {
					if !a.at.After(openedAt) {
						continue
					}
					probes++
					if gap := a.at.Sub(last); gap < 5*time.Second {
						t.Fatalf("asked again after %v with the breaker open", gap)
					}
					last = a.at
				}
				if probes < 10 {
					t.Errorf("%d probes in five minutes", probes)
				}

				s.up.set(nil, 0)
				pass(20 * time.Second)
				for _, who := range warm {
					_, _ = s.ask(t, who) // the first is the probe
				}
				pass(16 * time.Second)
				for _, who := range warm {
					if stale, err := s.ask(t, who); stale || err != nil {
						t.Errorf("%s after the outage: stale %v, error %v", who.UserToken(), stale, err)
					}
				}
			})
		})
	}
}

// TestCallsPerNeededCall: with the breaker off and everything failing, upstream
// gets at most 1.2 calls for each fetch that is due, and 10.
func TestCallsPerNeededCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := 0
		up := &lister{fail: always(unavailable())}
		policies := newPolicies(t, upstream.Config{Lister: up, Settings: upstream.Settings{BreakerOff: true}})
		for range 50 {
			for _, token := range tokens(40) {
				fetches++
				go func() {
					ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
					defer cancel()
					if _, err := policies.List(ctx, pair(t, token), nil); fault.KindOf(err) != fault.UpstreamUnavailable {
						t.Errorf("%s: %v", token, err)
					}
				}()
			}
			pass(time.Second)
		}
		if tries := up.tries(); 10*tries > 12*fetches+100 {
			t.Errorf("%d tries for %d fetches, want at most 1.2 each, and 10", tries, fetches)
		}
	})
}

// TestRefusedTenantsStayRefused: an outage never makes a list that upstream
// denied reappear.
func TestRefusedTenantsStayRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, upstream.Config{})
		defer s.Close()
		who := pair(t, "a")
		if _, err := s.ask(t, who); err != nil {
			t.Fatal(err)
		}
		pass(31 * time.Second)
		s.up.set(always(fault.New(fault.Forbidden, "No.")), 0)
		if _, err := s.ask(t, who); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("error %v, want FORBIDDEN", err)
		}
		s.up.set(always(unavailable()), 0)
		pass(3 * time.Second)
		_, err := s.ask(t, who)
		if classified, ok := errors.AsType[*fault.Error](err); !ok || classified.Kind != fault.UpstreamUnavailable {
			t.Errorf("error %v, want UPSTREAM_UNAVAILABLE and no list", err)
		}
	})
}
