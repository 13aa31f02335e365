package fastlist

import (
	"io"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// maxGuessBytes bounds what is set aside for a list on the word of its first
// element, which may be far longer than the others.
const maxGuessBytes = 4 << 20

// List is a list that is being written. It is not safe for concurrent use.
type List[T any] struct {
	plan    Plan[T]
	written []byte // nil once an element could not be written
	length  int    // how many elements are expected; 0 once there is room for them
	isBegun bool
}

// NewList begins a list of about length elements.
func (p Plan[T]) NewList(length int) *List[T] {
	return &List[T]{plan: p, written: []byte{'['}, length: length}
}

// Add writes one more element.
func (l *List[T]) Add(v T) {
	if l.next(); l.written == nil {
		return
	}
	l.written = l.plan.Append(l.written, v)
	if l.length > 0 && l.written != nil {
		// Once, after the first: from there on append grows it as it goes.
		guess := len(l.written) * l.length
		l.written = slices.Grow(l.written, min(guess+guess/8, maxGuessBytes))
		l.length = 0
	}
}

// Len is how many bytes are written.
func (l *List[T]) Len() int { return len(l.written) }

// AddNull writes one more element, which is null.
func (l *List[T]) AddNull() {
	if l.next(); l.written != nil {
		l.written = AppendNull(l.written)
	}
}

func (l *List[T]) next() {
	if l.isBegun && l.written != nil {
		l.written = append(l.written, ',')
	}
	l.isBegun = true
}

// Finish returns the list as a finished field; false when an element could not
// be written here. The list must not be added to afterwards.
func (l *List[T]) Finish() (graphql.Marshaler, bool) {
	if l.written == nil {
		return nil, false
	}
	return finished(append(l.written, ']')), true
}

// finished is JSON.
type finished []byte

// MarshalGQL implements graphql.Marshaler.
func (f finished) MarshalGQL(w io.Writer) { _, _ = w.Write(f) }
