package serving

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Inside is a server that only this process reaches: it listens on no port. It
// is an http.RoundTripper to itself, safe for concurrent use.
type Inside struct {
	http.Transport

	server *http.Server
	ended  chan struct{}
}

// Within serves server until Close.
func Within(server *http.Server) *Inside {
	pipes := &pipes{offered: make(chan net.Conn), closed: make(chan struct{})}
	i := &Inside{server: server, ended: make(chan struct{})}
	i.DialContext = pipes.dial
	go func() {
		defer close(i.ended)
		if err := server.Serve(pipes); !errors.Is(err, http.ErrServerClosed) {
			_ = pipes.Close() // so that nobody waits to be answered
		}
	}()
	return i
}

// Close cuts the requests in flight off, and returns when nothing is served any more.
func (i *Inside) Close() {
	i.CloseIdleConnections()
	_ = i.server.Close() // there is no socket that could fail
	<-i.ended
}

// pipes is a listener without a socket.
type pipes struct {
	offered chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.offered <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.offered:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

// Network implements net.Addr.
func (pipeAddr) Network() string { return "pipe" }

// String implements net.Addr.
func (pipeAddr) String() string { return "pipe" }
