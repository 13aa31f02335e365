package front_test

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
)

// inFakeTime runs a test with a site whose connections are within the process:
// time stands still while a socket is open.
func inFakeTime(t *testing.T, test func(t *testing.T, newSite func(...func(*site)) *site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, func(change ...func(*site)) *site {
			return newSite(t, append(change, func(s *site) { s.pipes = newPipes() })...)
		})
	})
}

// pipes is a listener of connections within the process.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.dialed <- pipeEnd{far}
	return near
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
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
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// pipeEnd is the server's, which can be closed half as a socket can.
type pipeEnd struct{ net.Conn }

// CloseWrite closes both halves: a pipe cannot do less.
func (p pipeEnd) CloseWrite() error { return p.Close() }
