package snapshot_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
)

// Stories are what can happen to one pair: some callers, who ask, wait and
// leave at times on one grid, so that much happens at the same instant, and an
// upstream whose calls take their time and end in every way. Many stories run
// at once on one store. Everything is written down, and an oracle that knows
// the rules, and nothing of how the store follows them, judges the record.

//nolint:gochecknoglobals // how Go takes a test's flags
var soak = flag.Bool("soak", false, "run the long tests at their full length")

const (
	storyGrid         = 250 * time.Millisecond
	storyFetchTimeout = 4 * time.Second
	storiesAtOnce     = 50
)

// story is the script of one pair and the record of what happened.
type story struct {
	seed   uint64
	tenant tenant.Tenant
	ages   storyAges

	mu      sync.Mutex
	random  *rand.Rand // of the upstream
	calls   []*storyCall
	callers []*storyCaller
}

type storyAges struct{ fresh, stale time.Duration }

// storyCall is one call to upstream.
type storyCall struct {
	n         int
	begin     time.Duration
	end       time.Duration
	hadPrev   bool
	kind      fault.Kind // "" is a list
	abandoned bool       // its context was cancelled when it returned
}

// storyCaller is one question and its answer.
type storyCaller struct {
	asked, answered time.Duration
	forced          bool
	deadline        time.Duration // 0 is none
	leaves          time.Duration // 0 is never
	call            int           // whose list it got, -1 for none
	stale           bool
	kind            fault.Kind
	foreign         bool
}

type storyKey struct{}

// storyLister is the upstream of all stories. A flight takes the values of its
// caller's context along, and by those the story is found.
type storyLister struct{}

func (storyLister) List(ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	s, _ := ctx.Value(storyKey{}).(*story)
	call, latency, err := s.begin(prev)
	kind := fault.KindOf(err)
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		err = fault.Wrap(fault.KindOf(ctx.Err()), "Ended.", ctx.Err())
		kind = fault.UpstreamTimeout
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	call.end, call.kind = time.Since(bubbleStart), kind
	call.abandoned = context.Cause(ctx) == context.Canceled //nolint:errorlint // the context's own value
	if err != nil {
		return nil, err
	}
	record := paymentlink.Record{ID: t.UserToken(), URL: "https://pay.example/m/c"}
	return &paymentlink.Snapshot{
		Set: paymentlink.NewSet([]paymentlink.Record{record}, nil), FetchedAt: time.Now(), Version: fmt.Sprint(call.n),
	}, nil
}

// begin writes a call down and draws what becomes of it.
func (s *story) begin(prev *paymentlink.Snapshot) (*storyCall, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := &storyCall{n: len(s.calls), begin: time.Since(bubbleStart), hadPrev: prev != nil}
	s.calls = append(s.calls, call)
	latency := time.Duration(s.random.IntN(8)) * storyGrid
	var err error
	switch s.random.IntN(12) {
	case 0, 1, 2:
		err = fault.New(fault.UpstreamUnavailable, "No.")
	case 3:
		err = fault.New(fault.Forbidden, "No.")
	case 4:
		err = &fault.Error{Kind: fault.UpstreamRateLimited, Public: "No.", RetryAfter: 2 * time.Second}
	case 5:
		latency = time.Minute // hangs
	}
	return call, latency, err
}

// run plays the story on a store.
func (s *story) run(ctx context.Context, store *snapshot.Store) {
	random := rand.New(rand.NewPCG(s.seed, 1))
	var running sync.WaitGroup
	for range 2 + random.IntN(7) {
		caller := &storyCaller{asked: time.Duration(random.IntN(40)) * storyGrid, forced: random.IntN(4) == 0}
		switch random.IntN(4) {
		case 0:
			caller.deadline = caller.asked + time.Duration(1+random.IntN(12))*storyGrid
		case 1:
			caller.leaves = caller.asked + time.Duration(random.IntN(8))*storyGrid
		}
		s.callers = append(s.callers, caller)
		running.Go(func() { s.ask(ctx, store, caller) })
	}
	running.Wait()
}

func (s *story) ask(ctx context.Context, store *snapshot.Store, caller *storyCaller) {
	start := time.Now()
	time.Sleep(caller.asked) //nolint:forbidigo // the bubble's clock
	ctx = context.WithValue(ctx, storyKey{}, s)
	if caller.deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, start.Add(caller.deadline))
		defer cancel()
	}
	if caller.leaves > 0 {
		var leave context.CancelFunc
		ctx, leave = context.WithCancel(ctx)
		defer time.AfterFunc(time.Until(start.Add(caller.leaves)), leave).Stop()
		defer leave()
	}
	var notBefore time.Time
	if caller.forced {
		notBefore = time.Now()
	}
	got, err := store.Snapshot(ctx, s.tenant, notBefore)

	// The record counts from the bubble's start, as the calls do.
	since := start.Sub(bubbleStart)
	caller.asked += since
	if caller.deadline > 0 {
		caller.deadline += since
	}
	if caller.leaves > 0 {
		caller.leaves += since
	}
	caller.answered, caller.kind, caller.call = time.Since(bubbleStart), fault.KindOf(err), -1
	if err == nil {
		_, own := got.Set.ByID(s.tenant.UserToken())
		caller.foreign, caller.stale = !own, got.Stale
		_, _ = fmt.Sscan(got.Version, &caller.call)
	}
}

func TestStoriesKeepTheRules(t *testing.T) {
	stories := 3_000
	if *soak {
		stories = 1_000_000
	}
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]int{}
		for first := 0; first < stories && !t.Failed(); first += storiesAtOnce {
			playStories(t, uint64(first), seen)
		}
		for _, kind := range []string{
			"fresh", "stale", "joined", "abandoned", string(fault.Canceled), string(fault.UpstreamTimeout),
			string(fault.UpstreamUnavailable), string(fault.Forbidden), string(fault.UpstreamRateLimited),
		} {
			if seen[kind] < stories/100 {
				t.Errorf("%d stories saw %q %d times, too few to prove anything", stories, kind, seen[kind])
			}
		}
		t.Logf("%d stories: %v", stories, seen)
	})
}

// playStories plays some stories at once on one store, and judges them.
func playStories(t *testing.T, first uint64, seen map[string]int) {
	random := rand.New(rand.NewPCG(first, 0))
	ages := storyAges{fresh: time.Duration(random.IntN(4)) * time.Second, stale: time.Duration(random.IntN(4)) * 4 * time.Second}
	store, err := snapshot.New(snapshot.Config{
		Settings: snapshot.Settings{FreshFor: ages.fresh, StaleFor: ages.stale, FetchTimeout: storyFetchTimeout},
		Lister:   storyLister{},
	})
	if err != nil {
		t.Fatal(err)
	}
	stories := make([]*story, storiesAtOnce)
	var running sync.WaitGroup
	for i := range stories {
		seed := first + uint64(i)
		stories[i] = &story{seed: seed, tenant: pair(t, fmt.Sprintf("story-%d", seed)), ages: ages, random: rand.New(rand.NewPCG(seed, 2))}
		running.Go(func() { stories[i].run(t.Context(), store) })
	}
	running.Wait()
	time.Sleep(2 * storyFetchTimeout) //nolint:forbidigo // the bubble's clock: refreshes behind end
	synctest.Wait()
	store.Close()
	for _, s := range stories {
		for kind, n := range s.summary() {
			seen[kind] += n
		}
		if broken := s.judge(); len(broken) > 0 {
			t.Errorf("story %d, fresh for %v, stale for %v:\n%s\n%s", s.seed, ages.fresh, ages.stale, strings.Join(broken, "\n"), s)
			return
		}
	}
}

// summary counts what happened in a story.
func (s *story) summary() map[string]int {
	seen := map[string]int{}
	for _, c := range s.calls {
		if c.abandoned {
			seen["abandoned"]++
		}
	}
	byCall := map[int]int{}
	for _, q := range s.callers {
		switch {
		case q.kind != "":
			seen[string(q.kind)]++
		case q.stale:
			seen["stale"]++
		default:
			seen["fresh"]++
			if byCall[q.call]++; byCall[q.call] == 2 {
				seen["joined"]++
			}
		}
	}
	return seen
}

// judge is the oracle. It returns the rules that the story breaks.
func (s *story) judge() (broken []string) {
	slices.SortFunc(s.callers, func(a, b *storyCaller) int { return cmp.Compare(a.asked, b.asked) })
	rule := func(ok bool, format string, args ...any) {
		if !ok {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	s.judgeCalls(rule)
	for i, q := range s.callers {
		rule(!q.foreign, "caller %d got another tenant's list", i)
		s.judgeWait(i, q, rule)
		switch {
		case q.kind != "":
			s.judgeFailure(i, q, rule)
		case q.call < 0 || q.call >= len(s.calls):
			rule(false, "caller %d got the list of no call", i)
		default:
			s.judgeList(i, q, s.calls[q.call], rule)
		}
	}
	return broken
}

type ruling func(ok bool, format string, args ...any)

// judgeCalls holds upstream's calls to their number and their distances.
func (s *story) judgeCalls(rule ruling) {
	failures, hasList := 0, false
	var free time.Duration // when the next call may begin
	var last *storyCall
	for i, c := range s.calls {
		rule(c.end > 0 || c.begin == 0, "call %d never ended", i)
		if c.abandoned && c.begin == c.end {
			continue // it was given up before it reached upstream, perhaps after a later one
		}
		rule(c.begin >= free, "call %d began at %v, not before %v", i, c.begin, free)
		if last != nil {
			rule(c.begin >= last.end, "call %d began before call %d had ended", i, last.n)
			if last.kind == "" && !last.abandoned && !s.isLeft(last) && c.begin < last.end+s.ages.fresh {
				rule(c.begin >= last.begin+time.Second, "call %d was forced within a second of call %d", i, last.n)
			}
		}
		last = c
		rule(c.end-c.begin <= storyFetchTimeout, "call %d took %v", i, c.end-c.begin)
		if !c.hadPrev {
			rule(s.isAwaited(c), "call %d went on without a caller and without a list", i)
		}
		if c.abandoned {
			continue // nothing came of it
		}
		if s.isLeft(c) {
			failures, free = 0, 0 // nothing came of it, or a list, or a failure
			continue
		}
		rule(c.hadPrev == hasList || !hasList, "call %d was not told of the list", i)
		switch c.kind {
		case "":
			failures, hasList, free = 0, true, 0
		case fault.Forbidden:
			failures, hasList, free = 0, false, c.end+2*time.Second
		case fault.UpstreamRateLimited:
			failures++
			free = c.end + 2*time.Second
		default:
			if !hasList && c.begin >= free+15*time.Second {
				failures = 0
			}
			failures++
			free = c.end + min(time.Second<<(failures-1), 15*time.Second)
		}
	}
}

// isAwaited reports whether a caller waited when a call ended.
func (s *story) isAwaited(c *storyCall) bool {
	return slices.ContainsFunc(s.callers, func(q *storyCaller) bool { return q.asked <= c.end && q.answered >= c.end })
}

// isLeft reports whether a caller's time was over at the instant at which a call
// ended that had no list to refresh. Then the call may have been given up just
// before it landed.
func (s *story) isLeft(c *storyCall) bool {
	return !c.hadPrev && slices.ContainsFunc(s.callers, func(q *storyCaller) bool { return q.deadline == c.end || q.leaves == c.end })
}

// judgeWait holds a caller's wait to its bounds.
func (s *story) judgeWait(i int, q *storyCaller, rule ruling) {
	for _, end := range []time.Duration{q.deadline, q.leaves} {
		rule(end == 0 || q.answered <= max(end, q.asked), "caller %d was held beyond the end of its time", i)
	}
	const longest = time.Second + 2*storyFetchTimeout // a pause, the rest of one call, and another
	rule(q.answered-q.asked <= longest, "caller %d waited %v", i, q.answered-q.asked)
}

// judgeList holds the list that a caller got to what the caller may expect.
func (s *story) judgeList(i int, q *storyCaller, c *storyCall, rule ruling) {
	rule(c.kind == "" && c.end <= q.answered, "caller %d got a list that call %d did not bring", i, c.n)
	failed, failedBefore := false, false
	for _, later := range s.calls[c.n+1:] {
		if later.end > q.answered || later.abandoned {
			continue
		}
		sure := later.end < q.answered && !s.isLeft(later)
		switch later.kind {
		case "":
			rule(!sure, "caller %d got the list of call %d, though call %d had brought another", i, c.n, later.n)
		case fault.Forbidden:
			rule(!sure, "caller %d got a list that upstream had denied", i)
		default:
			failed = true
			failedBefore = failedBefore || sure && later.end < q.asked
		}
	}
	if q.stale {
		rule(q.answered < c.end+s.ages.stale, "caller %d got a list of %v as stale", i, q.answered-c.end)
		rule(failed || q.deadline == q.answered, "caller %d got a stale list for no reason", i)
		return
	}
	rule(q.asked < c.end+2*s.ages.fresh || c.end >= q.asked, "caller %d got a list of %v as fresh", i, q.asked-c.end)
	rule(!failedBefore || q.asked < c.end+s.ages.fresh, "caller %d got a list as fresh after a failed refresh", i)
	rule(!q.forced || c.begin >= q.asked, "caller %d got a list from before its question", i)
}

// judgeFailure holds a caller's error to what has happened.
func (s *story) judgeFailure(i int, q *storyCaller, rule ruling) {
	if q.kind == fault.Canceled {
		rule(q.leaves > 0 && q.leaves <= q.answered, "caller %d did not leave", i)
		return
	}
	// The last outcome before the answer, and those at its very instant.
	possible := map[fault.Kind]bool{}
	var list *storyCall // that could stand in
	for _, c := range s.calls {
		switch {
		case c.abandoned || c.end > q.answered:
		case c.end == q.answered || s.isLeft(c):
			possible[c.kind] = true
			if c.kind == fault.Forbidden {
				list = nil
			}
		default:
			clear(possible)
			possible[c.kind] = true
			switch c.kind {
			case "":
				list = c
			case fault.Forbidden:
				list = nil
			default: // the list stays
			}
		}
	}
	ended := q.deadline > 0 && q.deadline == q.answered
	rule(possible[q.kind] || (q.kind == fault.UpstreamTimeout && ended), "caller %d got %s from nowhere", i, q.kind)
	rule(list == nil || q.answered >= list.end+s.ages.stale, "caller %d got %s, though the list of call %d could stand in", i, q.kind, list.number())
}

func (c *storyCall) number() int {
	if c == nil {
		return -1
	}
	return c.n
}

// String writes the record of a story.
func (s *story) String() string {
	var b strings.Builder
	for _, c := range s.calls {
		fmt.Fprintf(&b, "  call %d %v to %v: %q, had a list %v, abandoned %v\n", c.n, c.begin, c.end, c.kind, c.hadPrev, c.abandoned)
	}
	for i, q := range s.callers {
		fmt.Fprintf(&b, "  caller %d %v to %v (forced %v, deadline %v, leaves %v): list of call %d, stale %v, %q\n",
			i, q.asked, q.answered, q.forced, q.deadline, q.leaves, q.call, q.stale, q.kind)
	}
	return b.String()
}
