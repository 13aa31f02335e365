package sharedcache_test

import (
	"context"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/sharedcache"
	"paymentlinks/internal/sharedcache/redistest"
	"paymentlinks/internal/tenant"
)

func TestOneReplicaFetchesForAll(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	mine := first.list("a", nil)
	first.wrote(1)
	theirs := second.list("a", nil)
	if id(theirs) != "one" || theirs.Version != mine.Version || theirs.Skipped != 7 {
		t.Errorf("the second replica got %q of version %q with %d skipped", id(theirs), theirs.Version, theirs.Skipped)
	}
	if theirs.FetchedAt.After(mine.FetchedAt) {
		t.Errorf("fetched at %v, and handed to the second replica as of %v", mine.FetchedAt, theirs.FetchedAt)
	}
	if n := u.count(); n != 1 {
		t.Errorf("upstream was asked %d times", n)
	}
}

// All ask at once: one fetches, and the others wait for it.
func TestStampedeOfReplicas(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"], u.gate = "one", make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		r := startReplica(t, server.URL(), u)
		all.Go(func() {
			if got := r.list("a", nil); id(got) != "one" {
				t.Errorf("got %q", id(got))
			}
		})
	}
	<-u.begun
	close(u.gate)
	all.Wait()
	if n := u.count(); n != 1 {
		t.Errorf("upstream was asked %d times", n)
	}
}

// Who asks again wants a newer list than it has, as no-cache does.
func TestAskingAgainFetchesAnew(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	first.list("a", nil)
	first.wrote(1)
	old := second.list("a", nil)
	u.set(func(u *upstream) { u.body["a"] = "two" })
	if got := second.list("a", old); id(got) != "two" {
		t.Errorf("asked again, the second replica got %q", id(got))
	}
	second.wrote(1)
	if got := first.list("a", nil); id(got) != "two" {
		t.Errorf("then the first got %q", id(got))
	}
	if n := u.count(); n != 2 {
		t.Errorf("upstream was asked %d times", n)
	}
}

// An unchanged list is neither read nor written again.
func TestUnchangedBodyIsNotReadAgain(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	first.list("a", nil)
	first.wrote(1)
	old := second.list("a", nil)
	renewed := second.list("a", old)
	second.wrote(1)
	client := dial(t, server)
	for _, key := range keysOf(t, server, "body") { // who reads it now finds nothing
		do(t, client, "DEL", key)
	}
	older := *old
	older.FetchedAt = older.FetchedAt.Add(-time.Second) // what the replica has is not the newest
	got := first.list("a", &older)
	if got.Set != old.Set || got.Version != version("one") {
		t.Errorf("the unchanged list was made anew")
	}
	if got.FetchedAt.Before(old.FetchedAt) || renewed.FetchedAt.Before(old.FetchedAt) {
		t.Errorf("fetched at %v, then %v, got as of %v", old.FetchedAt, renewed.FetchedAt, got.FetchedAt)
	}
	if n := u.count(); n != 2 {
		t.Errorf("upstream was asked %d times", n)
	}
}

func keysOf(t *testing.T, server *redistest.Server, kind string) []string {
	t.Helper()
	keys, err := do(t, dial(t, server), "KEYS", "paymentlinks:1:*:"+kind+"*").AsStrSlice()
	if err != nil || len(keys) == 0 {
		t.Fatalf("keys of %s: %v %v", kind, keys, err)
	}
	return keys
}

// Who reads Redis learns neither credentials nor links, and who has other
// credentials cannot open what is there.
func TestEntriesAreSealed(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["SECRET-token"], u.body["other"] = strings.Repeat("SECRET-link", 100), "other"
	r := startReplica(t, server.URL(), u)
	r.list("SECRET-token", nil)
	r.list("other", nil)
	r.wrote(2)
	client := dial(t, server)
	var dump strings.Builder
	heads, contents := keysOf(t, server, "head"), keysOf(t, server, "body")
	for _, key := range append(heads, contents...) {
		text, err := do(t, client, "DUMP", key).ToString()
		if err != nil {
			t.Fatal(err)
		}
		dump.WriteString(key + text)
		if strings.HasSuffix(key, "head") {
			size := 0
			fields, err := do(t, client, "HGETALL", key).AsStrMap()
			for name, value := range fields {
				size += len(name) + len(value)
			}
			if err != nil || size >= 200 {
				t.Errorf("a head of %d bytes, %v", size, err)
			}
		}
	}
	if strings.Contains(dump.String(), "SECRET") || strings.Contains(dump.String(), "key\x00") {
		t.Error("a dump of Redis tells something")
	}
	// Each pair's entries in the place of the other's.
	swap(t, server, heads[0], heads[1])
	swap(t, server, contents[0], contents[1])
	second := startReplica(t, server.URL(), u)
	for _, token := range []string{"SECRET-token", "other"} {
		if got := second.list(token, nil); id(got) != u.body[token] {
			t.Errorf("%s got another's list", token)
		}
	}
	if n := u.count(); n != 4 {
		t.Errorf("upstream was asked %d times, want twice for each pair", n)
	}
}

func swap(t *testing.T, server *redistest.Server, a, b string) {
	t.Helper()
	client := dial(t, server)
	for _, names := range [][2]string{{a, "swap"}, {b, a}, {"swap", b}} {
		do(t, client, "RENAME", names[0], names[1])
	}
}

// Replicas of another upstream share nothing.
func TestUpstreamsAreApart(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	first := startReplica(t, server.URL(), u)
	first.list("a", nil)
	first.wrote(1)
	other := startReplica(t, server.URL(), u, func(c *sharedcache.Config) { c.Upstream = "https://test.example" })
	other.list("a", nil)
	if n := u.count(); n != 2 {
		t.Errorf("upstream was asked %d times", n)
	}
}

// What nobody of ours wrote is fetched anew, and mended.
func TestPoisonedEntries(t *testing.T) {
	future := "99999999999999"
	poisons := map[string]func(t *testing.T, s *redistest.Server, head, body string){
		"another type": func(t *testing.T, s *redistest.Server, head, _ string) { do(t, dial(t, s), "SET", head, "x") },
		"another body": func(t *testing.T, s *redistest.Server, _, body string) { do(t, dial(t, s), "SET", body, "x") },
		"body of a type": func(t *testing.T, s *redistest.Server, _, body string) {
			do(t, dial(t, s), "DEL", body)
			do(t, dial(t, s), "SADD", body, "x")
		},
		"cut off body": func(t *testing.T, s *redistest.Server, _, body string) {
			do(t, dial(t, s), "SETRANGE", body, "20", "x")
		},
		"no body":           func(t *testing.T, s *redistest.Server, _, body string) { do(t, dial(t, s), "DEL", body) },
		"another mark":      func(t *testing.T, s *redistest.Server, head, _ string) { do(t, dial(t, s), "HSET", head, "s", "x") },
		"no mark":           func(t *testing.T, s *redistest.Server, head, _ string) { do(t, dial(t, s), "HDEL", head, "s") },
		"time to come":      func(t *testing.T, s *redistest.Server, head, _ string) { do(t, dial(t, s), "HSET", head, "f", future) },
		"time of no number": func(t *testing.T, s *redistest.Server, head, _ string) { do(t, dial(t, s), "HSET", head, "f", "nan") },
		"time made newer": func(t *testing.T, s *redistest.Server, head, _ string) {
			do(t, dial(t, s), "HINCRBY", head, "f", "1")
		},
		"endless lease": func(t *testing.T, s *redistest.Server, head, _ string) {
			do(t, dial(t, s), "HSET", head, "f", "0", "l", "x", "u", future)
		},
	}
	for name, poison := range poisons {
		t.Run(name, func(t *testing.T) {
			server, u := redistest.Start(t), newUpstream()
			u.body["a"] = "one"
			first := startReplica(t, server.URL(), u)
			first.list("a", nil)
			first.wrote(1)
			poison(t, server, keysOf(t, server, "head")[0], keysOf(t, server, "body")[0])
			second := startReplica(t, server.URL(), u)
			if got := second.list("a", nil); id(got) != "one" {
				t.Errorf("got %q", id(got))
			}
			second.wrote(1)
			third := startReplica(t, server.URL(), u)
			if got := third.list("a", nil); id(got) != "one" {
				t.Errorf("then got %q", id(got))
			}
			if n := u.count(); n != 2 {
				t.Errorf("upstream was asked %d times, want once more for all", n)
			}
		})
	}
}

// A refusal empties Redis, and every other replica.
func TestRefusalPurgesEverywhere(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Unauthenticated, fault.Forbidden} {
		server, u := redistest.Start(t), newUpstream()
		u.body["a"], u.body["b"] = "one", "two"
		first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
		old := first.list("a", nil)
		first.list("b", nil)
		first.wrote(2)
		second.list("a", nil)
		second.list("b", nil)
		u.set(func(u *upstream) { u.err = fault.New(kind, "No.") })
		if _, err := first.List(t.Context(), first.tenant("a"), old); fault.KindOf(err) != kind {
			t.Errorf("error = %v", err)
		}
		eventually(t, "the second replica purges", func() bool { return second.hasPurged(second.tenant("a").Key) })
		if second.hasPurged(second.tenant("b").Key) || first.hasPurged(first.tenant("a").Key) {
			t.Error("purged what was not refused, or what is purged anyway")
		}
		if heads := keysOf(t, server, "head"); len(heads) != 1 {
			t.Errorf("heads left: %d, want that of the other pair", len(heads))
		}
		if bodies := keysOf(t, server, "body"); len(bodies) != 1 {
			t.Errorf("bodies left: %d, want that of the other pair", len(bodies))
		}
		if _, err := second.List(t.Context(), second.tenant("a"), nil); fault.KindOf(err) != kind {
			t.Errorf("then error = %v", err)
		}
	}
}

// A list that was fetched before a purge, and comes late, is not kept.
func TestListFromBeforeAPurgeIsNotKept(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"], u.gate = "one", make(chan struct{})
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	var slow sync.WaitGroup
	slow.Go(func() { first.list("a", nil) })
	<-u.begun
	gate := u.gate
	u.set(func(u *upstream) { u.gate, u.err = nil, fault.New(fault.Unauthenticated, "No.") })
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, _ = second.List(ctx, second.tenant("a"), nil) // it does not wait for the first
	eventually(t, "the purge is sent", func() bool { return second.noted("sent") == 1 })
	u.set(func(u *upstream) { u.err = nil })
	close(gate)
	slow.Wait()
	first.wrote(1) // in vain
	u.set(func(u *upstream) { u.body["a"] = "two" })
	third := startReplica(t, server.URL(), u)
	if got := third.list("a", nil); id(got) != "two" {
		t.Errorf("after the purge: %q", id(got))
	}
}

func TestReplicaThatFailsHoldsUpNobody(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"], u.gate = "one", make(chan struct{})
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	ctx, fail := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _, _ = first.List(ctx, first.tenant("a"), nil) })
	<-u.begun
	all.Go(func() {
		if got := second.list("a", nil); id(got) != "one" {
			t.Errorf("got %q", id(got))
		}
	})
	eventually(t, "the second replica waits", func() bool { return second.Waiting() == 1 })
	gate := u.gate
	u.set(func(u *upstream) { u.gate = nil })
	fail()
	all.Wait()
	close(gate)
}

func TestWithoutRedis(t *testing.T) {
	u := newUpstream()
	u.body["a"] = "one"
	r := startReplica(t, "unix:///nowhere/redis", u)
	began := time.Now()
	if got := r.list("a", nil); id(got) != "one" {
		t.Errorf("got %q", id(got))
	}
	if took := time.Since(began); took > 200*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	if !strings.Contains(r.log.String(), "no connection") || strings.Count(r.log.String(), "\n") != 1 {
		t.Errorf("log:\n%s", r.log)
	}
}

// A Redis that hangs costs 50 ms once, and then nothing.
func TestHangingRedis(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	r := startReplica(t, server.URL(), u)
	r.list("a", nil)
	r.wrote(1)
	server.Signal(syscall.SIGSTOP)
	defer server.Signal(syscall.SIGCONT)
	for i, bound := range []time.Duration{500 * time.Millisecond, 40 * time.Millisecond} {
		began := time.Now()
		if got := r.list("a", nil); id(got) != "one" {
			t.Errorf("got %q", id(got))
		}
		if took := time.Since(began); took > bound {
			t.Errorf("list %d took %v", i, took)
		}
	}
	if r.up.Load() {
		t.Error("still in use")
	}
	server.Signal(syscall.SIGCONT)
	eventually(t, "Redis is used again", r.up.Load)
	calls := u.count()
	if got := r.list("a", nil); id(got) != "one" || u.count() != calls {
		t.Errorf("got %q, upstream asked %d times more", id(got), u.count()-calls)
	}
}

// Who waits for another replica learns soon that Redis hangs.
func TestHangWhileWaiting(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"], u.gate = "one", make(chan struct{})
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	var all sync.WaitGroup
	all.Go(func() { first.list("a", nil) })
	<-u.begun
	var took time.Duration
	all.Go(func() { second.list("a", nil) })
	eventually(t, "the second replica waits", func() bool { return second.Waiting() == 1 })
	began := time.Now()
	server.Signal(syscall.SIGSTOP)
	<-u.begun
	took = time.Since(began)
	close(u.gate)
	all.Wait()
	server.Signal(syscall.SIGCONT)
	if took > 500*time.Millisecond {
		t.Errorf("the second replica asked upstream after %v", took)
	}
}

// Redis dies and comes back empty: nobody fails, and purges that it missed reach
// the others.
func TestRestartedRedis(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	first, second := startReplica(t, server.URL(), u), startReplica(t, server.URL(), u)
	old := first.list("a", nil)
	first.wrote(1)
	second.list("a", nil)
	server.Kill()
	if got := second.list("a", nil); id(got) != "one" {
		t.Errorf("without Redis: %q", id(got))
	}
	u.set(func(u *upstream) { u.err = fault.New(fault.Unauthenticated, "No.") })
	if _, err := first.List(t.Context(), first.tenant("a"), old); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("error = %v", err)
	}
	server.Restart()
	eventually(t, "Redis is used again", func() bool { return first.up.Load() && second.up.Load() })
	eventually(t, "the second replica purges", func() bool { return second.hasPurged(second.tenant("a").Key) })
	u.set(func(u *upstream) { u.err = nil })
	calls := u.count()
	first.list("a", nil)
	first.wrote(2)
	second.list("a", nil)
	if n := u.count() - calls; n != 1 {
		t.Errorf("upstream was asked %d times", n)
	}
}

// A Redis without room takes no list, and answers all the same.
func TestFullRedis(t *testing.T) {
	server, u := redistest.Start(t, "--maxmemory", "1kb"), newUpstream()
	u.body["a"] = "one"
	r := startReplica(t, server.URL(), u)
	for range 2 {
		if got := r.list("a", nil); id(got) != "one" {
			t.Errorf("got %q", id(got))
		}
	}
	if n := u.count(); n != 2 {
		t.Errorf("upstream was asked %d times", n)
	}
}

func TestPassword(t *testing.T) {
	server, u := redistest.Start(t, "--requirepass", "SECRET"), newUpstream()
	u.body["a"] = "one"
	with := func(password string) *replica {
		return startReplica(t, server.URL(), u, func(c *sharedcache.Config) { c.Password = password })
	}
	if r := with("SECRET"); !r.up.Load() {
		t.Errorf("with the password:\n%s", r.log)
	}
	r := with("SECRET-other")
	if r.up.Load() || strings.Contains(r.log.String(), "SECRET") || !strings.Contains(r.log.String(), "WRONGPASS") {
		t.Errorf("with another password:\n%s", r.log)
	}
	if got := r.list("a", nil); id(got) != "one" {
		t.Errorf("got %q", id(got))
	}
}

var _ sharedcache.Lister = (*sharedcache.Cache)(nil)

func TestFreshness(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.body["a"] = "one"
	short := func(c *sharedcache.Config) { c.FreshFor = 50 * time.Millisecond }
	first, second := startReplica(t, server.URL(), u, short), startReplica(t, server.URL(), u, short)
	got := first.list("a", nil)
	first.wrote(1)
	head := keysOf(t, server, "head")[0]
	client := dial(t, server)
	eventually(t, "the list is old", func() bool {
		now, _ := do(t, client, "TIME").AsIntSlice()
		at, _ := do(t, client, "HGET", head, "f").AsInt64()
		return now[0]*1000+now[1]/1000-at >= 50
	})
	second.list("a", nil)
	if n := u.count(); n != 2 {
		t.Errorf("upstream was asked %d times for a list of %v", n, time.Since(got.FetchedAt))
	}
}

func TestConfigIsChecked(t *testing.T) {
	valid := sharedcache.Settings{URL: "redis://127.0.0.1:1", FreshFor: time.Second, MaxBodyBytes: 1}
	for name, change := range map[string]func(*sharedcache.Settings){
		"scheme":       func(s *sharedcache.Settings) { s.URL = "http://SECRET.example" },
		"password":     func(s *sharedcache.Settings) { s.URL = "redis://u:SECRET@redis.example" },
		"no host":      func(s *sharedcache.Settings) { s.URL = "redis://" },
		"no path":      func(s *sharedcache.Settings) { s.URL = "unix://" },
		"not a URL":    func(s *sharedcache.Settings) { s.URL = "redis://SECRET\x7f" },
		"database":     func(s *sharedcache.Settings) { s.URL = "redis://h/SECRET" },
		"CA, no TLS":   func(s *sharedcache.Settings) { s.CAFile = "sharedcache_test.go" },
		"CA, no file":  func(s *sharedcache.Settings) { s.URL, s.CAFile = "rediss://h", "nowhere" },
		"CA, no certs": func(s *sharedcache.Settings) { s.URL, s.CAFile = "rediss://h", "sharedcache_test.go" },
		"freshness":    func(s *sharedcache.Settings) { s.FreshFor = 0 },
		"body":         func(s *sharedcache.Settings) { s.MaxBodyBytes = 0 },
	} {
		settings := valid
		change(&settings)
		_, err := sharedcache.New(t.Context(), sharedcache.Config{Settings: settings, Lister: newUpstream(), Decode: decode, Purge: nopurge})
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func nopurge(tenant.Key) {}
