package front_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// The first request of a connection is net/http's, known or not: its read
// deadline counts from accept.
func TestTheFirstRequestIsNetHTTPs(t *testing.T) {
	s := newSite(t)
	s.warm(t, "hello")
	s.warm(t, "hello")
	if s.front.Hits() != 0 || s.asked.Load() != 2 {
		t.Errorf("%d hits, %d asked; want 0, 2", s.front.Hits(), s.asked.Load())
	}
}

// A request that tells no length has no body, whatever its method, and its
// connection stays recognised: so do those of pages, which begin with OPTIONS.
func TestNoLengthIsNoBody(t *testing.T) {
	for _, method := range []string{"OPTIONS", "GET", "HEAD", "DELETE"} {
		s := newSite(t)
		c := s.warm(t, "hello")
		c.send(method + " / HTTP/1.1\r\nHost: h\r\n\r\n")
		resp, err := http.ReadResponse(c.r, &http.Request{Method: method})
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v", method, err)
		}
		_ = resp.Body.Close()
		c.send(post("hello")) // net/http's: the method changes
		c.answer()
		c.send(post("hello"))
		c.answer()
		if s.front.Hits() != 1 {
			t.Errorf("%d hits after %s, want 1", s.front.Hits(), method)
		}
	}
}

// What net/http refuses it refuses behind a front, and closes the connection.
func TestWhatIsRefused(t *testing.T) {
	tests := map[string]struct{ request, status string }{
		"a space before the colon":           {post("hello", "X-A : b\r\n"), "400"},
		"a control byte where it is ignored": {post("hello", "User-Agent: \x01\r\n"), "400"},
		"no name":                            {post("hello", ": b\r\n"), "400"},
		"two lengths":                        {post("hello", "Content-Length: 6\r\n"), "400"},
		"a length that is none":              {strings.Replace(post("hello"), "Content-Length: 5", "Content-Length: +5", 1), "400"},
		"five line ends after a POST":        {"\n\n\n\n\n" + post("hello"), "400"},
		"another version":                    {strings.Replace(post("hello"), "HTTP/1.1", "HTTP/1.9", 1), "200"},
		"no version":                         {"GET /\r\n\r\n", "400"},
		"no host":                            {strings.Replace(post("hello"), "Host: h\r\n", "", 1), "400"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			c := s.warm(t, "hello")
			c.send(test.request)
			resp, _ := c.response()
			if got := resp.Status[:3]; got != test.status || s.front.Hits() != 0 {
				t.Errorf("status %s, %d hits; want %s and none", got, s.front.Hits(), test.status)
			}
			if test.status == "400" && !c.isClosed() {
				t.Error("the connection stays open")
			}
		})
	}
}

// A client that sends far too much of a head can read why it is refused: the
// connection is closed half before it is closed.
func TestARefusalCanBeRead(t *testing.T) {
	s := newSite(t, func(s *site) { s.server.MaxHeaderBytes = 8 << 10 })
	c := s.warm(t, "hello")
	go func() { _, _ = io.WriteString(c, post("hello", "X-A: "+strings.Repeat("x", 1<<20)+"\r\n")) }()
	if resp, _ := c.response(); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// Nothing of a connection that passes through is recorded.
func TestAPassedThroughConnectionTeachesNothing(t *testing.T) {
	s := newSite(t)
	through := s.dial(t)
	through.send("POST / HTTP/1.1\nHost: h\nContent-Length: 1\n\n1")
	through.answer()
	for range 3 {
		through.send(post("secret"))
		through.answer()
	}
	c := s.warm(t, "hello")
	c.send(post("secret"))
	c.answer()
	if s.front.Hits() != 0 {
		t.Errorf("%d hits", s.front.Hits())
	}
}

// A request of more than 16 KiB is no hit.
func TestLargeRequestsAreNotRecognised(t *testing.T) {
	for size, want := range map[int]int64{15 << 10: 1, 17 << 10: 0} {
		s := newSite(t)
		body := strings.Repeat("x", size)
		c := s.warm(t, body)
		c.send(post(body))
		c.answer()
		if s.front.Hits() != want {
			t.Errorf("%d bytes: %d hits, want %d", size, s.front.Hits(), want)
		}
	}
}

// A handler may leave a body unread: as much as net/http reads for it is left
// out, and more closes the connection.
func TestUnreadBodies(t *testing.T) {
	for size, closes := range map[int]bool{100: false, 100 << 10: false, 1 << 20: true} {
		s := newSite(t)
		s.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "unread") })
		c := s.dial(t)
		written := make(chan struct{})
		go func() {
			defer close(written)
			_, _ = io.WriteString(c, post(strings.Repeat("x", size))+post("x"))
		}()
		if got := c.answer(); got != "unread" {
			t.Errorf("%d bytes: answer %q", size, got)
		}
		if closes {
			if !c.isClosed() {
				t.Errorf("%d bytes: the connection stays open", size)
			}
		} else if got := c.answer(); got != "unread" {
			t.Errorf("behind %d bytes: answer %q", size, got)
		}
		_ = c.Close()
		<-written
	}
}

// A next request that arrives while one is handled wakes and disturbs nobody.
func TestPipelinedBehindASlowRequest(t *testing.T) {
	s := newSite(t)
	goOn := make(chan struct{})
	s.before = func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-goOn
		}
	}
	c := s.warm(t, "hello")
	c.send(strings.Replace(post("slow"), "POST / ", "POST /slow ", 1) + post("hello"))
	c.send(post("hello") + "POST / HTTP/1.1\r\n")
	close(goOn)
	for _, want := range []string{"slow", "hello", "hello"} {
		if got := c.answer(); got != want {
			t.Errorf("answer %q, want %q", got, want)
		}
	}
	if s.front.Hits() != 2 {
		t.Errorf("%d hits, want 2", s.front.Hits())
	}
}

// The hooks of a server see what they would see, and what net/http asks a
// connection for is there, or is not, as the front needs it.
func TestHooks(t *testing.T) {
	type key struct{}
	var mu sync.Mutex
	var states []http.ConnState
	var conn net.Conn
	s := newSite(t, func(s *site) {
		s.server.ConnState = func(_ net.Conn, state http.ConnState) {
			mu.Lock()
			defer mu.Unlock()
			states = append(states, state)
		}
		s.server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
			mu.Lock()
			defer mu.Unlock()
			conn = c
			return context.WithValue(ctx, key{}, "mine")
		}
	})
	s.before = func(_ http.ResponseWriter, r *http.Request) {
		if r.Context().Value(key{}) != "mine" {
			t.Error("the context of the hook is lost")
		}
	}
	c := s.warm(t, "hello")
	c.send(post("hello"))
	c.answer()
	mu.Lock()
	defer mu.Unlock()
	if len(states) != 3 || states[0] != http.StateNew || states[1] != http.StateActive || states[2] != http.StateIdle {
		t.Errorf("states %v, want new, active, idle: a hit is none", states)
	}
	if conn.LocalAddr().String() != s.address || conn.RemoteAddr().String() != c.LocalAddr().String() {
		t.Errorf("addresses %v and %v", conn.LocalAddr(), conn.RemoteAddr())
	}
	if _, offers := conn.(io.ReaderFrom); offers {
		t.Error("what is written could bypass the tap")
	}
	if _, offers := conn.(interface{ ConnectionState() tls.ConnectionState }); offers {
		t.Error("it passes for an encrypted connection")
	}
	if conn.Close() != nil || conn.Close() != nil {
		t.Error("it cannot be closed twice")
	}
}

// given is a listener of one connection.
type given struct {
	net.Listener
	conn net.Conn
}

func (g given) Accept() (net.Conn, error) { return g.conn, nil }

// Encrypted connections, and what cannot be closed half, are passed on.
func TestWhatIsNotStoodBefore(t *testing.T) {
	s := newSite(t)
	near, far := net.Pipe()
	defer func() { _, _ = near.Close(), far.Close() }()
	for _, conn := range []net.Conn{far, tls.Server(far, &tls.Config{MinVersion: tls.VersionTLS13})} {
		if got, err := s.front.Listen(given{conn: conn}).Accept(); got != conn || err != nil {
			t.Errorf("%T became %T, %v", conn, got, err)
		}
	}
}

// HTTP/2 without TLS is net/http's from its first bytes on.
func TestHTTP2WithoutTLS(t *testing.T) {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s := newSite(t, func(s *site) { s.server.Protocols = protocols })
	s.warm(t, "hello")
	only := new(http.Protocols)
	only.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: only}
	defer transport.CloseIdleConnections()
	for range 3 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.address+"/", bytes.NewReader([]byte("hello")))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if string(body) != "hello" || resp.ProtoMajor != 2 {
			t.Errorf("%s answer %q", resp.Proto, body)
		}
	}
	if s.front.Hits() != 0 {
		t.Errorf("%d hits", s.front.Hits())
	}
}

// Without keep-alives a server closes the connections that are idle, hits or not.
func TestKeepAlivesOff(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	c.send(post("hello"))
	c.answer()
	s.server.SetKeepAlivesEnabled(false)
	if !c.isClosed() {
		t.Error("an idle connection stays open")
	}
}

// What an entry knows of its caller is cleared when it ends.
func TestCredentialsAreCleared(t *testing.T) {
	s := newSite(t)
	c := s.warm(t, "hello")
	c.send(post("hello"))
	c.answer()
	keys := s.front.Keys()
	if len(keys) != 1 || !bytes.Contains(keys[0], []byte("hello")) {
		t.Fatalf("keys %q", keys)
	}
	s.front.Forget()
	if len(bytes.Trim(keys[0], "\x00")) > 0 {
		t.Errorf("a forgotten key holds %q", keys[0])
	}
}
