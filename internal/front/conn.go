package front

import (
	crand "crypto/rand"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"paymentlinks/internal/answer"
)

// state is whose the connection is.
type state int

const (
	// turn: net/http handles one request.
	turn state = iota
	// idle: net/http waits for the next request.
	idle
	// through: the connection is net/http's for good.
	through
)

// conn is a connection. Its fields up to mu belong to whoever reads: net/http
// sees to it that reads, and what it does between them, follow one another.
type conn struct {
	front  *Front
	socket socket
	slot   answer.Slot
	ids    *rand.ChaCha8 // nil until an id is needed

	state state
	// in is what has arrived and is not settled: in a turn it begins with the
	// request that net/http handles.
	in []byte
	// handed is how much of the request net/http has got, and skip how many of
	// its first bytes are line ends that follow a POST.
	handed   int64
	skip     int
	isFramed bool
	size     int64 // skip included
	isPOST   bool  // what net/http handles, or handled last
	isPlain  bool
	failed   error // what the socket said after the bytes in in

	heldUntil time.Time // how long a head waits for its body
	movedAt   time.Time // when hits moved the deadlines last

	tap         []byte // what net/http wrote in this turn, while it may be recorded
	isTapBroken bool

	mu           sync.Mutex
	wake         *sync.Cond
	readDeadline time.Time
	isPast       bool // the read deadline was set to wake a reader
	isBusy       bool // a hit is being written
	isClosed     bool
}

const (
	// firstBuffer is the room of a buffer for what arrives.
	firstBuffer = 4 << 10
	// holdFor is how long a head may wait for its body: many clients send the
	// two apart.
	holdFor = 20 * time.Millisecond
)

func newConn(f *Front, s socket) *conn {
	c := &conn{front: f, socket: s}
	c.wake = sync.NewCond(&c.mu)
	return c
}

// Read implements net.Conn for net/http.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	switch c.state {
	case idle:
		return c.readIdle(p)
	case turn:
		return c.readTurn(p)
	case through:
	}
	return c.readThrough(p)
}

// readThrough hands out everything.
func (c *conn) readThrough(p []byte) (int, error) {
	if rest := c.in[min(int(c.handed), len(c.in)):]; len(rest) > 0 {
		n := copy(p, rest)
		c.handed += int64(n)
		return n, nil
	}
	c.in, c.handed = nil, 0
	if c.failed != nil {
		return 0, c.failed
	}
	return c.socket.Read(p)
}

// readTurn hands out one request, and no byte of the next.
func (c *conn) readTurn(p []byte) (int, error) {
	for {
		if !c.isFramed && !c.look() {
			c.state = through
			return c.readThrough(p)
		}
		end := int64(len(c.in))
		if c.isFramed {
			end = min(end, c.size)
		}
		if c.handed < end {
			n := copy(p, c.in[c.handed:end])
			c.handed += int64(n)
			return n, nil
		}
		switch {
		case c.isFramed && c.handed >= c.size:
			return c.readBeyond()
		case c.failed != nil:
			return 0, c.failed
		case c.isFramed && c.size > maxRequestBytes:
			// Too large to be recorded: nothing of it is kept here.
			n, err := c.socket.Read(p[:min(int64(len(p)), c.size-c.handed)])
			c.handed += int64(n)
			return n, err
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
}

// look scans for the end of the request; false when only net/http can tell it.
func (c *conn) look() bool {
	if len(c.in) <= c.skip {
		return true
	}
	s := c.scratch()
	defer c.front.scratch.Put(s)
	switch s.request.scan(c.in[c.skip:]) {
	case strange:
		return false
	case framed:
		c.isFramed, c.size = true, int64(c.skip)+s.request.size
		c.isPOST, c.isPlain = s.request.isPOST, s.request.isPlain && c.skip == 0
	case partial:
	}
	return true
}

// readBeyond is called when net/http has got the whole request and watches
// whether the client is still there. Bytes of a next request are kept and not
// told of; then the reader sleeps until it is woken or the connection ends, so
// that an end that follows them does not cancel the request before.
func (c *conn) readBeyond() (int, error) {
	c.letGo()
	if int64(len(c.in)) <= c.size {
		if c.failed != nil {
			return 0, c.failed
		}
		// As much as has come: half a request would have to be handed on.
		buffer, _ := c.front.buffers.Get().(*[firstBuffer]byte)
		n, err := c.socket.Read(buffer[:])
		c.in = append(c.in, buffer[:n]...)
		clear(buffer[:n])
		c.front.buffers.Put(buffer)
		if n == 0 {
			return 0, err
		}
		c.failed = err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.isPast && !c.isClosed {
		c.wake.Wait()
	}
	if c.isClosed {
		return 0, net.ErrClosed
	}
	return 0, os.ErrDeadlineExceeded
}

// letGo forgets the bytes of a request of which only a part was kept.
func (c *conn) letGo() {
	if c.isFramed && c.size > int64(len(c.in)) && c.handed >= c.size {
		c.in, c.handed, c.size, c.isPlain = nil, 0, 0, false
	}
}

// readIdle answers what it can, and hands out the first bytes of what it cannot.
func (c *conn) readIdle(p []byte) (int, error) {
	for {
		if len(c.in) == 0 {
			if c.failed != nil {
				return 0, c.failed
			}
			n, err := c.socket.Read(p)
			if n == 0 {
				return 0, err
			}
			c.failed = err
			// Most requests are recognised where they lie, and need no buffer.
			rest := p[:n]
			for len(rest) > 0 {
				used, hitErr := c.answer(rest)
				if hitErr != nil {
					return 0, hitErr
				}
				if used == 0 {
					break
				}
				rest = rest[used:]
			}
			if len(rest) == 0 {
				continue
			}
			c.in = append(c.room(rest), rest...)
		}
		skip := c.lineEnds(c.in)
		if skip == len(c.in) && skip < maxLineEnds {
			// net/http waits for four bytes, under its idle deadline.
			if err := c.fillOr(); err != nil {
				return 0, err
			}
			continue
		}
		used, err := c.answer(c.in)
		if err != nil {
			return 0, err
		}
		if used > 0 {
			c.settle(used)
			continue
		}
		if c.hold(skip) {
			continue
		}
		c.begin(skip)
		return c.readTurn(p)
	}
}

// maxLineEnds is how many CR or LF net/http passes over after a POST.
const maxLineEnds = 4

// lineEnds counts those that net/http would pass over.
func (c *conn) lineEnds(b []byte) int {
	n := 0
	for c.isPOST && n < len(b) && n < maxLineEnds && (b[n] == '\r' || b[n] == '\n') {
		n++
	}
	return n
}

// begin gives net/http its turn with what is in in.
func (c *conn) begin(skip int) {
	c.state, c.skip, c.handed, c.isFramed, c.size = turn, skip, 0, false, 0
	c.heldUntil = time.Time{}
	c.slot.Clear()
	c.tap, c.isTapBroken = nil, false
}

// hold waits a little for the body of a head that is whole, and reports whether
// more has come.
func (c *conn) hold(skip int) bool {
	if !c.lacksBody(c.in[skip:]) || c.failed != nil || c.front.draining.Load() {
		return false
	}
	now := time.Now()
	if c.heldUntil.IsZero() {
		c.heldUntil = now.Add(holdFor)
	}
	c.mu.Lock()
	deadline := c.readDeadline
	c.mu.Unlock()
	until := c.heldUntil
	if !deadline.IsZero() && deadline.Before(until) {
		until = deadline
	}
	if !now.Before(until) {
		return false
	}
	_ = c.socket.SetReadDeadline(until)
	err := c.fill()
	_ = c.socket.SetReadDeadline(deadline)
	if err != nil {
		if timeout, ok := err.(net.Error); !ok || !timeout.Timeout() { //nolint:errorlint // as the socket gave it
			c.failed = err
		}
		return false
	}
	return true
}

// lacksBody reports whether b is a head that may be recognised, and not all of
// its body.
func (c *conn) lacksBody(b []byte) bool {
	s := c.scratch()
	defer c.front.scratch.Put(s)
	return s.request.scan(b) == framed && s.request.isPlain && s.request.size > int64(len(b))
}

// room returns what the bytes of b are put into: for a head that waits for its
// body a buffer that has room for both.
func (c *conn) room(b []byte) []byte {
	if !c.lacksBody(b[c.lineEnds(b):]) {
		return nil
	}
	buffer, _ := c.front.held.Get().(*[maxRequestBytes]byte)
	return buffer[:0]
}

// settle lets go of the first bytes of in, and of the buffer if those were all.
func (c *conn) settle(n int) {
	used := c.in
	c.in = c.in[:copy(c.in, c.in[n:])]
	if len(c.in) > 0 {
		return
	}
	c.in = nil
	if cap(used) == maxRequestBytes {
		clear(used[:cap(used)]) // it held credentials
		c.front.held.Put((*[maxRequestBytes]byte)(used[:maxRequestBytes]))
	}
}

// fill reads more into in.
func (c *conn) fill() error {
	if len(c.in) == cap(c.in) {
		c.in = append(make([]byte, 0, max(firstBuffer, 2*len(c.in))), c.in...)
	}
	n, err := c.socket.Read(c.in[len(c.in):cap(c.in)])
	c.in = c.in[:len(c.in)+n]
	if n > 0 {
		c.failed = err
		return nil
	}
	return err
}

func (c *conn) fillOr() error {
	if c.failed != nil {
		return c.failed
	}
	return c.fill()
}

// enter is called by net/http when the connection's state changes.
func (c *conn) enter(s http.ConnState) {
	switch s {
	case http.StateIdle:
		c.end()
	case http.StateHijacked:
		c.state = through
	case http.StateNew, http.StateActive, http.StateClosed:
	}
}

// end takes the connection back after a turn.
func (c *conn) end() {
	if c.state != turn {
		return
	}
	if !c.isFramed || c.handed < c.size {
		_ = c.Close() // net/http and we disagree about the request
		return
	}
	c.letGo()
	if ready := c.slot.Peek(); ready != nil && c.isPlain && !c.isTapBroken {
		c.record(c.in[:c.size], ready)
	}
	c.slot.Clear()
	c.tap = nil
	c.settle(int(c.size))
	c.state, c.handed, c.size, c.movedAt = idle, 0, 0, time.Time{}
}

// record makes an entry of the turn that has just ended.
func (c *conn) record(asked []byte, ready *answer.Ready) {
	s := c.scratch()
	defer c.front.scratch.Put(s)
	if s.request.scan(asked) != framed {
		return
	}
	s.request.key = append(append(s.request.key, "\r\n"...), asked[s.request.headBytes:]...)
	if e := newEntry(s.request.key, c.tap, ready); e != nil {
		c.front.keep(e)
	}
}

func (c *conn) scratch() *scratch {
	s, _ := c.front.scratch.Get().(*scratch)
	return s
}

// newID makes a request id as the edge does, without its allocation.
func (c *conn) newID(b []byte) []byte {
	if c.ids == nil {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails: crypto/rand ends the program first
		c.ids = rand.NewChaCha8(seed)
	}
	const alphabet, letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 26
	bits, left := uint64(0), 0
	for range letters {
		if left < 5 {
			bits, left = c.ids.Uint64(), 60
		}
		b = append(b, alphabet[bits&31])
		bits, left = bits>>5, left-5
	}
	return b
}
