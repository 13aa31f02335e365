package front

import (
	"net"
	"time"
)

var _ net.Conn = (*conn)(nil)

// Write implements net.Conn. It keeps what is written in a turn whose answer
// the edge says is kept.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.socket.Write(p)
	if c.state == turn {
		c.listen(p[:n], err)
	}
	return n, err
}

func (c *conn) listen(written []byte, err error) {
	if c.isTapBroken {
		return
	}
	if err != nil || c.slot.Peek() == nil || len(c.tap)+len(written) > largestAnswer {
		c.tap, c.isTapBroken = nil, true
		return
	}
	c.tap = append(c.tap, written...)
}

// Close implements net.Conn. net/http calls it under the server's lock, so it
// never waits: a hit that is being written is finished, and then its writer
// closes the connection. It may be called more than once.
func (c *conn) Close() error {
	c.front.mu.Lock()
	delete(c.front.conns, c)
	c.front.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isClosed {
		return nil
	}
	c.isClosed = true
	c.wake.Broadcast()
	if c.isBusy {
		return nil
	}
	return c.socket.Close()
}

// CloseWrite is how net/http lets a client read the end of an error.
func (c *conn) CloseWrite() error { return c.socket.CloseWrite() }

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.socket.LocalAddr() }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.socket.RemoteAddr() }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.socket.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn. One in the past wakes a reader, which is
// how net/http ends its watch for a client that leaves.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readDeadline = t
	c.isPast = !t.IsZero() && !t.After(time.Now())
	if c.isPast {
		c.wake.Broadcast()
	}
	return c.socket.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.socket.SetWriteDeadline(t) }
