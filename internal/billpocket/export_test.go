package billpocket

import (
	"slices"
	"strings"
	"time"

	"paymentlinks/internal/paymentlink"
)

// Decode lets tests see the records of a body, repeated ids included, which a
// Set hides.
func Decode(body []byte, location *time.Location) (records []paymentlink.Record, skipped int, err error) {
	var all *recorder
	l, err := decoder{location: location, maxLinks: DefaultMaxLinks}.decode(body, func([]byte) sink {
		all = &recorder{}
		return all
	})
	if err != nil {
		return nil, 0, err
	}
	return all.records, l.skipped, nil
}

// recorder is a sink that keeps copies of records.
type recorder struct{ records []paymentlink.Record }

func (all *recorder) Add(r *paymentlink.Record) bool {
	kept := *r
	for _, text := range []*string{&kept.ID, &kept.URL, &kept.Code, &kept.Slug, &kept.Description, &kept.UserID, &kept.PurchaseID} {
		*text = strings.Clone(*text) // it may be overwritten by the next
	}
	all.records = append(all.records, kept)
	return true
}

func (all *recorder) Full() bool { return len(all.records) == cap(all.records) }
func (all *recorder) Grow(n int) { all.records = slices.Grow(all.records, n) }

// DecodeSet reads a body as a Client does.
func DecodeSet(body []byte, location *time.Location) (*paymentlink.Set, error) {
	var links *paymentlink.Builder
	_, err := decoder{location: location, maxLinks: DefaultMaxLinks}.decode(body, func(kept []byte) sink {
		links = paymentlink.NewBuilder(kept, nil)
		return links
	})
	if err != nil {
		return nil, err
	}
	return links.Set(), nil
}

// ErrBody is what every error of a body's content wraps.
func ErrBody() error { return errBody }

// AbsoluteURL reads an element's URL; false for what is none.
func AbsoluteURL(s string) (string, bool) { return absoluteURL(s) }

// RetryAfter reads a header's value.
func RetryAfter(value string, now time.Time) time.Duration { return retryAfter(value, now) }

// Timestamp reads a JSON value as a time; false for one that cannot be read.
func Timestamp(value string, location *time.Location) (time.Time, bool) {
	return new(texts).timestamp([]byte(value), location)
}

// PooledBytes returns the size of a buffer from the pool.
func PooledBytes() int {
	b, _ := buffers.Get().(*buffer)
	return cap(b.data)
}
