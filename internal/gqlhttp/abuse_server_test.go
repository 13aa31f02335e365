package gqlhttp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"paymentlinks/graph"
	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/guard"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// planted stands in every attack, in names, values, headers and bodies. No
// answer and no log line may hold it.
const planted = "pl4nted"

// The abused server's time-outs, short so that its patience is soon at an end.
const (
	abusedHeaderTimeout = 300 * time.Millisecond
	abusedBodyTimeout   = 300 * time.Millisecond
	// patience is what a test waits for an answer that must come.
	patience = 20 * time.Second
)

// maxAnswerToAbuse bounds an answer to an attack, status line and header included.
const maxAnswerToAbuse = 4 << 10

// abused is a server on loopback: the edge with the real schema, guard and
// callers behind a server with the program's settings, but for its time-outs.
type abused struct {
	address string
	handler http.Handler
	log     *lockedBuffer
}

// oneLink answers every caller with a list of one link.
type oneLink struct{ set *paymentlink.Set }

func (o oneLink) Snapshot(context.Context, tenant.Tenant, time.Time) (*paymentlink.Snapshot, error) {
	now := time.Now()
	return &paymentlink.Snapshot{Set: o.set, FetchedAt: now, FreshUntil: now.Add(time.Minute), Version: "0123456789abcdef"}, nil
}

func newAbused(tb testing.TB, change ...func(*gqlhttp.Config)) *abused {
	tb.Helper()
	a := &abused{log: &lockedBuffer{}}
	logger := slog.New(slog.NewJSONHandler(a.log, nil))
	limits, err := guard.New(guard.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	callers, err := caller.New(tb.Context(), caller.Config{Logger: logger})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(callers.Close)
	links := paymentlink.NewSet([]paymentlink.Record{{ID: "1", URL: "https://pay.billpocket.com/a/b", Upstream: []byte(`{}`)}}, nil)
	cfg := gqlhttp.Config{
		Executor: graph.NewExecutor(graph.Config{Source: oneLink{links}, Logger: logger, Settings: graph.Settings{Introspection: true}}),
		Callers:  callers,
		Guard:    limits,
		Settings: gqlhttp.Settings{BodyTimeout: abusedBodyTimeout},
		Logger:   logger,
	}
	for _, c := range change {
		c(&cfg)
	}
	if a.handler, err = gqlhttp.New(cfg); err != nil {
		tb.Fatal(err)
	}
	return a
}

// listen serves on a free port of loopback until the test ends.
func (a *abused) listen(t *testing.T) *abused {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a.address = listener.Addr().String()
	server := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: abusedHeaderTimeout,
		ReadTimeout:       patience,
		MaxHeaderBytes:    gqlhttp.ServerMaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(slog.NewJSONHandler(a.log, nil), slog.LevelWarn),
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // it ends when the server is closed
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the server: %v", err)
		}
		serving.Wait()
		if log := a.log.String(); strings.Contains(log, planted) {
			t.Errorf("the log holds something of the requests:\n%s", log)
		}
	})
	return a
}

// exchange has send write a request, and returns all that comes back until the
// server hangs up.
func (a *abused) exchange(t *testing.T, send func(io.Writer)) []byte {
	t.Helper()
	got, err := a.try(t.Context(), send)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (a *abused) try(ctx context.Context, send func(io.Writer)) ([]byte, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return nil, fmt.Errorf("the server is gone: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	var writing sync.WaitGroup
	writing.Go(func() { send(conn) }) // while reading: the server may answer, and hang up, early
	got, err := io.ReadAll(conn)
	_ = conn.Close() // wakes a writer that nobody reads from
	writing.Wait()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fmt.Errorf("the server neither answered nor hung up within %v", patience)
	}
	return got, nil // other errors are the server's way to hang up on a client that still sends
}

// isAlive asks a plain question, which must be answered.
func (a *abused) isAlive(t *testing.T) {
	t.Helper()
	got := a.exchange(t, sending(rawRequest("POST", "/graphql", `{"query":"{paymentLinks{id}}"}`)))
	if status, body := parsed(t, got); status != http.StatusOK || body != `{"data":{"paymentLinks":[{"id":"1"}]}}` {
		t.Errorf("after the attack the server answers %d, %s", status, body)
	}
}

// refused checks an answer to an attack: its status, its code (the body is not
// looked into when code is ""), its size, and that it holds nothing planted.
func refused(t *testing.T, got []byte, status int, code fault.Kind) {
	t.Helper()
	if len(got) > maxAnswerToAbuse {
		t.Errorf("the answer has %d bytes, want at most %d", len(got), maxAnswerToAbuse)
	}
	if bytes.Contains(bytes.ToLower(got), []byte(planted)) {
		t.Errorf("the answer holds something of the request:\n%s", got)
	}
	gotStatus, body := parsed(t, got)
	if gotStatus != status {
		t.Errorf("status = %d, want %d; body: %s", gotStatus, status, body)
	}
	if code == "" {
		return
	}
	var a answer
	if err := json.Unmarshal([]byte(body), &a); err != nil || len(a.Errors) == 0 {
		t.Fatalf("body %q is no answer with errors (%v)", body, err)
	}
	if got := a.Errors[0].Extensions["code"]; got != string(code) {
		t.Errorf("code = %v, want %s; body: %s", got, code, body)
	}
}

// parsed returns status and body of a raw answer.
func parsed(t *testing.T, got []byte) (int, string) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(got)), nil)
	if err != nil {
		t.Fatalf("%d bytes that are no HTTP answer (%v): %.300q", len(got), err, got)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("the answer's body: %v", err)
	}
	return resp.StatusCode, string(body)
}

// rawRequest makes a request with credentials; headers are whole lines. The body, if
// there is one, is announced as JSON unless a header says otherwise.
func rawRequest(method, target, body string, headers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nConnection: close\r\n", method, target)
	given := strings.ToLower("\r\n" + strings.Join(headers, "\r\n"))
	line := func(name, value string) {
		if !strings.Contains(given, "\r\n"+strings.ToLower(name)+":") {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	line("Host", "127.0.0.1")
	line("BP-User-Token", "token-"+planted)
	line("X-Api-Key", "key-"+planted)
	line("Accept", "application/graphql-response+json")
	if body != "" {
		line("Content-Type", "application/json")
		if !strings.Contains(given, "transfer-encoding") {
			line("Content-Length", strconv.Itoa(len(body)))
		}
	}
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return b.String()
}

// sending writes a text in one piece.
func sending(text string) func(io.Writer) {
	return func(w io.Writer) { _, _ = io.WriteString(w, text) } // the server may have hung up
}

// lockedBuffer is a log that the server writes while a test reads.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}
