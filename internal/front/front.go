package front

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/overload"
)

// DefaultMaxBytes is what a zero Config.MaxBytes means.
const DefaultMaxBytes = 32 << 20

// largestAnswer is the largest answer that is recorded.
const largestAnswer = 1 << 20

// Config says how much is kept.
type Config struct {
	// MaxBytes bounds the memory of all entries, keys included; 0 means
	// DefaultMaxBytes.
	MaxBytes int64
	// MaxHeaderBytes is the edge's bound on header fields. A request that might
	// be beyond it is never recognised.
	MaxHeaderBytes int
	// Memory bounds what is in flight; nil bounds nothing.
	Memory *overload.Memory
}

// Front keeps answers in front of one http.Server. It is safe for concurrent use.
type Front struct {
	cfg     Config
	seed    maphash.Seed
	entries *otter.Cache[uint64, *entry]
	scratch sync.Pool // of *scratch
	buffers sync.Pool // of *[firstBuffer]byte
	held    sync.Pool // of *[maxRequestBytes]byte
	date    atomic.Pointer[date]

	idle, write time.Duration // the server's
	draining    atomic.Bool
	busy        atomic.Int64 // hits under way
	hits        atomic.Int64

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// New returns a Front that has met nothing.
func New(cfg Config) (*Front, error) {
	if cfg.MaxBytes < 0 || cfg.MaxHeaderBytes <= 0 {
		return nil, errors.New("front: MaxBytes must not be negative, and MaxHeaderBytes must be positive")
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	f := &Front{cfg: cfg, seed: maphash.MakeSeed(), conns: map[*conn]struct{}{}}
	f.scratch.New = func() any { return new(scratch) }
	f.buffers.New = func() any { return new([firstBuffer]byte) }
	f.held.New = func() any { return new([maxRequestBytes]byte) }
	var err error
	f.entries, err = otter.New(&otter.Options[uint64, *entry]{
		MaximumWeight: uint64(cfg.MaxBytes),
		Weigher:       func(_ uint64, e *entry) uint32 { return e.weight() },
		Executor:      func(task func()) { task() },
		OnDeletion:    func(e otter.DeletionEvent[uint64, *entry]) { e.Value.forget() },
		Logger:        &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("front: make the cache: %w", err)
	}
	return f, nil
}

// Attach puts the front before a server that is not serving yet, in front of
// the hooks that it has. The server then serves what Listen returns.
func (f *Front) Attach(s *http.Server) {
	f.idle, f.write = s.IdleTimeout, s.WriteTimeout
	if f.idle == 0 {
		f.idle = s.ReadTimeout
	}
	connState, connContext := s.ConnState, s.ConnContext
	s.ConnState = func(c net.Conn, state http.ConnState) {
		if ours, ok := c.(*conn); ok {
			ours.enter(state)
		}
		if connState != nil {
			connState(c, state)
		}
	}
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if ours, ok := c.(*conn); ok {
			ctx = answer.NewContext(ctx, &ours.slot)
		}
		if connContext != nil {
			return connContext(ctx, c)
		}
		return ctx
	}
	s.RegisterOnShutdown(func() { f.draining.Store(true) })
}

// Hits counts the requests that were answered in front of the server.
func (f *Front) Hits() int64 { return f.hits.Load() }

// Forget ends all entries at once.
func (f *Front) Forget() { f.entries.InvalidateAll() }

// Wait returns when no hit is under way, or cuts off those that are when ctx
// ends. It is called once the server has shut down.
func (f *Front) Wait(ctx context.Context) {
	f.draining.Store(true)
	for f.busy.Load() > 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			f.mu.Lock()
			defer f.mu.Unlock()
			for c := range f.conns {
				_ = c.socket.Close()
			}
			return
		}
	}
}

// socket is a connection that a front can stand before: one whose two directions
// end apart, as net/http needs it to refuse a request before it was read.
type socket interface {
	net.Conn
	CloseWrite() error
}

// Listen returns a listener whose connections answer by themselves. Those of l
// that are encrypted or cannot be closed half are passed on as they are.
func (f *Front) Listen(l net.Listener) net.Listener { return listener{Listener: l, front: f} }

type listener struct {
	net.Listener
	front *Front
}

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	plain, ok := accepted.(socket)
	_, isTLS := accepted.(interface{ ConnectionState() tls.ConnectionState })
	if err != nil || !ok || isTLS {
		return accepted, err
	}
	c := newConn(l.front, plain)
	l.front.mu.Lock()
	defer l.front.mu.Unlock()
	l.front.conns[c] = struct{}{}
	return c, nil
}

// find returns the entry for a request, nil for none.
func (f *Front) find(key []byte) *entry {
	e, ok := f.entries.GetIfPresent(maphash.Bytes(f.seed, key))
	if !ok || !e.is(key) {
		return nil
	}
	return e
}

func (f *Front) keep(e *entry) { f.entries.Set(maphash.Bytes(f.seed, e.key), e) }

// date is the value of Date in one second.
type date struct {
	second int64
	text   []byte
}

func (f *Front) dateAt(now time.Time) []byte {
	if d := f.date.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &date{second: now.Unix(), text: now.UTC().AppendFormat(nil, http.TimeFormat)}
	f.date.Store(d)
	return d.text
}

// scratch is what one look at a request needs.
type scratch struct {
	request request
	out     []byte
	id      [32]byte
	parts   net.Buffers
	list    [2][]byte
}
