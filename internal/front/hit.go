package front

import (
	"net"
	"time"

	"paymentlinks/internal/answer"
)

// smallBody is the largest body that is copied behind its head. A larger one is
// written from where it is kept.
const smallBody = 8 << 10

// longBody is the largest body that is written without leave to hold it: its
// reader may outlive its entry.
const longBody = 64 << 10

// moveEvery is how often hits move the deadlines of reading and writing.
const moveEvery = time.Second

// answer answers the request at the beginning of b, if it is known, and returns
// how many bytes that was; 0 for a request that is net/http's. An error ends
// the connection.
func (c *conn) answer(b []byte) (int, error) {
	if c.front.draining.Load() {
		return 0, nil
	}
	skip := c.lineEnds(b)
	s := c.scratch()
	defer c.front.scratch.Put(s)
	r := &s.request
	// net/http remembers whether the last request was a POST, and is tolerant
	// after one: so it has to be asked when that changes.
	if len(b) == skip || r.scan(b[skip:]) != framed || !r.isPlain || r.isPOST != c.isPOST || int64(len(b)-skip) < r.size {
		return 0, nil
	}
	if r.headBytes+r.lines > c.front.cfg.MaxHeaderBytes {
		return 0, nil
	}
	size := skip + int(r.size)
	r.key = append(append(r.key, "\r\n"...), b[skip+r.headBytes:size]...)
	e := c.front.find(r.key)
	if e == nil {
		return 0, nil
	}
	now := time.Now()
	until, ok := e.ready.Life.Until(now)
	if !ok {
		return 0, nil
	}
	if len(e.body) > longBody {
		release, ok := c.front.cfg.Memory.Hold(e.body)
		if !ok {
			return 0, nil // the edge refuses it
		}
		defer release()
	}
	if !c.occupy() {
		return 0, net.ErrClosed
	}
	id := r.id
	if len(id) == 0 {
		id = c.newID(s.id[:0])
	}
	s.out = e.appendHead(s.out[:0], c.front.dateAt(now), id, until.Sub(now))
	c.front.hits.Add(1)
	moves := now.Sub(c.movedAt) >= moveEvery
	if moves && c.front.write > 0 {
		// net/http has cleared its own. Before its next answer it sets one again.
		_ = c.socket.SetWriteDeadline(now.Add(c.front.write + moveEvery))
	}
	err := c.send(s, e.body)
	if err == nil {
		e.ready.Served(answer.Hit{RequestID: id, Remote: c.RemoteAddr(), ForwardedFor: r.forwardedFor, Took: time.Since(now)})
	}
	if isClosed := c.vacate(); isClosed && err == nil {
		err = net.ErrClosed
	}
	if err != nil {
		return 0, err
	}
	c.heldUntil = time.Time{} // the next head waits for a body of its own
	if moves {
		c.movedAt = now
		if c.front.idle > 0 {
			_ = c.SetReadDeadline(now.Add(c.front.idle))
		}
	}
	return size, nil
}

// send writes the head in s.out and a body.
func (c *conn) send(s *scratch, body []byte) error {
	if len(body) <= smallBody {
		s.out = append(s.out, body...)
		_, err := c.socket.Write(s.out)
		return err
	}
	s.parts = append(s.list[:0], s.out, body)
	_, err := s.parts.WriteTo(c.socket)
	s.list[1] = nil
	return err
}

// occupy marks the connection as busy, unless it is closed or the server drains:
// Wait counts who is busy after it has said so.
func (c *conn) occupy() bool {
	c.front.busy.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isClosed || c.front.draining.Load() {
		c.front.busy.Add(-1)
		return false
	}
	c.isBusy = true
	return true
}

// vacate ends that. A connection that was closed meanwhile is closed now.
func (c *conn) vacate() (isClosed bool) {
	defer c.front.busy.Add(-1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isBusy = false
	if c.isClosed {
		_ = c.socket.Close()
	}
	return c.isClosed
}
