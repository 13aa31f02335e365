package front_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ends returns how long it takes from now until the server closes the connection.
func (c *client) ends() time.Duration {
	c.t.Helper()
	began := time.Now()
	_ = c.SetReadDeadline(began.Add(time.Hour))
	_, err := io.ReadAll(c.r)
	if err != nil {
		c.t.Errorf("the server does not close: %v", err)
	}
	return time.Since(began)
}

// head is that of post("hello"), without the body.
func head() string { return strings.TrimSuffix(post("hello"), "hello") }

// Every head waits for its body, whatever those before it did.
func TestEveryHeadIsHeld(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite()
		c := s.warm(t, "hello")
		for range 10 {
			c.send(head())
			<-time.After(19 * time.Millisecond)
			c.send("hello")
			c.answer()
			<-time.After(300 * time.Millisecond)
		}
		if got := s.front.Hits(); got != 10 {
			t.Errorf("%d hits, want 10", got)
		}
	})
}

// A head is held for 20 ms and then handed on; the body may still come.
func TestAHeadIsHeldForAMoment(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite()
		began := make(chan time.Time, 2)
		s.before = func(http.ResponseWriter, *http.Request) { began <- time.Now() }
		c := s.warm(t, "hello")
		<-began
		sent := time.Now()
		c.send(head())
		if got := (<-began).Sub(sent); got != 20*time.Millisecond {
			t.Errorf("handed on after %v, want 20ms", got)
		}
		c.send("hello")
		if got := c.answer(); got != "hello" || s.front.Hits() != 0 {
			t.Errorf("answer %q, %d hits", got, s.front.Hits())
		}
	})
}

// A head is not held beyond the idle deadline.
func TestAHeadIsHeldUntilTheDeadline(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite(func(s *site) { s.server.IdleTimeout = time.Second })
		began := make(chan time.Time, 2)
		s.before = func(http.ResponseWriter, *http.Request) { began <- time.Now() }
		c := s.warm(t, "hello")
		idleSince := <-began
		<-time.After(990 * time.Millisecond)
		c.send(head())
		if got := (<-began).Sub(idleSince); got != time.Second {
			t.Errorf("handed on after %v, want 1s", got)
		}
		c.send("hello")
		c.answer()
	})
}

// net/http's clocks run as without a front. Each case says what a client sends
// on a connection that has had a hit, and when the server closes it.
func TestClocks(t *testing.T) {
	const (
		header = time.Second
		read   = 3 * time.Second
		idle   = 10 * time.Second
	)
	tests := map[string]struct {
		send string
		want time.Duration
	}{
		"nothing":                          {"", idle},
		"fewer bytes than net/http's four": {"PO", idle},
		"line ends after a POST":           {"\r\n", idle},
		"half a head":                      {"POST / HT", header},
		"a head without its body":          {head(), 20*time.Millisecond + read},
		"half a head behind a hit":         {post("hello") + "POST / HT", header},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
				s := newSite(func(s *site) {
					s.server.ReadHeaderTimeout, s.server.ReadTimeout, s.server.IdleTimeout = header, read, idle
				})
				c := s.warm(t, "hello")
				c.send(post("hello"))
				c.answer()
				if s.front.Hits() != 1 {
					t.Fatal("no hit")
				}
				if test.send != "" {
					go func() { _, _ = io.WriteString(c, test.send) }()
				}
				if got := c.ends(); got != test.want {
					t.Errorf("closed after %v, want %v", got, test.want)
				}
			})
		})
	}
}

// The idle deadline moves with the hits, and a head is not held beyond it.
func TestHitsKeepAConnection(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite(func(s *site) { s.server.IdleTimeout = 2 * time.Second })
		c := s.warm(t, "hello")
		for range 10 {
			<-time.After(1500 * time.Millisecond)
			c.send(post("hello"))
			c.answer()
		}
		if got := s.front.Hits(); got != 10 {
			t.Errorf("%d hits, want 10", got)
		}
		if got := c.ends(); got != 2*time.Second {
			t.Errorf("closed %v after the last hit, want 2s", got)
		}
	})
}

// Each hit has the server's write deadline, or up to a second more.
func TestWriteDeadlines(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite(func(s *site) { s.server.WriteTimeout = time.Second })
		c := s.warm(t, "hello")
		for _, body := range []string{"hello", "hello", "other", "hello"} {
			c.send(post(body))
			if got := c.answer(); got != body {
				t.Errorf("answer %q, want %q", got, body)
			}
			<-time.After(5 * time.Second)
		}
		// A reader who does not read is given up: a pipe holds no byte back.
		sent := time.Now()
		c.send(post("hello"))
		<-time.After(2*time.Second + time.Millisecond)
		synctest.Wait()
		_ = c.SetReadDeadline(time.Time{})
		if rest, err := io.ReadAll(c.r); err != nil || len(rest) > 0 {
			t.Errorf("%v after its hit a slow reader gets %q, %v", time.Since(sent), rest, err)
		}
		if got := s.front.Hits(); got != 4 {
			t.Errorf("%d hits, want 4", got)
		}
	})
}

// Close and Shutdown wait for nobody who does not read, beyond the server's own
// deadline and the context that Wait is given.
func TestASlowReaderDelaysNoEnd(t *testing.T) {
	inFakeTime(t, func(t *testing.T, newSite func(...func(*site)) *site) {
		s := newSite(func(s *site) { s.server.WriteTimeout = time.Hour })
		c := s.warm(t, strings.Repeat("x", 9<<10))
		c.send(post(strings.Repeat("x", 9<<10)))
		synctest.Wait() // the hit is being written
		began := time.Now()
		if err := s.server.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("Close waits for %v", took)
		}
		ctx, cancel := contextFor(t, time.Minute)
		defer cancel()
		s.front.Wait(ctx)
		if took := time.Since(began); took < time.Minute || took > time.Minute+time.Second {
			t.Errorf("Wait returns after %v, want a minute", took)
		}
	})
}
