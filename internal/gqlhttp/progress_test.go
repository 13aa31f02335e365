package gqlhttp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/gqlhttp"
)

// pipe is a listener of one connection, which holds nothing between its ends.
type pipe struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (p pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.connections:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipe) Close() error   { close(p.closed); return nil }
func (p pipe) Addr() net.Addr { return &net.TCPAddr{} }

// over serves the edge on one connection in fake time, and returns its client's end.
func over(t *testing.T, e *edge) net.Conn {
	t.Helper()
	here, there := net.Pipe()
	p := pipe{make(chan net.Conn, 1), make(chan struct{})}
	p.connections <- there
	server := &http.Server{Handler: e.handler, ReadHeaderTimeout: time.Minute, WriteTimeout: time.Minute}
	served := make(chan error)
	go func() { served <- server.Serve(p) }()
	t.Cleanup(func() {
		_ = here.Close()
		_ = server.Close()
		<-served
	})
	return here
}

func askLarge(t *testing.T, c net.Conn, bytes int) {
	t.Helper()
	body := fmt.Sprintf(`{"query":%q}`, largeDocument(bytes))
	if _, err := fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n%s", slow, len(body), body); err != nil {
		t.Fatal(err)
	}
}

// A reader that has stopped is let go long before the server's time-out.
func TestStoppedReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *gqlhttp.Config) { c.ReaderTimeout = 10 * time.Second })
		c := over(t, e)
		askLarge(t, c, 1<<20)
		if _, err := io.CopyN(io.Discard, c, 200<<10); err != nil {
			t.Fatal(err)
		}
		time.Sleep(11 * time.Second) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		if logged := lines(t, e.log); len(logged) != 1 || logged[0]["status"] != 499.0 {
			t.Errorf("log = %v, want one line of status 499", logged)
		}
	})
}

// A slow reader gets all of a long answer, beyond the server's time-out.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *gqlhttp.Config) { c.ReaderTimeout = 10 * time.Second })
		c := over(t, e)
		askLarge(t, c, 1<<20)
		start := time.Now()
		resp, err := http.ReadResponse(bufio.NewReaderSize(slowly{c}, 4096), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != largeAnswer(1<<20) {
			t.Errorf("%d bytes, %v; want the whole answer", len(body), err)
		}
		if took := time.Since(start); took < 2*time.Minute {
			t.Errorf("read within %v: the test is not of a slow reader", took)
		}
		if !strings.Contains(e.log.String(), `"status":200`) {
			t.Errorf("log = %s, want status 200", e.log)
		}
	})
}

// slowly takes half a second for 4 KiB.
type slowly struct{ net.Conn }

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(500 * time.Millisecond) //nolint:forbidigo // the bubble's clock
	return s.Conn.Read(p[:min(len(p), 4096)])
}
