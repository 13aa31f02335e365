package billpocket_test

import (
	"bufio"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log" //nolint:depguard // only to silence it
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/sandbox"
)

//nolint:gochecknoglobals // how Go takes a test's flags
var soak = flag.Bool("soak", false, "run the long tests at their full length")

// TestMain silences net/http's transport, which logs answers that it did not ask for.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	m.Run()
}

// answersTwice is an upstream that loses count on a connection. To the call
// after the first it sends the first call's list, and only then its own.
type answersTwice struct {
	listener net.Listener
	running  sync.WaitGroup
}

func newAnswersTwice(t *testing.T) *answersTwice {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &answersTwice{listener: listener}
	u.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			u.running.Go(func() { u.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		u.running.Wait()
	})
	return u
}

func (u *answersTwice) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewReader(conn)
	surplus := ""
	for {
		req, err := http.ReadRequest(lines)
		if err != nil {
			return
		}
		body := fmt.Sprintf(`[{"id":%q,"custom_link_path":"https://h/a"}]`, req.Header.Get("Bp-User-Token"))
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if _, err := conn.Write([]byte(surplus + answer)); err != nil {
			return
		}
		surplus = answer
	}
}

// wrongLists asks for the lists of many tenants at once, and counts those that
// were another tenant's. Calls that fail are fine: nobody got a wrong list.
func wrongLists(t *testing.T, calls int, reuse bool) (wrong, right int64) {
	t.Helper()
	upstream := newAnswersTwice(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "http://" + upstream.listener.Addr().String(), ReuseConnections: reuse}})
	const callers = 8
	var countWrong, countRight atomic.Int64
	var running sync.WaitGroup
	for caller := range callers {
		running.Go(func() {
			for i := range calls / callers {
				token := fmt.Sprintf("caller-%d-%d", caller, i)
				got, err := client.List(t.Context(), credentials(t, token), nil)
				if err != nil {
					continue
				}
				if _, own := got.Set.ByID(token); own {
					countRight.Add(1)
				} else {
					countWrong.Add(1)
				}
			}
		})
	}
	running.Wait()
	return countWrong.Load(), countRight.Load()
}

func TestUpstreamThatAnswersTwiceMixesUpNobody(t *testing.T) {
	calls := 1_000
	if *soak {
		calls = 100_000
	}
	wrong, right := wrongLists(t, calls, false)
	if wrong > 0 || right != int64(calls) {
		t.Errorf("of %d calls %d got another tenant's list and %d their own", calls, wrong, right)
	}
	// The same upstream does mix up callers who share connections. If it did
	// not, the count above would prove nothing.
	if wrong, _ := wrongLists(t, 200, true); wrong == 0 {
		t.Error("the upstream of this test answers twice to no effect")
	}
}

// TestConnections counts the connections of ten calls, one after another.
func TestConnections(t *testing.T) {
	tests := map[string]struct {
		start func(*httptest.Server)
		reuse bool
		want  int64
	}{
		"HTTP/1.1":                  {(*httptest.Server).Start, false, 10},
		"HTTP/1.1, reused":          {(*httptest.Server).Start, true, 1},
		"HTTP/1.1 over TLS":         {(*httptest.Server).StartTLS, false, 10},
		"HTTP/1.1 over TLS, reused": {(*httptest.Server).StartTLS, true, 1},
		"HTTP/2":                    {startHTTP2, false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var opened, resumed atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.TLS != nil && r.TLS.DidResume {
					resumed.Add(1)
				}
				w.WriteHeader(http.StatusNoContent)
			}))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					opened.Add(1)
				}
			}
			test.start(server)
			t.Cleanup(server.Close)
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL, CAFile: caFileOf(t, server), ReuseConnections: test.reuse}})
			for range 10 {
				if _, err := client.List(t.Context(), credentials(t, "t"), nil); err != nil {
					t.Fatal(err)
				}
			}
			if got := opened.Load(); got != test.want {
				t.Errorf("ten calls took %d connections, want %d", got, test.want)
			}
			if got := resumed.Load(); server.TLS != nil && test.want == 10 && got != 9 {
				t.Errorf("%d of ten connections resumed their session, want all but the first", got)
			}
		})
	}
}

func startHTTP2(s *httptest.Server) {
	s.EnableHTTP2 = true
	s.StartTLS()
}

// caFileOf writes a server's certificate to a file; "" for a server without TLS.
func caFileOf(t testing.TB, server *httptest.Server) string {
	t.Helper()
	if server.Certificate() == nil {
		return ""
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// BenchmarkConnections is a call with and without a connection of its own.
func BenchmarkConnections(b *testing.B) {
	for _, kind := range []struct {
		name  string
		start func(*httptest.Server)
		reuse bool
	}{
		{"http/own", (*httptest.Server).Start, false},
		{"http/reused", (*httptest.Server).Start, true},
		{"tls/own", (*httptest.Server).StartTLS, false},
		{"tls/reused", (*httptest.Server).StartTLS, true},
		{"http2", startHTTP2, false},
	} {
		b.Run(kind.name, func(b *testing.B) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNoContent)
			}))
			kind.start(server)
			b.Cleanup(server.Close)
			client := newClient(b, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL, CAFile: caFileOf(b, server), ReuseConnections: kind.reuse}})
			caller := credentials(b, "t")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.List(b.Context(), caller, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestClosedConnectionsAreNoFailure: upstream closes each connection as soon as
// it is idle, often just when the next call is on it.
func TestClosedConnectionsAreNoFailure(t *testing.T) {
	demo := sandbox.New(sandbox.Config{})
	t.Cleanup(demo.Close)
	server := httptest.NewUnstartedServer(demo)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateIdle {
			_ = conn.Close()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL, ReuseConnections: true}})
	for i := range 500 {
		if _, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
}
