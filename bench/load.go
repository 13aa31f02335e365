package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// result is what one load has shown.
type result struct {
	requests  int
	took      time.Duration
	latencies []time.Duration // in order
}

func (r result) perSecond() float64 { return float64(r.requests) / r.took.Seconds() }

// percentile returns the latency that p of a hundred requests stay below.
func (r result) percentile(p float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(int(float64(len(r.latencies))*p/100), len(r.latencies)-1)]
}

// load asks over each of so many connections, one request after the other, for
// some time. One thread over epoll drives them all, so that it takes little of
// the machine. Every answer must have status 200 and length bytes.
func load(address string, t template, segmented bool, connections, length int, d time.Duration) (result, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g := &generator{template: t, segmented: segmented, length: length, buffer: make([]byte, 1<<20)}
	if err := g.connect(address, connections); err != nil {
		return result{}, err
	}
	defer g.close()
	return g.run(d)
}

type generator struct {
	template  template
	segmented bool
	length    int
	buffer    []byte
	epoll     int
	conns     map[int32]*conn
	latencies []time.Duration
}

// numbers counts all requests of the process, so that no text is sent twice.
var numbers uint64

// conn is one connection and how far its answer has been read.
type conn struct {
	fd    int
	began time.Time
	answer
}

func (g *generator) connect(address string, connections int) error {
	tcp, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return err
	}
	target := &syscall.SockaddrInet4{Port: tcp.Port}
	copy(target.Addr[:], tcp.IP.To4())
	if g.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	g.conns = make(map[int32]*conn, connections)
	for range connections {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("socket: %w", err)
		}
		g.conns[int32(fd)] = &conn{fd: fd}
		err = errors.Join(
			syscall.Connect(fd, target),
			syscall.SetNonblock(fd, true),
			syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
			syscall.EpollCtl(g.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}),
		)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
	}
	return nil
}

func (g *generator) close() {
	for _, c := range g.conns {
		_ = syscall.Close(c.fd)
	}
	_ = syscall.Close(g.epoll)
}

func (g *generator) run(d time.Duration) (result, error) {
	began := time.Now()
	for _, c := range g.conns {
		if err := g.send(c); err != nil {
			return result{}, err
		}
	}
	events := make([]syscall.EpollEvent, 512)
	for {
		n, err := syscall.EpollWait(g.epoll, events, 5000)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return result{}, fmt.Errorf("epoll: %w", err)
		}
		if n == 0 {
			return result{}, errors.New("no answer for five seconds")
		}
		for _, event := range events[:n] {
			if err := g.receive(g.conns[event.Fd]); err != nil {
				return result{}, err
			}
		}
		if took := time.Since(began); took >= d {
			slices.Sort(g.latencies)
			return result{requests: len(g.latencies), took: took, latencies: g.latencies}, nil
		}
	}
}

func (g *generator) send(c *conn) error {
	numbers++
	g.template.number(numbers)
	c.began = time.Now()
	parts := [][]byte{g.template.bytes}
	if g.segmented {
		parts = [][]byte{g.template.bytes[:g.template.headEnd], g.template.bytes[g.template.headEnd:]}
	}
	for _, part := range parts {
		// A request is far smaller than the socket's buffer, which is empty.
		if n, err := syscall.Write(c.fd, part); err != nil || n != len(part) {
			return fmt.Errorf("wrote %d of %d bytes: %w", n, len(part), err)
		}
	}
	return nil
}

func (g *generator) receive(c *conn) error {
	n, err := syscall.Read(c.fd, g.buffer)
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errors.New("the peer closed a connection")
	}
	done, err := c.read(g.buffer[:n])
	if err != nil || !done {
		return err
	}
	if c.status != 200 || (g.length >= 0 && c.length != g.length) {
		return fmt.Errorf("status %d with %d bytes, want 200 with %d", c.status, c.length, g.length)
	}
	g.latencies = append(g.latencies, time.Since(c.began))
	c.answer = answer{line: c.line[:0]}
	return g.send(c)
}

// answer reads one HTTP answer, in whatever pieces it arrives.
type answer struct {
	state   state
	line    []byte // of a head or a chunk, as far as it has arrived
	status  int
	length  int // bytes of body so far
	left    int // bytes of body or chunk to come
	chunked bool
}

type state int

const (
	inHead state = iota
	inBody
	inChunkSize
	inChunk
	inTrailer
)

// read takes the bytes that have arrived; true when the answer is whole.
func (a *answer) read(data []byte) (bool, error) {
	for len(data) > 0 {
		switch a.state {
		case inBody, inChunk:
			n := min(a.left, len(data))
			a.left -= n
			data = data[n:]
			if a.state == inBody {
				a.length += n
			}
			if a.left > 0 {
				continue
			}
			if a.state == inBody {
				return true, nil
			}
			a.state = inChunkSize
		case inHead, inChunkSize, inTrailer:
			end := bytes.IndexByte(data, '\n')
			if end < 0 {
				a.line = append(a.line, data...)
				return false, nil
			}
			whole := append(a.line, data[:end]...)
			data = data[end+1:]
			done, err := a.take(bytes.TrimSuffix(whole, []byte("\r")))
			a.line = whole[:0]
			if done || err != nil {
				return done, err
			}
		}
	}
	return false, nil
}

// take reads one line; true when it ends the answer.
func (a *answer) take(line []byte) (bool, error) {
	switch {
	case a.state == inTrailer:
		return len(line) == 0, nil
	case a.state == inChunkSize:
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(digits), 16, 31)
		if err != nil {
			return false, fmt.Errorf("chunk size: %w", err)
		}
		if size == 0 {
			a.state = inTrailer
			return false, nil
		}
		a.length += int(size)
		a.left = int(size) + len("\r\n")
		a.state = inChunk
		return false, nil
	case a.status == 0:
		if len(line) < len("HTTP/1.1 200") {
			return false, errors.New("no HTTP answer")
		}
		status, err := strconv.Atoi(string(line[9:12]))
		a.status = status
		return false, err
	case len(line) == 0 && a.chunked:
		a.state = inChunkSize
		return false, nil
	case len(line) == 0:
		a.state = inBody
		return a.left == 0, nil
	}
	// Most lines are told apart by their length or first letter.
	switch line[0] {
	case 'C', 'c':
		if value, ok := header(line, "content-length:"); ok {
			length, err := strconv.Atoi(string(value))
			a.left = length
			return false, err
		}
	case 'T', 't':
		if value, ok := header(line, "transfer-encoding:"); ok {
			a.chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	return false, nil
}

func header(line []byte, name string) ([]byte, bool) {
	if len(line) < len(name) || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name):]), true
}
