package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

// pinned fetches a snapshot once for all who wait for it. One who leaves takes
// nothing from the others; when all have left, the fetch is told to stop.
type pinned struct {
	fetch func(context.Context) (*paymentlink.Snapshot, error)

	mu      sync.Mutex
	current *flight // nil before the first caller, and after all left early
}

// flight is one call of fetch. Its outcome is set before done is closed, and
// does not change; the rest is guarded by pinned.mu.
type flight struct {
	done chan struct{}
	set  *paymentlink.Set
	err  error

	waiting int
	landed  bool
	cancel  context.CancelFunc
}

// wait returns the set, fetched under the first caller's values. The error is
// that of fetch, or ctx.Err() when ctx ends first.
func (p *pinned) wait(ctx context.Context) (*paymentlink.Set, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := p.join(ctx)
	defer p.leave(f)
	select {
	case <-f.done:
		return f.set, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pinned) join(ctx context.Context) *flight {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil {
		fetchCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		p.current = &flight{done: make(chan struct{}), cancel: cancel}
		go p.fly(fetchCtx, p.current)
	}
	p.current.waiting++
	return p.current
}

func (p *pinned) leave(f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.waiting--
	if f.waiting == 0 && !f.landed {
		f.cancel()
		p.current = nil // whoever comes later must not inherit a cancelled fetch
	}
}

func (p *pinned) fly(ctx context.Context, f *flight) {
	defer f.cancel()
	err := guarded(func() error {
		snapshot, err := p.fetch(ctx)
		switch {
		case err != nil:
			return err
		case snapshot == nil || snapshot.Set == nil:
			return errNoSnapshot()
		}
		f.set = snapshot.Set
		return nil
	})
	f.err = err

	p.mu.Lock()
	defer p.mu.Unlock()
	f.landed = true
	close(f.done)
}

// guarded runs f and turns a panic into an error. The error holds the place of
// the panic and the type of its value, for the log, but not the value: that may
// be anything, a caller's data included.
func guarded(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fault.Wrap(fault.Internal, "Internal error", fmt.Errorf("panic (%T)\n%s", value, debug.Stack()))
		}
	}()
	return f()
}
