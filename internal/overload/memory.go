package overload

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"paymentlinks/internal/fault"
)

// patience is how long somebody waits for memory that others hold. Most answers
// are made and read within it, and a caller who is refused later has lost more.
const patience = 250 * time.Millisecond

// retryAfter is when a caller who found no memory may try again: answers that are
// not read are given up after some seconds.
const retryAfter = time.Second

// Memory bounds the bytes that are in flight together: bodies that are being
// read, answers that are being made, and answers that their callers are reading.
// It is safe for concurrent use. A nil Memory bounds nothing.
type Memory struct {
	bytes int64
	free  *semaphore.Weighted

	mu   sync.Mutex
	held map[*byte]*reading
}

// reading is a body that callers are reading.
type reading struct {
	share   Share
	readers int
}

// NewMemory returns so many bytes, all of them free; nil, which bounds nothing,
// for a number that is not positive.
func NewMemory(bytes int64) *Memory {
	if bytes <= 0 {
		return nil
	}
	return &Memory{bytes: bytes, free: semaphore.NewWeighted(bytes), held: map[*byte]*reading{}}
}

// Reserve returns the methods of a new Share, for rooms that do not know this
// one.
func (m *Memory) Reserve() (grow func(ctx context.Context, bytes int64) error, release func()) {
	s := &Share{Memory: m}
	return s.Grow, s.Release
}

// Hold holds the bytes of a body while it is read. However many read one body,
// it is held once. It does not wait. ok is false when there is no room; else
// release must be called once.
func (m *Memory) Hold(body []byte) (release func(), ok bool) {
	if m == nil || len(body) == 0 {
		return func() {}, true
	}
	key := &body[0]
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.held[key]
	if r == nil {
		r = &reading{share: Share{Memory: m}}
		if !r.share.tryGrow(int64(len(body))) {
			return nil, false
		}
		m.held[key] = r
	}
	r.readers++
	return func() { m.letGo(key, r) }, true
}

func (m *Memory) letGo(key *byte, r *reading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.readers--; r.readers == 0 {
		delete(m.held, key)
		r.share.Release()
	}
}

// Share is what one request, or one call to upstream, holds of a Memory. It
// begins with nothing. It is safe for concurrent use.
type Share struct {
	// Memory is not changed once the Share is used.
	Memory *Memory

	mu      sync.Mutex
	held    int64
	refused error
}

// Grow takes more. Where others hold too much, it waits a fraction of a second
// and within ctx. Its error is a *fault.Error of kind Overloaded, or that of ctx.
// Nobody needs more than there is: who holds all of it grows for nothing, and is
// alone.
func (s *Share) Grow(ctx context.Context, bytes int64) error {
	m := s.Memory
	if m == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes = min(bytes, m.bytes-s.held)
	if bytes <= 0 {
		return nil
	}
	if !m.free.TryAcquire(bytes) {
		if err := m.wait(ctx, bytes); err != nil {
			s.refused = err
			return err
		}
	}
	s.held += bytes
	return nil
}

func (m *Memory) wait(ctx context.Context, bytes int64) error {
	soon, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if m.free.Acquire(soon, bytes) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return ErrNoMemory()
}

func (s *Share) tryGrow(bytes int64) bool {
	bytes = min(bytes, s.Memory.bytes)
	if !s.Memory.free.TryAcquire(bytes) {
		return false
	}
	s.held = bytes
	return true
}

// Shrink gives back what is held beyond so many bytes.
func (s *Share) Shrink(to int64) {
	if s.Memory == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if over := s.held - max(to, 0); over > 0 {
		s.Memory.free.Release(over)
		s.held -= over
	}
}

// Resize holds so many bytes, no more and no less. Its error is that of Grow.
func (s *Share) Resize(ctx context.Context, bytes int64) error {
	s.Shrink(bytes)
	s.mu.Lock()
	more := bytes - s.held
	s.mu.Unlock()
	return s.Grow(ctx, more)
}

// Release gives back all that is held.
func (s *Share) Release() { s.Shrink(0) }

// Refused returns the error of a Grow that found no room, nil for none.
func (s *Share) Refused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// ErrNoMemory returns the error of those who find no room.
func ErrNoMemory() error {
	return &fault.Error{
		Kind: fault.Overloaded, Public: "Too much is being answered at the moment: try again soon.",
		RetryAfter: retryAfter, Limit: "memory_in_flight",
	}
}
