package answer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
)

// serve answers a question as a caller does: from a flight, or by making it.
// made says what comes of the making under the flight's context.
func serve(ctx context.Context, t testing.TB, s *answer.Store, a *answer.Asked, generation uint64, now time.Time, made func(context.Context, *answer.Question) *answer.Answer) string {
	q, ok := s.Ask(a)
	if !ok {
		t.Fatal("no key")
	}
	defer q.Release()
	flight, leads := q.Join(generation)
	switch {
	case flight == nil:
	case leads:
		var mine *answer.Answer
		func() {
			defer func() { flight.Land(mine) }()
			mine = made(flight.Context(ctx), q)
		}()
		if mine == nil {
			return "none"
		}
		return string(mine.Body)
	default:
		if shared, _ := flight.Wait(ctx, now); shared != nil {
			return "shared " + string(shared.Body)
		}
		if ctx.Err() != nil {
			return "left"
		}
	}
	return "alone"
}

func TestFlightIsShared(t *testing.T) {
	tests := map[string]struct {
		freshness  exchange.Freshness
		generation uint64
		meanwhile  func(*answer.Store, *lists)
		want       string
	}{
		"an answer":                     {of(1), 0, func(*answer.Store, *lists) {}, "shared body"},
		"an answer of the given list":   {of(1), 1, func(*answer.Store, *lists) {}, "shared body"},
		"the given list is not fresh":   {of(1), 1, func(_ *answer.Store, l *lists) { l.set(alice, 1, -time.Hour) }, "shared body"},
		"fetched before the caller was": {of(1), 0, func(_ *answer.Store, l *lists) { l.set(alice, 1, -time.Hour) }, "alone"},
		"purged meanwhile":              {of(1), 0, func(_ *answer.Store, l *lists) { l.set(alice, 0, 0) }, "alone"},
		"given, and purged meanwhile":   {of(1), 1, func(_ *answer.Store, l *lists) { l.set(alice, 0, 0) }, "alone"},
		"forgotten meanwhile":           {of(1), 0, func(s *answer.Store, _ *lists) { s.Forget() }, "alone"},
		"a stale answer":                {exchange.Freshness{Generation: 1, Stale: true}, 0, func(*answer.Store, *lists) {}, "alone"},
		"a volatile answer":             {exchange.Freshness{Generation: 1, Volatile: true}, 0, func(*answer.Store, *lists) {}, "alone"},
		"a link expires meanwhile": {
			exchange.Freshness{Generation: 1, NextExpiry: noon.Add(time.Second)},
			0,
			func(_ *answer.Store, l *lists) { l.pass(time.Second) }, "alone",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, l := newStore(t)
				release := make(chan struct{})
				var leaders atomic.Int64
				got := make([]string, 10)
				var callers sync.WaitGroup
				for i := range got {
					callers.Go(func() {
						got[i] = serve(t.Context(), t, s, question(alice, "{ a }"), test.generation, noon, func(_ context.Context, q *answer.Question) *answer.Answer {
							leaders.Add(1)
							<-release
							return q.New([]byte("body"), test.freshness)
						})
					})
				}
				synctest.Wait()
				test.meanwhile(s, l)
				close(release)
				callers.Wait()
				count := 0
				for _, g := range got {
					if g == test.want {
						count++
					}
				}
				if leaders.Load() != 1 || count != len(got)-1 {
					t.Errorf("%d leaders, answers %q; want one and %q for all others", leaders.Load(), got, test.want)
				}
			})
		})
	}
}

// Neither another question nor another list is waited for.
func TestFlightsAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newStore(t)
		q := ask(t, s, question(alice, "{ a }"))
		defer q.Release()
		first, leads := q.Join(1)
		if !leads {
			t.Fatal("does not lead")
		}
		same := ask(t, s, question(alice, "{ a }"))
		defer same.Release()
		if other, leads := same.Join(2); other != nil || leads {
			t.Error("another list joins")
		}
		theirs := ask(t, s, question(bob, "{ a }"))
		defer theirs.Release()
		second, leads := theirs.Join(1)
		if !leads {
			t.Error("another tenant joins")
		}
		first.Land(nil)
		second.Land(nil)
		again, leads := same.Join(1)
		if !leads {
			t.Error("a flight that has landed is joined")
		}
		again.Land(nil)
	})
}

// A caller who leaves takes nothing from the others; when all have left, the
// making is told.
func TestLeaving(t *testing.T) {
	for name, test := range map[string]struct {
		leaderLeaves, followerLeaves bool
		wantLeader, wantFollower     string
	}{
		"the leader":   {true, false, "body", "shared body"},
		"the follower": {false, true, "body", "left"},
		"both":         {true, true, "none", "left"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := newStore(t)
				leaderCtx, leaderLeaves := context.WithTimeout(t.Context(), time.Hour)
				defer leaderLeaves()
				followerCtx, followerLeaves := context.WithCancel(t.Context())
				defer followerLeaves()
				var leader, follower string
				var callers sync.WaitGroup
				callers.Go(func() {
					leader = serve(leaderCtx, t, s, question(alice, "{ a }"), 0, noon, func(ctx context.Context, q *answer.Question) *answer.Answer {
						select {
						case <-time.After(time.Second):
							return q.New([]byte("body"), of(1))
						case <-ctx.Done():
							return nil
						}
					})
				})
				synctest.Wait()
				callers.Go(func() { follower = serve(followerCtx, t, s, question(alice, "{ a }"), 0, noon, nil) })
				synctest.Wait()
				if test.leaderLeaves {
					leaderLeaves()
				}
				if test.followerLeaves {
					followerLeaves()
				}
				callers.Wait()
				if leader != test.wantLeader || follower != test.wantFollower {
					t.Errorf("leader %q, follower %q; want %q, %q", leader, follower, test.wantLeader, test.wantFollower)
				}
			})
		})
	}
}

// The making keeps the deadline of the caller who leads it.
func TestTheLeadersDeadlineHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newStore(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		serve(ctx, t, s, question(alice, "{ a }"), 0, noon, func(ctx context.Context, _ *answer.Question) *answer.Answer {
			<-ctx.Done()
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				t.Errorf("ended by %v", ctx.Err())
			}
			return nil
		})
	})
}

// A leader who panics leaves nobody waiting.
func TestAPanicLands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newStore(t)
		var follower string
		var callers sync.WaitGroup
		callers.Go(func() {
			defer func() { _ = recover() }()
			serve(t.Context(), t, s, question(alice, "{ a }"), 0, noon, func(context.Context, *answer.Question) *answer.Answer {
				time.Sleep(time.Second) //nolint:forbidigo // fake time
				panic("for the test")
			})
		})
		synctest.Wait()
		callers.Go(func() { follower = serve(t.Context(), t, s, question(alice, "{ a }"), 0, noon, nil) })
		callers.Wait()
		if follower != "alone" {
			t.Errorf("the follower got %q", follower)
		}
	})
}

// Many callers of few questions, some of whom leave, get their own answers.
func TestStress(t *testing.T) {
	s, l := newStore(t)
	var callers sync.WaitGroup
	for i := range 200 {
		callers.Go(func() {
			owner, generation := alice, uint64(1)
			if i%2 == 1 {
				owner, generation = bob, 2
			}
			document := fmt.Sprint("{ a", i%6, " }")
			want := fmt.Sprint(owner[0], document)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%7 == 0 {
				cancel()
			}
			for range 50 {
				got := serve(ctx, t, s, question(owner, document), 0, noon, func(_ context.Context, q *answer.Question) *answer.Answer {
					made := q.New([]byte(want), of(generation))
					q.Keep(made)
					return made
				})
				if got != want && got != "shared "+want && got != "alone" && got != "left" {
					t.Errorf("%q got %q", want, got)
				}
				if found := find(t, s, question(owner, document)); found != "" && found != want {
					t.Errorf("%q found %q", want, found)
				}
			}
		})
	}
	l.set(alice, 1, time.Hour)
	callers.Wait()
}
