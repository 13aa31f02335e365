package front_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatWasAnsweredIsAnsweredAgain(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	for i := range 5 {
		c.send(post("hello", fmt.Sprintf("X-Request-Id: id-%d\r\n", i), "User-Agent: x\r\n"))
		resp, body := c.response()
		if body != "hello" || resp.Header.Get("X-Request-Id") != fmt.Sprintf("id-%d", i) || resp.Header.Get("Date") == "" {
			t.Errorf("answer %q with %v", body, resp.Header)
		}
	}
	c.send(post("hello", "X-Request-Id: not one\r\n"))
	if resp, _ := c.response(); len(resp.Header.Get("X-Request-Id")) != 26 {
		t.Errorf("a new id is %q", resp.Header.Get("X-Request-Id"))
	}
	for deadline := time.Now().Add(5 * time.Second); s.served.Load() < 6 && time.Now().Before(deadline); {
		<-time.After(time.Millisecond)
	}
	if s.asked.Load() != 1 || s.front.Hits() != 6 || s.served.Load() != 6 {
		t.Errorf("%d asked, %d hits, %d told of; want 1, 6, 6", s.asked.Load(), s.front.Hits(), s.served.Load())
	}
}

// Which requests are answered in front, on a connection that has had its first.
func TestWhatIsRecognised(t *testing.T) {
	tests := map[string]struct {
		request string
		want    bool
	}{
		"the same":                {post("hello"), true},
		"ignored lines":           {post("hello", "User-Agent: b\r\n", "X-Forwarded-For: 1\r\n", "traceparent: x\r\n", "Via: y\r\n"), true},
		"in another case":         {post("hello", "USER-agent: b\r\n"), true},
		"another line":            {post("hello", "X-A: b\r\n"), false},
		"another body":            {post("hellO"), false},
		"another path":            {strings.Replace(post("hello"), "POST / ", "POST /a ", 1), false},
		"another host":            {strings.Replace(post("hello"), "Host: h", "Host: i", 1), false},
		"credentials":             {post("hello", "X-Api-Key: k\r\n"), false},
		"no-cache":                {post("hello", "Cache-Control: no-cache\r\n"), false},
		"closes":                  {post("hello", "Connection: close\r\n"), false},
		"beyond the edge's bound": {post("hello", "User-Agent: "+strings.Repeat("x", 4<<10)+"\r\n"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			c := s.warm(t, "hello")
			c.send(test.request)
			c.answer()
			if got := s.front.Hits() == 1; got != test.want {
				t.Errorf("hit: %v, want %v", got, test.want)
			}
		})
	}
}

// A request whose end is not told strictly makes the connection net/http's for
// good, and nothing of it is recorded.
func TestWhatPassesThrough(t *testing.T) {
	tests := map[string]string{
		"bare LF":           "POST / HTTP/1.1\nHost: h\nContent-Length: 5\n\nhello",
		"one bare LF":       strings.Replace(post("hello"), "Host: h\r\n", "Host: h\n", 1),
		"chunked":           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"two equal lengths": post("hello", "Content-Length: 5\r\n"),
		"Expect":            post("hello", "Expect: 100-continue\r\n"),
		"Upgrade":           post("hello", "Upgrade: h2c\r\n"),
		"Trailer":           post("hello", "Trailer: X-A\r\n"),
		"a folded line":     post("hello", "X-A: b\r\n c\r\n"),
		"HTTP/1.0, kept":    strings.Replace(post("hello", "Connection: keep-alive\r\n"), "HTTP/1.1", "HTTP/1.0", 1),
		"a long head":       post("hello", "X-A: "+strings.Repeat("x", 17<<10)+"\r\n"),
	}
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			c := s.warm(t, "hello")
			c.send(request)
			for range 3 {
				resp, body := c.response()
				if resp.StatusCode == http.StatusContinue {
					resp, body = c.response()
				}
				if resp.StatusCode != http.StatusOK || body != "hello" {
					t.Fatalf("answer %d %q", resp.StatusCode, body)
				}
				c.send(post("hello"))
			}
			c.answer()
			if s.front.Hits() != 0 {
				t.Errorf("%d hits on a connection that passes through", s.front.Hits())
			}
		})
	}
}

func TestNothingOutlivesThePurge(t *testing.T) {
	tests := map[string]func(*site){
		"purged":    func(s *site) { s.lists.generation.Store(0) },
		"changed":   func(s *site) { s.lists.generation.Store(2) },
		"not fresh": func(s *site) { s.lists.freshFor.Store(-int64(time.Hour)) },
		"settings":  func(s *site) { s.store.Forget() },
		"forgotten": func(s *site) { s.front.Forget() },
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			c := s.warm(t, "hello")
			c.send(post("hello"))
			c.answer()
			end(s)
			c.send(post("hello"))
			c.answer()
			if s.front.Hits() != 1 || s.asked.Load() != 2 {
				t.Errorf("%d hits, %d asked; want 1, 2", s.front.Hits(), s.asked.Load())
			}
		})
	}
}

// An answer that the edge says nothing of is not recorded, nor one that was
// left a word for by the request before.
func TestOnlyTheVeryRequestIsRecorded(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	for range 3 {
		c.send(post("secret", "X-Never: 1\r\n"))
		c.answer()
	}
	if s.front.Hits() != 0 {
		t.Errorf("%d hits", s.front.Hits())
	}
}

// Line ends after a POST are no request, as many as net/http passes over.
func TestLineEndsAfterAPost(t *testing.T) {
	for _, ends := range []string{"\r\n", "\r\n\r\n", "\n\n\n\n", "\r"} {
		s := newSite(t)
		c := s.warm(t, "hello")
		c.send(ends + post("hello") + ends + post("other") + ends + post("hello"))
		for _, want := range []string{"hello", "other", "hello"} {
			if got := c.answer(); got != want {
				t.Errorf("%q: answer %q, want %q", ends, got, want)
			}
		}
		if s.front.Hits() != 2 {
			t.Errorf("%q: %d hits, want 2", ends, s.front.Hits())
		}
	}
}

// Head and body in two segments are one request, and a body that stays out is
// net/http's to wait for.
func TestHeadAndBodyApart(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	whole := post("hello")
	head := whole[:len(whole)-len("hello")]
	c.send(head)
	c.send("hello")
	c.answer()
	c.send(head)
	for s.asked.Load() < 2 { // it is handed on although no body comes
		<-time.After(time.Millisecond)
	}
	c.send("hello")
	if got := c.answer(); got != "hello" {
		t.Errorf("answer %q", got)
	}
}

// The header clock of net/http runs for half a head.
func TestHalfAHeadIsHandedOn(t *testing.T) {
	s := newSite(t, func(s *site) { s.server.ReadHeaderTimeout = 50 * time.Millisecond })
	c := s.warm(t, "hello")
	c.send("POST / HT")
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if rest, err := io.ReadAll(c.r); err != nil {
		t.Errorf("half a head keeps the connection: %q, %v", rest, err)
	}
}

// A client that leaves is noticed while its request is handled; one that has
// sent its next request before is not.
func TestLeaving(t *testing.T) {
	for name, test := range map[string]struct {
		behind string
		want   bool
	}{"alone": {"", true}, "behind a next request": {post("next"), false}} {
		t.Run(name, func(t *testing.T) {
			left := make(chan bool, 1)
			s := newSite(t)
			var once sync.Once
			s.before = func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				once.Do(func() {
					select {
					case <-r.Context().Done():
						left <- true
					case <-time.After(300 * time.Millisecond):
						left <- false
					}
				})
			}
			c := s.dial(t)
			c.send(post("hello") + test.behind)
			tcp, _ := c.Conn.(*net.TCPConn)
			_ = tcp.CloseWrite()
			if got := <-left; got != test.want {
				t.Errorf("left: %v, want %v", got, test.want)
			}
		})
	}
}

// Once the server shuts down nothing is answered in front, and idle connections
// are closed.
func TestShutdown(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	c.send(post("hello"))
	c.answer()
	if err := s.server.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	s.front.Wait(t.Context())
	if !c.isClosed() {
		t.Error("an idle connection stays open")
	}
}

// Shutdown waits for no client that goes on asking.
func TestShutdownUnderLoad(t *testing.T) {
	s := newSite(t)
	var clients sync.WaitGroup
	for range 8 {
		c := s.warm(t, "hello")
		clients.Go(func() {
			for {
				if _, err := io.WriteString(c, post("hello")); err != nil {
					return
				}
				resp, err := http.ReadResponse(c.r, nil)
				if err != nil {
					return
				}
				if body, err := io.ReadAll(resp.Body); err == nil && string(body) != "hello" {
					t.Errorf("answer %q", body)
				}
			}
		})
	}
	for s.front.Hits() < 100 {
		<-time.After(time.Millisecond)
	}
	if err := s.server.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	s.front.Wait(t.Context())
	hits := s.front.Hits()
	clients.Wait()
	if s.front.Hits() != hits {
		t.Error("a hit after the end")
	}
}

// A reader who does not read is given up at the server's write deadline.
func TestSlowReaders(t *testing.T) {
	s := newSite(t, func(s *site) { s.server.WriteTimeout = 100 * time.Millisecond })
	large := strings.Repeat("x", 12<<10)
	c := s.warm(t, large)
	_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	for {
		if _, err := io.WriteString(c, post(large)); err != nil {
			break // the server has closed the connection
		}
	}
}

// Idle connections end when the server says, counted from the last hit.
func TestIdleConnections(t *testing.T) {
	s := newSite(t, func(s *site) { s.server.IdleTimeout = 100 * time.Millisecond })
	c := s.warm(t, "hello")
	c.send(post("hello"))
	c.answer()
	if !c.isClosed() {
		t.Error("an idle connection stays open")
	}
}

func TestHijack(t *testing.T) {
	s := newSite(t)
	s.before = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/hijack" {
			return
		}
		c, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		line, _ := buffered.ReadString('\n')
		_, _ = io.WriteString(c, "got "+line)
		_ = c.Close()
		panic(http.ErrAbortHandler)
	}
	c := s.warm(t, "hello")
	c.send("GET /hijack HTTP/1.1\r\nHost: h\r\n\r\nmore\n")
	if got, _ := c.r.ReadString('\n'); got != "got more\n" {
		t.Errorf("after the hijack: %q", got)
	}
}

func TestLargeRequestsAndAnswers(t *testing.T) {
	s := newSite(t)
	c := s.dial(t)
	for _, size := range []int{4 << 10, 15 << 10, 16 << 10, 100 << 10, 2 << 20} {
		body := strings.Repeat("x", size)
		for range 3 {
			c.send(post(body) + post("small"))
			if got := c.answer(); got != body {
				t.Fatalf("%d bytes: %d came back", size, len(got))
			}
			if got := c.answer(); got != "small" {
				t.Fatalf("after %d bytes: %q", size, got)
			}
		}
	}
}

func BenchmarkHit(b *testing.B) {
	for _, size := range []int{1 << 10, 12 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := newSite(b)
			again := s.hitter(b, strings.Repeat("x", size))
			b.ReportAllocs()
			for b.Loop() {
				again()
			}
			if s.asked.Load() > 2 {
				b.Errorf("%d requests were no hits", s.asked.Load())
			}
		})
	}
}

// hitter returns what asks once and reads the answer, which is a hit, without
// an allocation of its own.
func (s *site) hitter(t testing.TB, body string) func() {
	t.Helper()
	c := s.warm(t, body)
	request := []byte(post(body, "User-Agent: wrk\r\n"))
	c.send(string(request))
	resp, _ := c.response()
	var head strings.Builder
	_ = resp.Header.Write(&head)
	answer := make([]byte, len("HTTP/1.1 200 OK\r\n")+head.Len()+len("\r\n")+len(body))
	_ = c.SetDeadline(time.Time{})
	return func() {
		if _, err := c.Write(request); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c.r, answer); err != nil {
			t.Fatal(err)
		}
	}
}
