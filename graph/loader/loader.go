// Package loader looks up payment links for one operation: every field that
// asks for a link by id or code shares one pinned snapshot and its batches.
//
// The snapshot comes first and the batch second. A batch therefore never waits
// for anything, whoever's context the library runs it under, and nothing that
// the library keeps or prints can be a fetch's error.
package loader

import (
	"context"

	"github.com/graph-gophers/dataloader/v7"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
)

// Loaders are the look-ups of one operation. They are safe for concurrent use
// by the fields of that operation, and must not outlive it or be shared: they
// keep what they found.
type Loaders struct {
	pin    pinned
	byID   *dataloader.Loader[string, found]
	byCode *dataloader.Loader[string, found]
}

// found is the answer to one key; the zero value is not found.
type found struct {
	link paymentlink.Link
	ok   bool
}

// New returns the loaders of one operation. They call pin at most once, when
// the first look-up comes, and again only if all who waited for it left. pin
// runs under a context with the first caller's values that is cancelled when
// nobody waits any more; it may panic.
func New(pin func(context.Context) (*paymentlink.Snapshot, error)) *Loaders {
	l := &Loaders{pin: pinned{fetch: pin}}
	l.byID = newLoader(l, (*paymentlink.Set).ByID)
	l.byCode = newLoader(l, (*paymentlink.Set).ByCode)
	return l
}

// ByID returns the link with an id; false when the list has none. The error is
// that of pin, the same for every look-up of the operation, a *fault.Error of
// kind Internal if pin panicked, or ctx.Err() if the caller left first.
func (l *Loaders) ByID(ctx context.Context, id string) (paymentlink.Link, bool, error) {
	return l.load(ctx, l.byID, id)
}

// ByCode returns the link with a code or whole URL, as paymentlink.Set.ByCode
// reads it; otherwise it is like ByID.
func (l *Loaders) ByCode(ctx context.Context, codeOrURL string) (paymentlink.Link, bool, error) {
	return l.load(ctx, l.byCode, codeOrURL)
}

func (l *Loaders) load(ctx context.Context, from *dataloader.Loader[string, found], key string) (paymentlink.Link, bool, error) {
	if _, err := l.pin.wait(ctx); err != nil {
		return paymentlink.Link{}, false, err
	}
	result, err := from.Load(ctx, key)()
	if err != nil {
		return paymentlink.Link{}, false, err
	}
	return result.link, result.ok, nil
}

// newLoader makes one loader. It waits for no companions: look-ups that were
// released by the same snapshot are there together anyway.
func newLoader(l *Loaders, find func(*paymentlink.Set, string) (paymentlink.Link, bool)) *dataloader.Loader[string, found] {
	batch := func(ctx context.Context, keys []string) []*dataloader.Result[found] {
		// One result per key, whatever happens: the library panics on a nil
		// result and prints the keys when some are missing.
		results := make([]*dataloader.Result[found], len(keys))
		err := guarded(func() error {
			// Whoever asks has the snapshot already, so this returns at once;
			// the context may be that of a caller who has left.
			set, err := l.pin.wait(context.WithoutCancel(ctx))
			if err != nil {
				return err
			}
			for i, key := range keys {
				link, ok := find(set, key)
				results[i] = &dataloader.Result[found]{Data: found{link: link, ok: ok}}
			}
			return nil
		})
		if err != nil {
			for i := range results {
				results[i] = &dataloader.Result[found]{Error: err}
			}
		}
		return results
	}
	return dataloader.NewBatchedLoader(batch,
		dataloader.WithWait[string, found](0),
		// A queue is made for every batch, and drained while it fills: the
		// library's 1,000 places would be most of what a look-up allocates.
		dataloader.WithInputCapacity[string, found](16),
	)
}

// errNoSnapshot is what a pin gives that returns neither a list nor an error.
func errNoSnapshot() error {
	return fault.New(fault.Internal, "Internal error")
}
