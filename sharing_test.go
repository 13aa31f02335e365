package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"paymentlinks/internal/sharedcache/redistest"
)

// seed asks as the sandbox's merchant, none as nobody that upstream knows.
func seed() []string { return []string{"BP-User-Token", "demo-seed", "X-Api-Key", "demo-key"} }

// startReplicas starts three programs over one upstream, and whatever they share.
func startReplicas(t *testing.T, environ ...string) (upstream *service, replicas []*service) {
	t.Helper()
	upstream = start(t)
	for range 3 {
		s := start(t, append([]string{"PAYMENTLINKS_UPSTREAM_URL=" + upstream.sandbox, "PAYMENTLINKS_SHUTDOWN_DELAY=0s"}, environ...)...)
		replicas = append(replicas, s)
	}
	return upstream, replicas
}

// tenant is the short key of the only tenant that the log tells of.
func (s *service) tenant(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(s.stderr.String(), "tenant=")
	if len(rest) < 8 {
		t.Fatalf("no tenant in the log:\n%s", s.stderr)
	}
	return rest[:8]
}

// reaches asks a series until it has the value.
func (s *service) reaches(t *testing.T, series, value string) {
	t.Helper()
	within(t, series+" is "+value, func() bool { return s.metric(t, series) == value })
}

// within asks again until it holds, for 10 s.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); <-ticker.C {
		if holds() {
			return
		}
	}
	t.Fatalf("not within 10 s: %s", what)
}

// upstreamCalls is how often the sandbox was asked.
func upstreamCalls(t *testing.T, s *service) string {
	t.Helper()
	_, text := s.do(t, http.MethodGet, s.sandbox+"/_sandbox/calls", "")
	_, rest, _ := strings.Cut(text, `"total":`)
	total, _, _ := strings.Cut(strings.TrimSpace(rest), ",")
	return strings.Trim(total, " }\n")
}

func TestReplicasShareLists(t *testing.T) {
	server := redistest.Start(t)
	upstream, replicas := startReplicas(t, "PAYMENTLINKS_REDIS_URL="+server.URL(), "PAYMENTLINKS_ACCESS_LOG=all")
	ask := func(s *service, want string, header ...string) {
		t.Helper()
		if got := s.query(t, `{ paymentLinks { id } }`, append(seed(), header...)...); !strings.Contains(got, want) {
			t.Errorf("want %s in %s", want, got)
		}
	}
	var all sync.WaitGroup
	for _, s := range replicas {
		s.reaches(t, "paymentlinks_redis_up", "1")
		all.Go(func() { ask(s, `"id"`) })
	}
	all.Wait()
	if got := upstreamCalls(t, upstream); got != "1" {
		t.Errorf("three replicas asked upstream %s times", got)
	}

	// A merchant who has just made a link sees it on every replica.
	if status, _ := upstream.do(t, http.MethodPut, upstream.sandbox+"/_sandbox/lists/demo-seed", `[{"id":"new","custom_link_path":"https://h/new"}]`); status >= 300 {
		t.Fatalf("the sandbox refuses the list: %d", status)
	}
	for _, s := range replicas {
		ask(s, `"new"`, "Cache-Control", "no-cache")
	}

	// Redis dies and comes back: nobody fails.
	server.Kill()
	for _, s := range replicas {
		ask(s, `"new"`, "Cache-Control", "no-cache")
	}
	server.Restart()
	for _, s := range replicas {
		s.reaches(t, "paymentlinks_redis_up", "1")
	}

	// An operator sees what is kept of a tenant, and purges it everywhere.
	ask(replicas[0], `"new"`, "Cache-Control", "no-cache")
	short := replicas[0].tenant(t)
	within(t, "the operator sees the list in memory and in Redis", func() bool {
		_, text := replicas[0].do(t, http.MethodGet, replicas[0].admin+"/tenants/"+short, "")
		return strings.Contains(text, `"links":1`) && strings.Contains(text, `"fetching":false`) && !strings.Contains(text, `"fetchedAt":"0001`)
	})
	for want, s := range map[int]*service{http.StatusNoContent: replicas[0], http.StatusNotFound: replicas[1]} { // another process, another short key
		if status, text := s.do(t, http.MethodDelete, s.admin+"/tenants/"+short, ""); status != want {
			t.Errorf("purge: %d %s, want %d", status, text, want)
		}
	}
	for _, s := range replicas {
		s.reaches(t, "paymentlinks_snapshots", "0")
		ask(s, `"new"`)
	}

	// A refusal that one of them meets empties all.
	if status, _ := upstream.do(t, http.MethodPost, upstream.sandbox+"/_sandbox/faults", `{"mode": "status", "status": 401}`); status >= 300 {
		t.Fatalf("the sandbox refuses the fault: %d", status)
	}
	ask(replicas[0], "UNAUTHENTICATED", "Cache-Control", "no-cache")
	for _, s := range replicas {
		s.reaches(t, "paymentlinks_snapshots", "0")
	}
}

// Without Redis the program starts and serves, and says so.
func TestReplicaWithoutRedis(t *testing.T) {
	s := start(t, "PAYMENTLINKS_REDIS_URL=redis://127.0.0.1:1")
	if got := s.query(t, `{ paymentLinks { id } }`); !strings.Contains(got, `"id"`) {
		t.Error(got)
	}
	for series, want := range map[string]string{"paymentlinks_redis_up": "", `paymentlinks_shared_lists_total{source="alone"}`: "1"} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s is %q, want %q", series, got, want)
		}
	}
	if !strings.Contains(s.stderr.String(), "Redis cannot be used: lists are not shared") {
		t.Errorf("log:\n%s", s.stderr)
	}
}
