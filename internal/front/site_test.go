package front_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/front"
	"paymentlinks/internal/tenant"
)

// lists is one list for everybody.
type lists struct {
	generation atomic.Uint64
	freshFor   atomic.Int64
}

func (l *lists) Current(tenant.Key) (uint64, time.Time) {
	return l.generation.Load(), time.Now().Add(time.Duration(l.freshFor.Load()))
}

// site is a server behind a front. Its handler answers with the request's body
// and counts what it is asked.
type site struct {
	front   *front.Front
	server  *http.Server
	lists   *lists
	store   *answer.Store
	address string
	asked   atomic.Int64
	served  atomic.Int64
	before  func(http.ResponseWriter, *http.Request) // nil for nothing
	pipes   *pipes                                   // nil for sockets
}

func newSite(t testing.TB, change ...func(*site)) *site {
	t.Helper()
	s := &site{lists: &lists{}, server: &http.Server{ReadHeaderTimeout: time.Second, IdleTimeout: 10 * time.Second, WriteTimeout: time.Minute}}
	s.lists.generation.Store(1)
	s.lists.freshFor.Store(int64(time.Hour))
	var err error
	if s.store, err = answer.New(answer.Config{Lists: s.lists}); err != nil {
		t.Fatal(err)
	}
	if s.front, err = front.New(front.Config{MaxHeaderBytes: 4 << 10}); err != nil {
		t.Fatal(err)
	}
	s.server.Handler = s
	for _, c := range change {
		c(s)
	}
	var listener net.Listener = s.pipes
	if s.pipes == nil {
		if listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		s.address = listener.Addr().String()
	}
	s.front.Attach(s.server)
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(s.front.Listen(listener)) }()
	t.Cleanup(func() {
		_ = s.server.Close()
		s.front.Wait(context.WithoutCancel(t.Context()))
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	if s.before != nil {
		s.before(w, r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	q, _ := s.store.Ask(&answer.Asked{})
	made := q.New(body, exchange.Freshness{Generation: s.lists.generation.Load()})
	q.Release()
	id := r.Header.Get("X-Request-Id")
	if id == "" {
		id = "made"
	}
	w.Header().Set("X-Request-Id", id)
	w.Header().Set("Cache-Control", "private, max-age=3599")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Header.Get("X-Never") == "" && made != nil {
		answer.SlotFrom(r.Context()).Leave(&answer.Ready{Life: made.Life(), Served: func(answer.Hit) { s.served.Add(1) }})
	}
	_, _ = w.Write(body)
}

// client is one connection.
type client struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

func (s *site) dial(t testing.TB) *client {
	t.Helper()
	if s.pipes != nil {
		c := s.pipes.dial()
		t.Cleanup(func() { _ = c.Close() })
		return &client{Conn: c, t: t, r: bufio.NewReader(c)}
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &client{Conn: c, t: t, r: bufio.NewReader(c)}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// answer reads one answer and returns its body.
func (c *client) answer() string {
	c.t.Helper()
	_, body := c.response()
	return body
}

func (c *client) response() (*http.Response, string) {
	c.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatalf("read: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("read the body: %v", err)
	}
	return resp, string(body)
}

// isClosed reports whether the server has closed the connection, within 5 s.
func (c *client) isClosed() bool {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := c.r.ReadByte()
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

func post(body string, lines ...string) string {
	return "POST / HTTP/1.1\r\nHost: h\r\n" + strings.Join(lines, "") + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// warm makes one entry, which is that of post(body).
func (s *site) warm(t testing.TB, body string) *client {
	t.Helper()
	c := s.dial(t)
	c.send(post(body))
	if got := c.answer(); got != body {
		t.Fatalf("answer %q, want %q", got, body)
	}
	return c
}
