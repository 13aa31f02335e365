package cost

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"paymentlinks/internal/fault"
)

// Item is something that an operation spends.
type Item uint8

// The items of a Budget.
const (
	// Links are the payment links that the operation hands out.
	Links Item = iota
	// Representations are what the operation brings to _entities.
	Representations
	// QRCodes are the codes that are drawn.
	QRCodes
	// Modules are the squares of those codes, which is what drawing them costs.
	Modules
	// Text is the bytes of messages and formatted amounts, which are composed
	// for the caller.
	Text
	// Searched is the bytes of the list's text that searches look at.
	Searched
	// Bytes are those of the answer.
	Bytes

	items = iota
)

// Limits bound what one operation costs and spends. In each field 0 is the
// default, and a negative number lifts the bound.
type Limits struct {
	// Complexity bounds what an operation may count; DefaultComplexity when 0.
	Complexity int
	// Links bounds the links that an operation hands out; DefaultLinks when 0.
	Links int
	// Representations bounds what an operation may bring to _entities;
	// DefaultRepresentations when 0.
	Representations int
	// QRCodes bounds the codes that an operation draws; DefaultQRCodes when 0.
	QRCodes int
	// Modules bounds the squares of those codes; DefaultModules when 0.
	Modules int
	// TextBytes bounds the text that is composed; DefaultTextBytes when 0.
	TextBytes int64
	// AnswerBytes bounds the answer; DefaultAnswerBytes when 0.
	AnswerBytes int64
	// Errors bounds the errors of fields that are told; DefaultErrors when 0.
	Errors int
}

// maxSearchedBytes bounds what searches look at, in at most 0.6 s. It is 40
// searches for two words among 10,000 links with texts of 300 bytes.
const maxSearchedBytes = 256 << 20

// The defaults of Limits.
const (
	DefaultComplexity      = 20_000
	DefaultLinks           = 100_000
	DefaultRepresentations = 5_000
	DefaultQRCodes         = 250 // a full page
	DefaultModules         = 450_000
	DefaultTextBytes       = 16 << 20
	DefaultAnswerBytes     = 32 << 20
	DefaultErrors          = 100
)

// Budget is what one operation has left. Every item is charged before the work
// is done that it stands for. It is safe for concurrent use.
type Budget struct {
	counters [items]counter

	maxErrors int64
	errors    atomic.Int64

	room room
}

type counter struct {
	spent atomic.Int64
	limit int64
}

// NewBudget returns the full Budget of one operation.
func NewBudget(limits Limits) *Budget {
	b := &Budget{maxErrors: bound(int64(limits.Errors), DefaultErrors)}
	for item, limit := range [items]int64{
		Links:           bound(int64(limits.Links), DefaultLinks),
		Representations: bound(int64(limits.Representations), DefaultRepresentations),
		QRCodes:         bound(int64(limits.QRCodes), DefaultQRCodes),
		Modules:         bound(int64(limits.Modules), DefaultModules),
		Text:            bound(limits.TextBytes, DefaultTextBytes),
		Searched:        maxSearchedBytes,
		Bytes:           bound(limits.AnswerBytes, DefaultAnswerBytes),
	} {
		b.counters[item].limit = limit
	}
	return b
}

func bound(limit, byDefault int64) int64 {
	switch {
	case limit == 0:
		return byDefault
	case limit < 0:
		return math.MaxInt64
	}
	return limit
}

// Charge spends n of an item. The error is a *fault.Error of kind LimitExceeded
// once more was spent than there was, or that of the memory that the answer's
// bytes need.
func (b *Budget) Charge(item Item, n int) error {
	c := &b.counters[item]
	spent := c.spent.Add(int64(n))
	switch {
	case spent <= c.limit && item == Bytes:
		return b.room.hold(spent)
	case spent <= c.limit:
		return nil
	}
	return fault.NewLimit(nameOf(item), fmt.Sprintf(sentenceOf(item), c.limit))
}

// Left returns how much of an item may still be spent; 0 when nothing is left.
func (b *Budget) Left(item Item) int64 {
	c := &b.counters[item]
	return max(0, c.limit-c.spent.Load())
}

// nameOf is what the limit on an item is counted under.
func nameOf(item Item) string {
	switch item {
	case Links:
		return "links"
	case Representations:
		return "representations"
	case QRCodes:
		return "qr_codes"
	case Modules:
		return "modules"
	case Text:
		return "text_bytes"
	case Searched:
		return "searched_bytes"
	case Bytes, items:
	}
	return "answer_bytes"
}

func sentenceOf(item Item) string {
	switch item {
	case Links:
		return "One operation may hand out at most %d links."
	case Representations:
		return "One operation may bring at most %d representations."
	case QRCodes:
		return "One operation may draw at most %d QR codes."
	case Modules:
		return "One operation may draw QR codes of at most %d modules together: ask for fewer or smaller codes."
	case Text:
		return "One operation may compose at most %d bytes of messages and formatted amounts: ask for less at a time."
	case Searched:
		return "One operation may search at most %d bytes of text, once for each word: search for fewer words, or less often."
	case Bytes, items:
	}
	return "The answer would be larger than %d bytes: ask for less at a time."
}

// Error counts an error of a field and returns what to tell in its place: err
// itself, one sentence when there are too many, and nil for all after it.
func (b *Budget) Error(err error) error {
	switch n := b.errors.Add(1); {
	case n <= b.maxErrors:
		return err
	case n == b.maxErrors+1:
		return fault.NewLimit("errors", fmt.Sprintf("More than %d errors occurred: the others are left out.", b.maxErrors))
	}
	return nil
}

type contextKey struct{}

// NewContext returns a context that carries the Budget of its operation.
func NewContext(ctx context.Context, b *Budget) context.Context {
	return context.WithValue(ctx, contextKey{}, b)
}

// FromContext returns the Budget of ctx, or a full one where there is none (a
// resolver called outside an operation), never nil.
func FromContext(ctx context.Context) *Budget {
	if b, ok := ctx.Value(contextKey{}).(*Budget); ok {
		return b
	}
	return NewBudget(Limits{})
}
