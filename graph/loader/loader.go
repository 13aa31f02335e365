// Package loader looks up payment links for one operation. Fields that ask for
// a link by id, code or URL at the same time share a batch, and what was found is
// kept for the fields that ask again.
package loader

import (
	"context"

	"github.com/graph-gophers/dataloader/v7"

	"paymentlinks/internal/paymentlink"
)

// Loaders are the look-ups of one operation in the list that it pinned. They
// are safe for concurrent use by the fields of that operation. They must not
// outlive it or be shared: they keep what they found.
type Loaders struct {
	byID   *dataloader.Loader[string, found]
	byCode *dataloader.Loader[string, found]
	byURL  *dataloader.Loader[string, found]
}

// found is the answer to one key; the zero value is not found.
type found struct {
	link paymentlink.Link
	ok   bool
}

// New returns the loaders of an operation that reads the set.
func New(set *paymentlink.Set) *Loaders {
	return &Loaders{byID: newLoader(set.ByID), byCode: newLoader(set.ByCode), byURL: newLoader(set.ByURL)}
}

// ByID returns the link with an id; false when the list has none. An error is
// dataloader's own.
func (l *Loaders) ByID(ctx context.Context, id string) (paymentlink.Link, bool, error) {
	return load(ctx, l.byID, id)
}

// ByCode returns the link with a code or whole URL, as paymentlink.Set.ByCode
// reads it; otherwise it is like ByID.
func (l *Loaders) ByCode(ctx context.Context, codeOrURL string) (paymentlink.Link, bool, error) {
	return load(ctx, l.byCode, codeOrURL)
}

// ByURL returns the link with a URL, as paymentlink.Set.ByURL reads it; otherwise
// it is like ByID.
func (l *Loaders) ByURL(ctx context.Context, text string) (paymentlink.Link, bool, error) {
	return load(ctx, l.byURL, text)
}

func load(ctx context.Context, from *dataloader.Loader[string, found], key string) (paymentlink.Link, bool, error) {
	result, err := from.Load(ctx, key)()
	return result.link, result.ok, err
}

// newLoader makes one loader. It does not wait for companions: look-ups that
// were released by the same snapshot are there together anyway.
func newLoader(find func(string) (paymentlink.Link, bool)) *dataloader.Loader[string, found] {
	batch := func(_ context.Context, keys []string) []*dataloader.Result[found] {
		results := make([]*dataloader.Result[found], len(keys))
		for i, key := range keys {
			link, ok := find(key)
			results[i] = &dataloader.Result[found]{Data: found{link: link, ok: ok}}
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
