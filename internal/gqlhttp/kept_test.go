package gqlhttp_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"paymentlinks/internal/exchange"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

// lists is what is kept of upstream: one list for each tenant who asked.
type lists struct {
	mu         sync.Mutex
	generation map[tenant.Key]uint64
	freshUntil time.Time
	// ahead is called for each caller who asks for a list ahead.
	ahead func(tenant.Key)
	asked int
}

func (l *lists) Current(key tenant.Key) (uint64, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation[key], l.freshUntil
}

func (l *lists) Ahead(ctx context.Context, t tenant.Tenant, _ time.Time) (context.Context, uint64, time.Time) {
	l.mu.Lock()
	l.asked++
	then := l.ahead
	l.mu.Unlock()
	if then != nil {
		then(t.Key)
	}
	generation, until := l.Current(t.Key)
	return ctx, generation, until
}

func (l *lists) set(key tenant.Key, generation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.generation[key] = generation
}

// keeping is an edge that keeps answers. The fixture's field "listed" and
// everything else is made of list 1, fresh until a minute past noon.
type keeping struct {
	*edge
	lists *lists
	owner tenant.Key // of mine
	clock time.Time
}

func newKeeping(t testing.TB, change ...func(*gqlhttp.Config)) *keeping {
	t.Helper()
	k := &keeping{clock: noon, lists: &lists{generation: map[tenant.Key]uint64{}, freshUntil: noon.Add(time.Minute)}}
	k.edge = newEdge(t, append([]func(*gqlhttp.Config){func(cfg *gqlhttp.Config) {
		cfg.Lists = k.lists
		cfg.Now = func() time.Time { return k.clock }
	}}, change...)...)
	caller, err := headerCallers{}.Identify(t.Context(), with(query("{hello}"), mine...))
	if err != nil {
		t.Fatal(err)
	}
	k.owner = caller.Key
	k.lists.generation[k.owner] = 1
	k.fixture.before = func(ctx context.Context) {
		exchange.FromContext(ctx).Report(exchange.Freshness{Generation: 1, FreshUntil: k.lists.freshUntil})
	}
	return k
}

// mine are the credentials of a caller.
var mine = []string{"BP-User-Token", "me", "X-Api-Key", "key"} //nolint:gochecknoglobals // never written

// executed returns how many operations a request lets be executed, and its answer.
func (k *keeping) executed(r *http.Request) (int64, *httptest.ResponseRecorder) {
	before := k.fixture.executed.Load()
	w := k.do(r)
	return k.fixture.executed.Load() - before, w
}

// warm asks until the answer is kept.
func (k *keeping) warm(t testing.TB, again func() *http.Request) {
	t.Helper()
	for range 2 {
		if n, w := k.executed(again()); n != 1 || w.Code != http.StatusOK {
			t.Fatalf("before it is kept: %d executions, %d %s", n, w.Code, w.Body)
		}
	}
}

func TestAKeptAnswerIsNotExecuted(t *testing.T) {
	k := newKeeping(t)
	ask := func() *http.Request { return query(`{ hello large(bytes: 3000) }`, mine...) }
	_, first := k.executed(ask())
	k.executed(ask())
	n, w := k.executed(ask())
	if n != 0 {
		t.Fatal("executed")
	}
	if got, want := w.Body.String(), first.Body.String(); got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	got, want := maps.Clone(w.Header()), maps.Clone(first.Header())
	if got.Get("Etag") == "" {
		t.Error("no ETag")
	}
	for _, own := range []string{"Etag", "X-Request-Id"} {
		delete(got, own)
		delete(want, own)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("header %v, want %v", got, want)
	}
	if lines := strings.Count(k.log.String(), `"operation":"query"`); lines != 3 {
		t.Errorf("%d access lines, want 3:\n%s", lines, k.log)
	}
}

// Who is asked the same by another way gets the same entry, and nothing else does.
func TestWhatFindsAKeptAnswer(t *testing.T) {
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(`{ hello }`)))
	named := `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`
	taught := `{"query":"{ hello }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`
	tests := map[string]struct {
		request *http.Request
		found   bool
	}{
		"the same":                         {query(`{ hello }`, mine...), true},
		"by GET":                           {get("query=%7B+hello+%7D", mine...), true},
		"empty variables of another order": {post(`{"variables":null,"query":"{ hello }"}`, mine...), true},
		"its text with its hash":           {post(taught, mine...), true},
		"its hash":                         {post(named, mine...), true},
		"another document":                 {query(`{  hello }`, mine...), false},
		"variables":                        {post(`{"query":"{ hello }","variables":{}}`, mine...), true},
		"other variables":                  {post(`{"query":"{ hello }","variables":{"a":1}}`, mine...), false},
		"another media type":               {query(`{ hello }`, append([]string{"Accept", "application/graphql-response+json"}, mine...)...), false},
		"another tenant":                   {query(`{ hello }`, "BP-User-Token", "you", "X-Api-Key", "key"), false},
		"the same tenant, limited":         {query(`{ hello }`, append([]string{"X-Limited", "yes"}, mine...)...), false},
		"nobody":                           {query(`{ hello }`), false},
		"no-cache":                         {query(`{ hello }`, append([]string{"Cache-Control", "no-cache"}, mine...)...), false},
		"a trace is asked for":             {query(`{ hello }`, append([]string{"Apollo-Federation-Include-Trace", "ftv1"}, mine...)...), false},
		"an extension":                     {post(`{"query":"{ hello }","extensions":{"x":1}}`, mine...), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := newKeeping(t, func(cfg *gqlhttp.Config) {
				var err error
				if cfg.Persisted, err = persisted.New(persisted.Config{}); err != nil {
					t.Fatal(err)
				}
			})
			k.warm(t, func() *http.Request { return query(`{ hello }`, mine...) })
			if strings.Contains(name, "hash") {
				if n, w := k.executed(post(taught, mine...)); n != 0 || w.Code != http.StatusOK {
					t.Fatalf("taught: %d executions, %d %s", n, w.Code, w.Body)
				}
			}
			n, w := k.executed(test.request)
			if (n == 0) != test.found || w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "world") {
				t.Errorf("%d executions, %d %s; want it to be found: %v", n, w.Code, w.Body, test.found)
			}
		})
	}
}

// What must not be given a second time is not kept.
func TestWhatIsNotKept(t *testing.T) {
	report := func(f exchange.Freshness) func(*keeping) {
		return func(k *keeping) {
			k.fixture.before = func(ctx context.Context) { exchange.FromContext(ctx).Report(f) }
		}
	}
	tests := map[string]struct {
		document string
		change   func(*keeping)
	}{
		"an error":                   {`{ hello fails(kind: "UPSTREAM_TIMEOUT") }`, func(*keeping) {}},
		"null data":                  {`{ mustFail(kind: "FORBIDDEN") }`, func(*keeping) {}},
		"a mutation":                 {`mutation { poke }`, func(*keeping) {}},
		"depends on no list":         {`{ hello }`, func(k *keeping) { k.fixture.before = nil }},
		"a stale list":               {`{ hello }`, report(exchange.Freshness{Generation: 1, FreshUntil: noon.Add(time.Minute), Stale: true})},
		"moves by itself":            {`{ hello }`, report(exchange.Freshness{Generation: 1, FreshUntil: noon.Add(time.Minute), Volatile: true})},
		"a list that was purged":     {`{ hello }`, func(k *keeping) { k.lists.set(k.owner, 0) }},
		"a list that is gone":        {`{ hello }`, func(k *keeping) { k.lists.set(k.owner, 2) }},
		"larger than answers may be": {`{ large(bytes: 5000) }`, func(*keeping) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := newKeeping(t, func(cfg *gqlhttp.Config) { cfg.MaxAnswerBytes = 5000 })
			test.change(k)
			for use := range 4 {
				if n, w := k.executed(query(test.document, mine...)); n != 1 {
					t.Errorf("use %d: %d executions, %d %s", use+1, n, w.Code, w.Body)
				}
			}
		})
	}
}

// A list that is not fresh is asked for first. If it has not changed, nothing is
// executed again, and the answer is as fresh as the list.
func TestAnUnchangedListIsNotExecutedAgain(t *testing.T) {
	k := newKeeping(t)
	ask := func() *http.Request { return query(`{ hello }`, mine...) }
	k.warm(t, ask)
	if k.lists.asked != 0 {
		t.Errorf("%d lists were asked for ahead, want none before anything is kept", k.lists.asked)
	}
	k.clock = noon.Add(time.Hour)
	k.lists.ahead = func(tenant.Key) { k.lists.freshUntil = noon.Add(time.Hour + 10*time.Second) }
	n, w := k.executed(ask())
	if got := w.Header().Get("Cache-Control"); n != 0 || k.lists.asked != 1 || got != "private, max-age=10" {
		t.Errorf("unchanged: %d executions, %d lists, %q", n, k.lists.asked, got)
	}
	k.clock = noon.Add(2 * time.Hour)
	k.lists.ahead = nil // the refresh runs behind
	n, w = k.executed(ask())
	if got := w.Header().Get("Cache-Control"); n != 0 || k.lists.asked != 2 || got != "private, max-age=0" {
		t.Errorf("refreshed behind: %d executions, %d lists, %q", n, k.lists.asked, got)
	}
	k.lists.ahead = func(key tenant.Key) { k.lists.set(key, 2) }
	if n, _ = k.executed(ask()); n != 1 {
		t.Errorf("changed: %d executions", n)
	}
}

// Not one request after a purge gets what was kept before it.
func TestNothingOutlivesAPurge(t *testing.T) {
	k := newKeeping(t)
	ask := func() *http.Request { return query(`{ hello }`, mine...) }
	k.warm(t, ask)
	k.lists.set(k.owner, 0)
	for range 3 {
		if n, _ := k.executed(ask()); n != 1 {
			t.Fatal("a purged answer was given")
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	k := newKeeping(t)
	k.warm(t, func() *http.Request { return query(`{ hello }`, mine...) })
	const url = "query=%7B+hello+%7D"
	_, w := k.executed(get(url, mine...))
	tag := w.Header().Get("Etag")
	if !strings.HasPrefix(tag, `"`) {
		t.Fatalf("tag %q, want a strong one", tag)
	}
	tests := map[string]struct {
		request *http.Request
		want    int
	}{
		"its tag":               {get(url, append([]string{"If-None-Match", tag}, mine...)...), http.StatusNotModified},
		"its tag, weak":         {get(url, append([]string{"If-None-Match", "W/" + tag}, mine...)...), http.StatusNotModified},
		"among others":          {get(url, append([]string{"If-None-Match", `"a,b", ` + tag}, mine...)...), http.StatusNotModified},
		"any":                   {get(url, append([]string{"If-None-Match", "*"}, mine...)...), http.StatusNotModified},
		"another":               {get(url, append([]string{"If-None-Match", `"a"`}, mine...)...), http.StatusOK},
		"its tag, but no-cache": {get(url, append([]string{"If-None-Match", tag, "Cache-Control", "no-cache"}, mine...)...), http.StatusOK},
		"a POST":                {query(`{ hello }`, append([]string{"If-None-Match", tag}, mine...)...), http.StatusOK},
	}
	for name, test := range tests {
		_, got := k.executed(test.request)
		if got.Code != test.want {
			t.Errorf("%s: status %d, want %d", name, got.Code, test.want)
		}
		if got.Code != http.StatusNotModified {
			continue
		}
		if got.Body.Len() > 0 || got.Header().Get("Content-Type") != "" {
			t.Errorf("%s: 304 has a body (%q) or a type", name, got.Body)
		}
		for _, field := range []string{"Etag", "Cache-Control", "Vary", "X-Content-Type-Options"} {
			if got.Header().Get(field) != w.Header().Get(field) || got.Header().Get(field) == "" {
				t.Errorf("%s: %s is %q, want %q as a 200 has it", name, field, got.Header().Get(field), w.Header().Get(field))
			}
		}
	}
	head := with(httptest.NewRequest(http.MethodHead, "/graphql?"+url, http.NoBody), append([]string{"If-None-Match", tag}, mine...)...)
	if _, got := k.executed(head); got.Code != http.StatusNotModified {
		t.Errorf("HEAD: status %d", got.Code)
	}
}

func TestKeptAnswersAreCompressed(t *testing.T) {
	k := newKeeping(t)
	k.warm(t, func() *http.Request { return query(`{ large(bytes: 3000) }`, mine...) })
	tags := map[string]bool{}
	for range 3 {
		for _, coding := range []string{"gzip", "zstd", "identity"} {
			n, w := k.executed(query(`{ large(bytes: 3000) }`, append([]string{"Accept-Encoding", coding}, mine...)...))
			if got := w.Header().Get("Content-Encoding"); n != 0 || (got != coding && got+coding != "identity") {
				t.Errorf("%s: %d executions, coding %q", coding, n, got)
			}
			tags[w.Header().Get("Etag")] = true
			if coding == "gzip" {
				reader, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				if text, err := io.ReadAll(reader); err != nil || len(text) < 3000 {
					t.Errorf("%d bytes, %v", len(text), err)
				}
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("tags %v, want one for each coding", tags)
	}
}

// Those who ask the same at once are answered by one execution, and each of
// them keeps its own id, time and leave.
func TestOperationsAreShared(t *testing.T) {
	for name, test := range map[string]struct {
		document string
		want     int64 // executions
	}{
		"an answer": {`{ hello }`, 1},
		"an error":  {`{ fails(kind: "UPSTREAM_TIMEOUT") }`, 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeeping(t)
				release := make(chan struct{})
				report := k.fixture.before
				k.fixture.before = func(ctx context.Context) {
					report(ctx)
					<-release
				}
				var callers sync.WaitGroup
				leaving, leave := context.WithCancel(t.Context())
				for i := range 20 {
					callers.Go(func() {
						id := fmt.Sprint("request-", i)
						r := query(test.document, append([]string{"X-Request-Id", id}, mine...)...)
						if i%5 == 0 {
							r = r.WithContext(leaving)
						}
						w := k.do(r)
						switch {
						case i%5 == 0 && w.Code != 499:
							t.Errorf("%s left and got %d %s", id, w.Code, w.Body)
						case i%5 != 0 && w.Code != http.StatusOK:
							t.Errorf("%s got %d %s", id, w.Code, w.Body)
						case i%5 != 0 && strings.Contains(w.Body.String(), "errors") && !strings.Contains(w.Body.String(), id+`"`):
							t.Errorf("%s got the error of another request: %s", id, w.Body)
						}
					})
				}
				synctest.Wait()
				leave()
				synctest.Wait()
				close(release)
				callers.Wait()
				if got := k.fixture.executed.Load(); got > test.want || got == 0 {
					t.Errorf("%d executions, want at most %d", got, test.want)
				}
			})
		})
	}
}

func TestNoAnswersAreKept(t *testing.T) {
	for name, change := range map[string]func(*gqlhttp.Config){
		"off":      func(cfg *gqlhttp.Config) { cfg.AnswerBytes = gqlhttp.Off },
		"no lists": func(cfg *gqlhttp.Config) { cfg.Lists = nil },
	} {
		k := newKeeping(t, change)
		for range 4 {
			if n, w := k.executed(query(`{ hello }`, mine...)); n != 1 || w.Header().Get("Etag") != "" {
				t.Errorf("%s: %d executions, tag %q", name, n, w.Header().Get("Etag"))
			}
		}
	}
}
