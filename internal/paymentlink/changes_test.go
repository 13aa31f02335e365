package paymentlink_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

// lists is an upstream whose list changes, and the History of it.
type lists struct {
	records  []paymentlink.Record
	versions map[string]string // by content
	bytes    int64
	now      time.Time
	snapshot paymentlink.Snapshot
}

// refresh reads the list anew.
func (l *lists) refresh() {
	content := fmt.Sprintf("%+v", l.records)
	if l.versions[content] == "" {
		l.versions[content] = fmt.Sprint("v", len(l.versions))
	}
	next := paymentlink.Snapshot{Set: newSet(l.records), Version: l.versions[content]}
	if l.snapshot.Set != nil {
		next.History = paymentlink.Follow(&l.snapshot, &next, l.bytes)
	}
	l.snapshot = next
}

// change lets links come, go, be others, be what they were, and trade places.
func (l *lists) change(r *rand.Rand) {
	l.records = slices.Clone(l.records)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(l.records) + 1)
		switch {
		case at == len(l.records) || r.IntN(3) == 0:
			l.records = slices.Insert(l.records, at, generateOne(r, fmt.Sprint("id", r.IntN(60))))
		case r.IntN(3) == 0:
			l.records = slices.Delete(l.records, at, at+1)
		case r.IntN(4) == 0:
			other := r.IntN(len(l.records))
			l.records[at], l.records[other] = l.records[other], l.records[at]
		default:
			l.records[at] = generateOne(r, l.records[at].ID)
		}
	}
	// The first of an id counts, as in any list.
	seen := map[string]bool{}
	l.records = slices.DeleteFunc(l.records, func(r paymentlink.Record) bool {
		again := seen[r.ID]
		seen[r.ID] = true
		return again
	})
}

// inWords is a link as its reader has it.
func inWords(link paymentlink.Link, now time.Time) string {
	return fmt.Sprint(string(link.Upstream()), link.URL(), link.Description(), link.Status(), link.State(now), link.Currency())
}

// reader is somebody who keeps a copy up to date by what is told.
type reader struct {
	filter paymentlink.Filter
	copy   map[string]string
	known  []paymentlink.Known
}

// apply takes some of the changes, and fails where one is not what it says.
func (c *reader) apply(t *testing.T, changes []paymentlink.Change, l *lists) {
	t.Helper()
	for _, change := range changes {
		_, had := c.copy[change.ID]
		if had != (change.Kind != paymentlink.Added) {
			t.Fatalf("%s of %s, which the reader had: %v", change.Kind, change.ID, had)
		}
		if change.Kind == paymentlink.Removed {
			if !change.Link.IsZero() {
				t.Fatalf("%s is removed, and told", change.ID)
			}
			delete(c.copy, change.ID)
			continue
		}
		c.copy[change.ID] = inWords(change.Link, l.now)
	}
}

func filterOf(r *rand.Rand) paymentlink.Filter {
	within := time.Duration(r.IntN(30)) * time.Minute
	return pickOne(r,
		paymentlink.Filter{},
		paymentlink.Filter{State: []paymentlink.State{paymentlink.StateOpen}},
		paymentlink.Filter{ExpiresWithin: &within},
		paymentlink.Filter{Search: "cafe"},
		paymentlink.Filter{Environment: []paymentlink.Environment{paymentlink.EnvironmentLive}},
		paymentlink.Filter{Not: &paymentlink.Filter{Slug: []string{"shop"}}},
	)
}

// However lists change, links expire and readers stop in the middle: a copy that
// follows the changes is the list.
func TestChangesMakeTheList(t *testing.T) {
	for seed := range uint64(25) {
		r := newRand(seed)
		l := &lists{records: generate(r, r.IntN(40)), versions: map[string]string{}, bytes: pickOne[int64](r, 1<<20, 1<<20, 6<<10, 0), now: now}
		l.refresh()
		c := reader{filter: filterOf(r)}
		resets := 0
		for round := range 60 {
			if r.IntN(3) > 0 {
				l.change(r)
				l.refresh()
			}
			l.now = l.now.Add(time.Duration(r.IntN(3)) * time.Minute)
			if r.IntN(25) == 0 {
				l.snapshot.History = nil // the process began anew
			}
			changes, ok := l.snapshot.Changes(c.filter, c.known, l.now)
			if !ok || c.known == nil {
				resets++
				c.known, c.copy = []paymentlink.Known{{}}, map[string]string{}
				changes, _ = l.snapshot.Changes(c.filter, c.known, l.now)
			}
			if !slices.IsSortedFunc(changes, func(a, b paymentlink.Change) int { return strings.Compare(a.ID, b.ID) }) {
				t.Fatalf("seed %d, round %d: changes are not by id", seed, round)
			}
			if len(changes) > 1 && r.IntN(2) == 0 { // a part of them, and the rest another time
				changes = changes[:1+r.IntN(len(changes)-1)]
				c.apply(t, changes, l)
				c.known = paymentlink.Advance(c.known, changes[len(changes)-1].ID, l.snapshot.Version, l.now)
				continue
			}
			c.apply(t, changes, l)
			c.known = paymentlink.Advance(c.known, "", l.snapshot.Version, l.now)
			want := map[string]string{}
			for link := range l.snapshot.Set.Select(c.filter, l.now).All() {
				want[link.ID()] = inWords(link, l.now)
			}
			if diff := cmp.Diff(want, c.copy); diff != "" {
				t.Fatalf("seed %d, round %d, filter %+v: list -want +copy\n%s", seed, round, c.filter, diff)
			}
		}
		if l.bytes == 1<<20 && resets > 10 {
			t.Errorf("seed %d: %d resets", seed, resets)
		}
	}
}

// What is kept of lists before stays within its bound, and the newest stay longest.
func TestHistoryForgetsTheOldest(t *testing.T) {
	r := newRand(1)
	l := &lists{records: generate(r, 40), versions: map[string]string{}, bytes: 20 << 10, now: now}
	l.refresh()
	var versions []string
	for range 100 {
		versions = append(versions, l.snapshot.Version)
		l.change(r)
		l.refresh()
		if size := l.snapshot.History.SizeBytes(); size > l.bytes {
			t.Fatalf("%d bytes, at most %d may be", size, l.bytes)
		}
	}
	known := func(version string) bool {
		_, ok := l.snapshot.Changes(paymentlink.Filter{}, []paymentlink.Known{{Version: version, At: now}}, now)
		return ok
	}
	if known(versions[0]) || !known(versions[99]) || !known(l.snapshot.Version) || known("another") {
		t.Error("the first list is known, or the last is not")
	}
	first := slices.IndexFunc(versions, known)
	if first < 0 || slices.ContainsFunc(versions[first:], func(v string) bool { return !known(v) }) {
		t.Errorf("of %d lists there are gaps behind number %d", len(versions), first)
	}
}

// A History reaches back 256 lists, however small they are.
func TestHistoryHasAnEnd(t *testing.T) {
	l := &lists{versions: map[string]string{}, bytes: 1 << 30, now: now}
	l.refresh()
	var versions []string
	for i := range 300 {
		versions = append(versions, l.snapshot.Version)
		l.records = []paymentlink.Record{{ID: "a", URL: fmt.Sprint("https://x.example/", i)}}
		l.refresh()
	}
	for i, want := range map[int]bool{0: false, 43: false, 44: true, 299: true} {
		if _, ok := l.snapshot.Changes(paymentlink.Filter{}, []paymentlink.Known{{Version: versions[i], At: now}}, now); ok != want {
			t.Errorf("list %d of 300 is known: %v", i, ok)
		}
	}
}

// Any part of a link that changes is told.
func TestEveryPartOfALinkChangesIt(t *testing.T) {
	base := paymentlink.Record{ID: "a", URL: "https://pay.billpocket.com/a"}
	for name, change := range map[string]func(*paymentlink.Record){
		"url":         func(r *paymentlink.Record) { r.URL += "b" },
		"code":        func(r *paymentlink.Record) { r.Code = "c" },
		"rates":       func(r *paymentlink.Record) { r.AvailableRates = []byte(`[1]`) },
		"amount":      func(r *paymentlink.Record) { r.Currency, r.Amount = "MXN", paymentlink.Some(decimal("3")) },
		"currency":    func(r *paymentlink.Record) { r.Currency = "MXN" },
		"status":      func(r *paymentlink.Record) { r.StatusCode = paymentlink.Some[int32](1) },
		"type":        func(r *paymentlink.Record) { r.LinkType = paymentlink.Some[int32](2) },
		"no type":     func(r *paymentlink.Record) { r.LinkType = paymentlink.Some[int32](0) },
		"flag":        func(r *paymentlink.Record) { r.FixedTerm = paymentlink.Some(false) },
		"expiry":      func(r *paymentlink.Record) { r.UnreadableExpiry = true },
		"nanoseconds": func(r *paymentlink.Record) { r.CreatedAt = now.Add(1) },
		"element":     func(r *paymentlink.Record) { r.Upstream = []byte(`{}`) },
	} {
		t.Run(name, func(t *testing.T) {
			l := &lists{records: []paymentlink.Record{base}, versions: map[string]string{}, bytes: 1 << 20, now: now}
			l.refresh()
			since := []paymentlink.Known{{Version: l.snapshot.Version, At: now}}
			changed := base
			change(&changed)
			l.records = []paymentlink.Record{changed}
			l.refresh()
			changes, ok := l.snapshot.Changes(paymentlink.Filter{}, since, now)
			if !ok || len(changes) != 1 || changes[0].Kind != paymentlink.Changed || changes[0].Link.URL() != changed.URL {
				t.Errorf("got %v, %v, want one change", changes, ok)
			}
		})
	}
}

// Ten thousand links of which three changed: three are told.
func TestChangesOfALongList(t *testing.T) {
	r := newRand(2)
	records := generate(r, 10_000)
	prev := paymentlink.Snapshot{Set: newSet(records), Version: "1"}
	changed := slices.Clone(records)
	for _, at := range []int{3, 5_000, 9_999} {
		changed[at].Slug = "another"
	}
	next := paymentlink.Snapshot{Set: newSet(changed), Version: "2"}
	next.History = paymentlink.Follow(&prev, &next, 1<<20)
	changes, ok := next.Changes(paymentlink.Filter{}, []paymentlink.Known{{Version: "1", At: now}}, now)
	ids := map[string]bool{}
	for _, change := range changes {
		ids[change.ID] = true
	}
	want := map[string]bool{records[3].ID: true, records[5_000].ID: true, records[9_999].ID: true}
	if !ok || !maps.Equal(ids, want) {
		t.Errorf("got %v, %v, want %v", ids, ok, want)
	}
	if size := next.History.SizeBytes(); size > 16<<10 {
		t.Errorf("three changes are kept in %d bytes", size)
	}
}
