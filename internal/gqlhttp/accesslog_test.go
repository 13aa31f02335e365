package gqlhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		return map[string]any{
			"level": "INFO", "msg": "request", "request_id": "id-1", "method": method, "route": "/graphql",
			"status": float64(status), "duration": 0.0, "operation": operation, "code": code,
		}
	}
	tests := map[string]struct {
		request *http.Request
		want    map[string]any
	}{
		"answered":        {query(`query Secret {hello}`), line("POST", 200, "query", "")},
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
			if diff := cmp.Diff([]map[string]any{test.want}, lines(t, e.log)); diff != "" {
				t.Errorf("log (-want +got)\n%s", diff)
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

func (panickingGuard) Check(string) error { panic(errors.New("secret-in-a-panic")) }
