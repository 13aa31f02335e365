package answer

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Ready is what the edge says of a kept answer that it is about to send: a
// connection may send the same bytes again by itself.
type Ready struct {
	// Life says for how long.
	Life Life
	// Served is told of each time that the connection did so.
	Served func(Hit)
}

// Hit is a request that a connection answered by itself. Nobody may hold on to
// its bytes.
type Hit struct {
	RequestID []byte
	// Remote is the address at the other end of the connection, and ForwardedFor
	// the value of X-Forwarded-For, empty for none.
	Remote       fmt.Stringer
	ForwardedFor []byte
	// Took is the time that it took.
	Took time.Duration
}

// Slot is where the edge leaves a Ready for the connection that its request
// came by. It is safe for concurrent use.
type Slot struct{ ready atomic.Pointer[Ready] }

// Leave puts r into the slot, and may be called without one.
func (s *Slot) Leave(r *Ready) {
	if s != nil {
		s.ready.Store(r)
	}
}

// Peek returns what is in the slot, nil for nothing.
func (s *Slot) Peek() *Ready { return s.ready.Load() }

// Clear empties the slot.
func (s *Slot) Clear() { s.ready.Store(nil) }

type slotKey struct{}

// NewContext returns a context of a connection that has a slot.
func NewContext(ctx context.Context, s *Slot) context.Context {
	return context.WithValue(ctx, slotKey{}, s)
}

// SlotFrom returns the slot of the connection that ctx belongs to, nil for none.
func SlotFrom(ctx context.Context) *Slot {
	s, _ := ctx.Value(slotKey{}).(*Slot)
	return s
}
