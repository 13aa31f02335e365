package main

import (
	"bufio"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// upstream is a stand-in for Billpocket that is never the bottleneck: it writes
// ready bytes, whatever it is asked. It is safe for concurrent use.
type upstream struct {
	listener net.Listener
	answer   []byte
	delay    time.Duration
	calls    atomic.Int64
}

// startUpstream serves list on a free port of loopback. Each call takes delay.
func startUpstream(list []byte, delay time.Duration) (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(list))
	u := &upstream{listener: listener, answer: append([]byte(head), list...), delay: delay}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			go u.serve(conn)
		}
	}()
	return u, nil
}

// serve answers each request of a connection. The requests are GETs, so an
// empty line ends one.
func (u *upstream) serve(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		if len(line) > 2 {
			continue
		}
		u.calls.Add(1)
		time.Sleep(u.delay)
		if _, err := conn.Write(u.answer); err != nil {
			return
		}
	}
}

func (u *upstream) url() string { return "http://" + u.listener.Addr().String() }

func (u *upstream) stop() { _ = u.listener.Close() }
