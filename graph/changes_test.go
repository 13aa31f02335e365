package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"paymentlinks/graph"
	"paymentlinks/internal/paymentlink"
)

// follower is a client who keeps its list by paymentLinkChanges.
type follower struct {
	s      server
	filter string
	token  string
	links  map[string]string // state by id
	resets int
	pages  int
}

type changes struct {
	Changes []struct {
		Kind, ID string
		Link     *struct{ State string }
	}
	SyncToken        string
	IsReset, HasMore bool
	Snapshot         struct{ Version string }
}

const changesQuery = `query ($filter: PaymentLinkFilter, $since: String, $first: Int) {
	paymentLinkChanges(filter: $filter, since: $since, first: $first) {
		changes { kind id link { state } } syncToken isReset hasMore snapshot { version }
	}
}`

func (f *follower) variables(first int) string {
	since, _ := json.Marshal(f.token)
	if f.token == "" {
		since = []byte("null")
	}
	return fmt.Sprintf(`{"filter": %s, "since": %s, "first": %d}`, f.filter, since, first)
}

// page takes one answer.
func (f *follower) page(t *testing.T, first int) (hasMore bool) {
	t.Helper()
	got := data[struct{ PaymentLinkChanges changes }](t, f.s, changesQuery, f.variables(first)).PaymentLinkChanges
	if len(got.Changes) > first {
		t.Fatalf("%d changes, %d were asked for", len(got.Changes), first)
	}
	if got.IsReset {
		f.links = map[string]string{}
		f.resets++
	}
	for _, change := range got.Changes {
		if (change.Kind == "REMOVED") != (change.Link == nil) {
			t.Fatalf("%s with link %v", change.Kind, change.Link)
		}
		delete(f.links, change.ID)
		if change.Link != nil {
			f.links[change.ID] = change.Link.State
		}
	}
	f.token = got.SyncToken
	f.pages++
	return got.HasMore
}

// next replaces the source's list by one that knows the list before.
func next(s *source, version string, records []paymentlink.Record) {
	s.set(func(s *source) {
		list := paymentlink.Snapshot{
			Set: paymentlink.NewSet(records, []string{"pay.billpocket.com"}), FetchedAt: instant, FreshUntil: instant.Add(time.Minute), Version: version,
		}
		prev := s.snapshot
		list.History = paymentlink.Follow(&prev, &list, 1<<20)
		s.snapshot = list
	})
}

// A client follows through pages, changes between them, an expiry and a restart.
func TestChangesAreFollowed(t *testing.T) {
	records := manyLinks(100)
	links, now := newSource(records...), instant
	var causes []string
	s := newServer(links, func(c *graph.Config) {
		c.Now = func() time.Time { return now }
		c.Reset = func(cause string) { causes = append(causes, cause) }
	})
	for _, filter := range []string{`null`, `{"state": ["OPEN"]}`, `{"expiresWithin": "PT30M"}`} {
		now = instant
		links.set(func(s *source) { s.snapshot = newSource(records...).snapshot })
		f := &follower{s: s, filter: filter}
		check := func(resets int) {
			t.Helper()
			for f.page(t, 7) {
			}
			fresh := &follower{s: s, filter: filter}
			for fresh.page(t, 250) {
			}
			if fmt.Sprint(f.links) != fmt.Sprint(fresh.links) || f.resets != resets {
				t.Errorf("filter %s, %d resets: the client has %v, the list is %v", filter, f.resets, f.links, fresh.links)
			}
		}
		f.page(t, 7) // the list changes between two pages
		changed := slices.Clone(records[1:])
		changed[0].StatusCode, changed[50].Slug = paymentlink.Some[int32](0), "other"
		next(links, "second", append(changed, paymentlink.Record{ID: "new", URL: "https://x.example/new", StatusCode: paymentlink.Some[int32](1)}))
		check(1)
		pages := f.pages
		check(1)
		if f.pages != pages+1 {
			t.Errorf("%d pages for no change", f.pages-pages)
		}
		now = now.Add(15 * time.Minute) // links expire, and upstream says nothing
		check(1)
		links.set(func(s *source) { s.snapshot.History = nil }) // another process with the same list
		check(1)
		links.set(func(s *source) { s.snapshot.Version = "third" }) // and one that knows no other
		check(2)
	}
	if slices.Index(causes, "first") != 0 || !slices.Contains(causes, "unknown_version") {
		t.Errorf("causes of resets: %v", causes)
	}
}

// Three changes among 10,000 links are told in less than 2 KB.
func TestFewChangesAreAShortAnswer(t *testing.T) {
	records := manyLinks(10_000)
	links := newSource(records...)
	s := newServer(links)
	f := &follower{s: s, filter: `{"ids": []}`}
	f.page(t, 20)
	f.filter = `null`
	f.token = ""
	for f.page(t, 250) {
	}
	changed := slices.Clone(records)
	for _, at := range []int{1, 5_001, 9_999} {
		changed[at].Description = "Another"
	}
	next(links, "second", changed)
	answer := s.do(t, request{
		query: `query ($filter: PaymentLinkFilter, $since: String, $first: Int) { paymentLinkChanges(filter: $filter, since: $since, first: $first) {
			changes { kind id link { id url title status state expiresAt amount { value currency formatted } } } syncToken isReset hasMore snapshot { version isStale } } }`,
		variables: f.variables(20),
	})
	if len(answer) >= 2<<10 || strings.Count(string(answer), `"CHANGED"`) != 3 {
		t.Errorf("%d bytes: %s", len(answer), answer)
	}
}

func TestSyncTokensThatAreNone(t *testing.T) {
	s := newServer(newSource(manyLinks(50)...))
	f := &follower{s: s, filter: `null`}
	f.page(t, 7)
	good := f.token
	for name, test := range map[string]struct{ since, filter, message string }{
		"empty":          {"", `null`, "is not a sync token"},
		"no token":       {"abc", `null`, "is not a sync token"},
		"cut off":        {good[:len(good)-2], `null`, "is not a sync token"},
		"another filter": {good, `{"search": "x"}`, "is a sync token of another filter"},
		"another amount": {good, `{"amount": {"from": "1"}}`, "is a sync token of another filter"},
		"negated":        {good, `{"not": {}}`, "is a sync token of another filter"},
		"a cursor":       {"AQ9DUkVBVEVEX0FUX0RFU0M", `null`, "is not a sync token"},
	} {
		a := s.ask(t, request{query: changesQuery, variables: fmt.Sprintf(`{"since": %q, "filter": %s}`, test.since, test.filter)})
		if a.code() != "BAD_USER_INPUT" || !strings.Contains(a.Errors[0].Message, test.message) {
			t.Errorf("%s: got %+v", name, a.Errors)
		}
	}
	for _, first := range []int{0, -1, 251} {
		if a := s.ask(t, request{query: changesQuery, variables: fmt.Sprintf(`{"first": %d}`, first)}); a.code() != "BAD_USER_INPUT" {
			t.Errorf("first %d: got %+v", first, a.Errors)
		}
	}
}

// A client that gets a page of each of many lists begins anew in the end.
func TestPagesOfTooManyLists(t *testing.T) {
	records := manyLinks(60)
	links := newSource(records...)
	var causes []string
	s := newServer(links, func(c *graph.Config) { c.Reset = func(cause string) { causes = append(causes, cause) } })
	f := &follower{s: s, filter: `null`}
	for i := range 20 {
		f.page(t, 1+i%3)
		records = slices.Clone(records)
		records[59-i].Slug = fmt.Sprint("slug", i)
		next(links, fmt.Sprint("v", i), records)
		if len(f.token) > 2<<10 {
			t.Fatalf("a token of %d bytes", len(f.token))
		}
	}
	for f.page(t, 250) {
	}
	if len(f.links) != 60 {
		t.Errorf("%d links, causes %v", len(f.links), causes)
	}
}
