package fastlist

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// chunkBytes is the length from which on a list goes on in a new slice: one
// that grows by copying would hold a long list twice.
const chunkBytes = 64 << 10

// closingBytes is room for what mostly follows a list in its answer.
const closingBytes = 512

// lookEvery is how many elements are written between two looks at the context.
const lookEvery = 256

// List is a list that is being written. It is not safe for concurrent use.
type List[T any] struct {
	plan    Plan[T]
	w       Writer
	length  int // how many elements are expected; 0 once there is room for them
	nonNull bool
}

// NewList begins a list of about length elements under the context of its
// field, to which errors are told. nonNull says that no element may be null.
func (p Plan[T]) NewList(ctx context.Context, options Options, length int, nonNull bool) *List[T] {
	return &List[T]{plan: p, w: Writer{ctx: ctx, options: options, buf: []byte{'['}, index: -1}, length: length, nonNull: nonNull}
}

// Add writes one more element. It reports whether there is a point in adding
// another.
func (l *List[T]) Add(v T) bool {
	if !l.next() {
		return false
	}
	begin := l.w.mark()
	l.plan.write(&l.w, v)
	if l.w.isNulled && !l.nonNull {
		l.w.catch(begin, nil)
	}
	if l.length > 0 {
		// Once, after the first: from there on append grows it as it goes.
		guess := len(l.w.buf) * l.length
		l.w.buf = slices.Grow(l.w.buf, min(guess+guess/8, chunkBytes+chunkBytes/8))
		l.length = 0
	}
	return l.isGoing()
}

// AddNull writes one more element, which is null.
func (l *List[T]) AddNull() {
	if l.next() {
		l.w.Null()
	}
}

func (l *List[T]) isGoing() bool { return l.w.stopped == nil && !l.w.isNulled }

func (l *List[T]) next() bool {
	if !l.isGoing() {
		return false
	}
	w := &l.w
	if len(w.buf) >= chunkBytes {
		w.charge()
		w.sealed = append(w.sealed, w.buf)
		w.buf, w.charged = make([]byte, 0, chunkBytes+chunkBytes/8), 0
	}
	w.index++
	if w.index > 0 {
		w.buf = append(w.buf, ',')
	}
	if w.index%lookEvery == lookEvery-1 {
		w.charge()
	}
	return w.stopped == nil
}

// Finish returns the list as a finished field. It is graphql.Null where a null
// stands that takes the list along; the error behind it is told already. The
// error is what stopped the list. The list must not be added to afterwards.
func (l *List[T]) Finish() (graphql.Marshaler, error) {
	l.w.buf = append(l.w.buf, ']')
	return l.w.finish()
}

// Object writes v alone, as a finished field under the context of that field.
// Its results are those of [List.Finish].
func (p Plan[T]) Object(ctx context.Context, options Options, v T) (graphql.Marshaler, error) {
	w := Writer{ctx: ctx, options: options, index: -1}
	p.write(&w, v)
	return w.finish()
}

func (w *Writer) finish() (graphql.Marshaler, error) {
	w.charge()
	switch {
	case w.stopped != nil:
		return nil, w.stopped
	case w.isNulled:
		return graphql.Null, nil
	case w.sealed == nil:
		return finished(w.buf), nil
	}
	return finishedChunks(append(w.sealed, w.buf)), nil
}

// finished is JSON.
type finished []byte

// MarshalGQL implements graphql.Marshaler.
func (f finished) MarshalGQL(w io.Writer) { _, _ = w.Write(f) }

// finishedChunks is JSON in parts.
type finishedChunks [][]byte

// MarshalGQL implements graphql.Marshaler.
func (f finishedChunks) MarshalGQL(w io.Writer) {
	// gqlgen gathers an answer in a bytes.Buffer. One that grew chunk by chunk
	// would take three times the bytes.
	if buffer, ok := w.(*bytes.Buffer); ok {
		total := 0
		for _, chunk := range f {
			total += len(chunk)
		}
		buffer.Grow(total + closingBytes)
	}
	for _, chunk := range f {
		_, _ = w.Write(chunk)
	}
}
