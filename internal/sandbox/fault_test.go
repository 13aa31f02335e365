package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/sandbox"
)

func fail(t *testing.T, s *sandbox.Server, f sandbox.Fault) {
	t.Helper()
	if err := s.Fail(f); err != nil {
		t.Fatal(err)
	}
}

func TestStatusFault(t *testing.T) {
	s, server := newServer(t)
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429, RetryAfter: "7", Body: `{"slow":"down"}`})
	got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
	if got.status != 429 || got.header.Get("Retry-After") != "7" || string(got.body) != `{"slow":"down"}` {
		t.Errorf("got %d, Retry-After %q, %s", got.status, got.header.Get("Retry-After"), got.body)
	}
	s.ClearAllFaults()
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503})
	got = mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
	if got.status != 503 || got.header.Get("Retry-After") != "" || !strings.Contains(string(got.body), "Service Unavailable") {
		t.Errorf("got %d, Retry-After %q, %s", got.status, got.header.Get("Retry-After"), got.body)
	}
	s.ClearAllFaults()
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeStatus, Status: 204})
	if got = mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken); got.status != 204 || len(got.body) != 0 {
		t.Errorf("got %d with %d bytes, want 204 with none", got.status, len(got.body))
	}
}

func TestFaultsAreMetInOrderByToken(t *testing.T) {
	s, server := newServer(t)
	fail(t, s, sandbox.Fault{Token: sandbox.SeedToken, Mode: sandbox.ModeStatus, Status: 500, Calls: 2})
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeStatus, Status: 502, Calls: 1})
	fail(t, s, sandbox.Fault{Token: "stranger", Mode: sandbox.ModeStatus, Status: 504})

	statuses := func(tokens ...string) (got []int) {
		for _, token := range tokens {
			got = append(got, mustAsk(t, server.URL+"/v1/custom-link", token).status)
		}
		return got
	}
	seed, empty := sandbox.SeedToken, sandbox.EmptyToken
	got := statuses(seed, empty, seed, seed, empty, "stranger", "stranger")
	if diff := cmp.Diff([]int{500, 502, 500, 200, 204, 504, 504}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	s.ClearFaults("stranger")
	if got := statuses("stranger"); got[0] != 401 {
		t.Errorf("fault cleared: %d, want 401", got[0])
	}
	if got := s.Faults(); len(got) != 0 {
		t.Errorf("faults left: %v", got)
	}
}

func TestMalformed(t *testing.T) {
	s, server := newServer(t)
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeMalformed, Calls: 1})
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeMalformed, Body: `{"links":[]}`})
	got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %d %s", got.status, got.header.Get("Content-Type"))
	}
	if got = mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken); string(got.body) != `{"links":[]}` {
		t.Errorf("got %s", got.body)
	}
}

func TestCutOffAndDisconnect(t *testing.T) {
	s, server := newServer(t)
	whole := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
	for _, token := range []string{sandbox.SeedToken, sandbox.EmptyToken} {
		s.ClearAllFaults()
		fail(t, s, sandbox.Fault{Mode: sandbox.ModeCutOff})
		got := mustAsk(t, server.URL+"/v1/custom-link", token)
		if !errors.Is(got.err, io.ErrUnexpectedEOF) || len(got.body) >= len(whole.body) {
			t.Errorf("%s, cut off: %d bytes, error %v", token, len(got.body), got.err)
		}
	}
	s.ClearAllFaults()
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeDisconnect})
	if got, err := ask(t, server.URL+"/v1/custom-link", sandbox.SeedToken, sandbox.APIKey); err == nil {
		t.Errorf("disconnected: got %d", got.status)
	}
}

func TestRedirect(t *testing.T) {
	s, server := newServer(t)
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeRedirect, Location: "https://elsewhere.example/", Calls: 1})
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeRedirect, Status: 308, Location: "/v2", Calls: 1})
	for _, want := range []struct {
		status   int
		location string
	}{{302, "https://elsewhere.example/"}, {308, "/v2"}} {
		got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
		if got.status != want.status || got.header.Get("Location") != want.location {
			t.Errorf("got %d to %q, want %v", got.status, got.header.Get("Location"), want)
		}
	}
}

// inBubble runs f with a sandbox behind a real HTTP server and client, on
// connections in memory and a clock that waits for nobody.
func inBubble(t *testing.T, f func(t *testing.T, s *sandbox.Server, get func(ctx context.Context) answer)) {
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(sandbox.Config{Now: start})
		listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: s, ReadHeaderTimeout: time.Hour}
		go func() { _ = server.Serve(listener) }()
		transport := &http.Transport{DisableCompression: true, DialContext: listener.dial}
		get := func(ctx context.Context) answer {
			req := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://sandbox.test/v1/custom-link", nil)
			req.Header.Set("BP-User-Token", sandbox.SeedToken)
			req.Header.Set("X-Api-Key", sandbox.APIKey)
			resp, err := transport.RoundTrip(req)
			if err != nil {
				return answer{err: err}
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			return answer{status: resp.StatusCode, body: body, err: err}
		}
		f(t, s, get)
		s.Close()
		transport.CloseIdleConnections()
		_ = server.Close()
	})
}

// pipeListener hands the server ends of net.Pipe to Accept.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.IPAddr{} }

func TestLatency(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sandbox.Server, get func(context.Context) answer) {
		fail(t, s, sandbox.Fault{Delay: 3 * time.Second, Calls: 1})
		began := time.Now()
		got := get(t.Context())
		if took := time.Since(began); took != 3*time.Second || got.status != 200 {
			t.Errorf("status %d after %v, want 200 after 3s", got.status, took)
		}
		began = time.Now()
		if get(t.Context()); time.Since(began) != 0 {
			t.Errorf("fault used up: %v, want no wait", time.Since(began))
		}
	})
}

func TestSlowDrip(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sandbox.Server, get func(context.Context) answer) {
		whole := get(t.Context())
		fail(t, s, sandbox.Fault{Mode: sandbox.ModeSlowDrip, Delay: time.Second})
		began := time.Now()
		got := get(t.Context())
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("took %v, want 20 pieces a second apart", took)
		}
		if string(got.body) != string(whole.body) {
			t.Errorf("%d bytes, want the whole list", len(got.body))
		}
	})
}

func TestHangingEndsWithTheClientOrTheServer(t *testing.T) {
	for _, mode := range []sandbox.Mode{sandbox.ModeHang, sandbox.ModeStall, sandbox.ModeSlowDrip} {
		t.Run(string(mode), func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *sandbox.Server, get func(context.Context) answer) {
				fail(t, s, sandbox.Fault{Mode: mode, Delay: time.Minute})
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
				defer cancel()
				if got := get(ctx); !errors.Is(got.err, context.DeadlineExceeded) {
					t.Errorf("error %v, want the client's deadline", got.err)
				}

				ended := make(chan answer)
				go func() { ended <- get(t.Context()) }()
				synctest.Wait()
				s.Close()
				if got := <-ended; len(got.body) > 0 && got.err == nil {
					t.Errorf("a whole answer of %d bytes after Close", len(got.body))
				}
			})
		})
	}
}

func TestFailRefusesNonsense(t *testing.T) {
	s := sandbox.New(sandbox.Config{})
	tests := map[string]sandbox.Fault{
		"unknown mode":             {Mode: "explode"},
		"no status":                {Mode: sandbox.ModeStatus},
		"informational status":     {Mode: sandbox.ModeStatus, Status: 100},
		"status too large":         {Mode: sandbox.ModeStatus, Status: 600},
		"redirect to nowhere":      {Mode: sandbox.ModeRedirect},
		"redirect that is none":    {Mode: sandbox.ModeRedirect, Status: 200, Location: "/"},
		"negative number of calls": {Calls: -1},
		"negative delay":           {Delay: -1},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			if err := s.Fail(f); !errors.Is(err, sandbox.ErrFault) {
				t.Errorf("Fail(%+v) = %v, want ErrFault", f, err)
			}
		})
	}
	for range 1000 {
		fail(t, s, sandbox.Fault{Mode: sandbox.ModeHang})
	}
	if err := s.Fail(sandbox.Fault{Mode: sandbox.ModeHang}); !errors.Is(err, sandbox.ErrFault) {
		t.Errorf("fault 1,001 = %v, want ErrFault", err)
	}
}
