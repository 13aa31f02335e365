package gqlhttp_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/exchange"
	"paymentlinks/internal/gqlhttp"
)

// lines returns the log's lines without what differs from run to run.
func lines(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		delete(entry, "time")
		delete(entry, "stack")
		all = append(all, entry)
	}
	return all
}

func TestAccessLog(t *testing.T) {
	line := func(method string, status int, operation, code string) map[string]any {
		source := "built"
		if operation == "" {
			source = ""
		}
		return map[string]any{
			"level": "INFO", "msg": "request", "request_id": "id-1", "method": method, "route": "/graphql",
			"status": float64(status), "duration": 0.0, "operation": operation, "operation_name": "", "code": code,
			"cache": source, "upstream_wait": 0.0, "tenant": "", "client": "192.0.2.1",
		}
	}
	tests := map[string]struct {
		request *http.Request
		want    map[string]any
	}{
		"answered":        {query(`{hello}`), line("POST", 200, "query", "")},
		"a field's error": {query(`{fails(kind:"FORBIDDEN")}`), line("POST", 200, "query", "FORBIDDEN")},
		"a mutation":      {query(`mutation {poke}`), line("POST", 200, "mutation", "")},
		"refused":         {query(`{nothing}`), line("POST", 200, "", "GRAPHQL_VALIDATION_FAILED")},
		"GET":             {get("query={hello}"), line("GET", 200, "query", "")},
		"HEAD":            {raw("HEAD", "/graphql?query={hello}", ""), line("HEAD", 200, "query", "")},
		"another method":  {raw("BREW", "/graphql", ""), line("other", 405, "", "METHOD_NOT_ALLOWED")},
		"OPTIONS":         {raw("OPTIONS", "/graphql", ""), line("OPTIONS", 204, "", "")},
		"compressed":      {query(largeDocument(100_000), "Accept-Encoding", "gzip"), line("POST", 200, "query", "")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			mux := http.NewServeMux()
			mux.Handle("/graphql", e.handler)
			test.request.Header.Set("X-Request-Id", "id-1")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, test.request)
			test.want["bytes"] = float64(w.Body.Len())
			got := lines(t, e.log)
			delete(got[0], "document") // see TestAccessLogNamesTheDocument
			if diff := cmp.Diff([]map[string]any{test.want}, got); diff != "" {
				t.Errorf("log (-want +got)\n%s", diff)
			}
		})
	}
}

// The hash is the one that automatic persisted queries know the document by. An
// operation's name is logged where it is a name, and not without end.
func TestAccessLogNamesTheDocument(t *testing.T) {
	long := strings.Repeat("n", 100)
	tests := map[string]struct {
		request        *http.Request
		document, name string
	}{
		"one operation":       {query(`query Shop {hello}`), `query Shop {hello}`, "Shop"},
		"one of two":          {post(`{"query": "query A {hello} query B {hello}", "operationName": "B"}`), `query A {hello} query B {hello}`, "B"},
		"one that is missing": {post(`{"query": "query A {hello}", "operationName": "B"}`), `query A {hello}`, ""},
		"no name":             {post(`{"query": "query A {hello}", "operationName": "secret token"}`), `query A {hello}`, ""},
		"a long name":         {query(`query ` + long + ` {hello}`), `query ` + long + ` {hello}`, long[:64]},
		"none":                {post(`{}`), "", ""},
		"too long for a hash": {query(`{hello} #` + strings.Repeat("x", 64<<10)), "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := ""
			if test.document != "" {
				want = fmt.Sprintf("%x", sha256.Sum256([]byte(test.document)))
			}
			e := newEdge(t)
			e.do(test.request)
			line := lines(t, e.log)[0]
			if line["document"] != want || line["operation_name"] != test.name {
				t.Errorf("document %v and name %v, want %s and %q", line["document"], line["operation_name"], want, test.name)
			}
		})
	}
}

// A kept answer is logged as the first was, and tells that it was kept.
func TestAccessLogOfKeptAnswers(t *testing.T) {
	k := newKeeping(t)
	ask := func() *http.Request { return query(`query Shop {hello}`, append(mine, "X-Request-Id", "id-1")...) }
	k.warm(t, ask)
	k.do(ask())
	all := lines(t, k.log)
	first, last := all[0], all[len(all)-1]
	if first["cache"] != "built" || last["cache"] != "kept" || first["tenant"] == "" {
		t.Errorf("sources %v and %v of tenant %v", first["cache"], last["cache"], first["tenant"])
	}
	delete(first, "cache")
	delete(last, "cache")
	delete(first, "upstream_wait")
	delete(last, "upstream_wait")
	if diff := cmp.Diff(first, last); diff != "" {
		t.Errorf("first and kept (-first +kept)\n%s", diff)
	}
}

func TestAccessLogOfStaleAnswers(t *testing.T) {
	e := newEdge(t)
	e.fixture.freshness = exchange.Freshness{Stale: true, FreshUntil: noon}
	e.fixture.before = func(ctx context.Context) { exchange.FromContext(ctx).Waited(3 * time.Millisecond) }
	e.do(query(`{listed}`))
	if line := lines(t, e.log)[0]; line["cache"] != "stale" || line["upstream_wait"] != 3e6 {
		t.Errorf("source %v after %v", line["cache"], line["upstream_wait"])
	}
}

// Why a request was refused is told at level debug, in words of ours. What it
// quotes of the request is short and escaped.
func TestRefusalsAreExplained(t *testing.T) {
	long := strings.Repeat("x", 300)
	tests := map[string]struct {
		request *http.Request
		reason  string
		limit   string
	}{
		"host":            {with(query(`{hello}`), "Host", "evil.example"), `the host "evil.example" is not allowed`, ""},
		"long host":       {with(query(`{hello}`), "Host", long), `the host "` + long[:100] + `..." is not allowed`, ""},
		"origin":          {query(`{hello}`, "Origin", "https://a\x1b[31m"), `the origin "https://a\x1b[31m" is not allowed`, ""},
		"site":            {query(`{hello}`, "Sec-Fetch-Site", "cross-site"), `Sec-Fetch-Site is "cross-site"`, ""},
		"method":          {raw("PUT", "/graphql", ""), "The method must be POST or GET.", ""},
		"credentials":     {query(`{hello}`, "BP-User-Token", "secret token"), "The credentials are malformed.", ""},
		"limit":           {query("{" + strings.Repeat("a{", 20) + "b" + strings.Repeat("}", 21)), "The document is 21 levels deep; at most 15 are allowed.", "depth"},
		"of the document": {query(`{secret}`), "", ""}, // its sentence may quote the document
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if host := test.request.Header.Get("Host"); host != "" {
				test.request.Host = host
			}
			e := newEdge(t, func(c *gqlhttp.Config) { c.AllowedHosts = []string{"example.com"} })
			var log bytes.Buffer
			quiet := newEdge(t, func(c *gqlhttp.Config) {
				c.AllowedHosts = []string{"example.com"}
				c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			quiet.do(test.request)
			line := lines(t, &log)[0]
			if line["msg"] != "request refused" || line["reason"] != test.reason || line["limit"] != test.limit {
				t.Errorf("log %v, want the reason %q", line, test.reason)
			}
			if strings.Contains(log.String(), "secret") {
				t.Errorf("the log holds a part of the request: %s", &log)
			}
			e.do(test.request)
			if strings.Contains(e.log.String(), "refused") {
				t.Errorf("without debug: %s", e.log)
			}
		})
	}
}

func TestAccessLogOfFailures(t *testing.T) {
	leave := func(t *testing.T, r *http.Request) *http.Request {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return r.WithContext(ctx)
	}
	tests := map[string]struct {
		request  *http.Request
		took     time.Duration
		isFailed bool
	}{
		"answered":        {query(`{hello}`), time.Second, false},
		"slow":            {query(`{hello}`), time.Second + 1, true},
		"a field's error": {query(`{fails(kind:"FORBIDDEN")}`), 0, true},
		"refused":         {query(`{nothing}`), 0, true},
		"refused by 200":  {query(`{nothing}`, "Accept", "application/json"), 0, true},
		"another method":  {raw("PUT", "/graphql", ""), 0, true},
		"preflight":       {raw("OPTIONS", "/graphql", ""), 0, false},
		"client gone":     {leave(t, query(`{hello}`)), 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for setting, want := range map[gqlhttp.AccessLog]bool{"": test.isFailed, gqlhttp.LogFailures: test.isFailed, gqlhttp.LogAll: true, gqlhttp.LogOff: false} {
				isEnd := false
				e := newEdge(t, func(c *gqlhttp.Config) {
					c.AccessLog = setting
					c.Now = func() time.Time {
						if isEnd {
							return noon.Add(test.took)
						}
						isEnd = true // the first call is when the request arrives
						return noon
					}
				})
				body, err := io.ReadAll(test.request.Body)
				if err != nil {
					t.Fatal(err)
				}
				test.request.Body = io.NopCloser(bytes.NewReader(body))
				e.do(test.request)
				test.request.Body = io.NopCloser(bytes.NewReader(body))
				if got := strings.Contains(e.log.String(), `"msg":"request"`); got != want {
					t.Errorf("with %q the request is logged: %v, want %v", setting, got, want)
				}
			}
		})
	}
}

func TestNoLogWithoutALevelForIt(t *testing.T) {
	var log bytes.Buffer
	quiet := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	newEdge(t, func(c *gqlhttp.Config) { c.Logger = quiet }).do(query(`{hello}`))
	if log.Len() > 0 {
		t.Errorf("log = %s, want nothing", &log)
	}
}

// A panic ends in one answer, one line of the failure and one of the request,
// none of which holds the panic's value.
func TestPanic(t *testing.T) {
	e := newEdge(t, func(c *gqlhttp.Config) { c.Guard = panickingGuard{} })
	w := e.do(query(`{hello}`, "X-Request-Id", "id-1"))
	const want = `{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"id-1"}}]}`
	if w.Code != 500 || w.Body.String() != want {
		t.Errorf("got %d %s, want 500 %s", w.Code, w.Body, want)
	}
	if strings.Contains(e.log.String(), "secret") {
		t.Errorf("the log holds the panic's value: %s", e.log)
	}
	if !strings.Contains(e.log.String(), "panickingGuard") {
		t.Errorf("the log does not tell where: %s", e.log)
	}
	logged := lines(t, e.log)
	if len(logged) != 2 || logged[0]["panic"] != "*errors.errorString" || logged[1]["status"] != 500.0 {
		t.Errorf("log = %v, want the panic's type, then the request", logged)
	}
}

type panickingGuard struct{}

func (panickingGuard) Parse(string) (*ast.QueryDocument, error) {
	panic(errors.New("secret-in-a-panic"))
}
