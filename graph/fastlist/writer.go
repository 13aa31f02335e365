package fastlist

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// chargeStepBytes is how much is written between two looks at the Meter and
// the context: a look at every field would cost more than most of them.
const chargeStepBytes = 64 << 10

// Meter is what an operation may spend. It is safe for concurrent use.
type Meter interface {
	// Bytes charges that many bytes of the answer. Its error ends the list.
	Bytes(n int) error
	// Error counts an error of a field and returns what to tell in its place:
	// err itself, the sentence that no more errors are told, or nil for
	// nothing.
	Error(err error) error
}

// Options are what a list needs of the operation it belongs to.
type Options struct {
	// Meter is charged for all that is written. It is required.
	Meter Meter
	// Trace, where not nil, runs write as the resolver of the field of ctx, and
	// calls it exactly once.
	Trace func(ctx context.Context, write func())
}

// Writer writes the values of one list or object. It is not safe for
// concurrent use.
type Writer struct {
	//nolint:containedctx // a Writer lives for one call, and errors are told to the context
	ctx     context.Context
	options Options

	buf     []byte
	charged int // of buf
	sealed  [][]byte

	at    *place // the field that is being written
	index int    // of the element that is being written; -1 outside a list
	inner []int  // the same, for each list within it that is being written

	isNulled bool  // a null stands where none may, and goes further up
	stopped  error // what ended the list
}

// Null writes null.
func (w *Writer) Null() { w.buf = AppendNull(w.buf) }

// String writes s with quotes and escapes.
func (w *Writer) String(s string) { w.buf = AppendString(w.buf, s) }

// Text writes s, or null when it is empty.
func (w *Writer) Text(s string) { w.buf = AppendText(w.buf, s) }

// Strings writes a list of strings.
func (w *Writer) Strings(list []string) {
	w.buf = append(w.buf, '[')
	for i, s := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.String(s)
	}
	w.buf = append(w.buf, ']')
}

// Int writes i, or null when ok is false.
func (w *Writer) Int(i int32, ok bool) { w.buf = AppendInt(w.buf, i, ok) }

// Bool writes b, or null when ok is false.
func (w *Writer) Bool(b, ok bool) { w.buf = AppendBool(w.buf, b, ok) }

// Time writes t as AppendTime does, or null when ok is false.
func (w *Writer) Time(t time.Time, ok bool) { w.buf = AppendTime(w.buf, t, ok) }

// Raw writes JSON as it is, or null when raw is nil.
func (w *Writer) Raw(raw []byte) { w.buf = AppendRaw(w.buf, raw) }

// Append writes what add appends to the slice that it is given: one JSON value.
func (w *Writer) Append(add func(dst []byte) []byte) { w.buf = add(w.buf) }

// Fail makes the field null and tells err, with the field's path, as far as
// the Meter lets it. A field that may not be null takes its object along, as
// the specification says (6.4.4).
func (w *Writer) Fail(err error) {
	w.fail()
	if told := w.options.Meter.Error(err); told != nil {
		graphql.AddError(w.fieldContext(w.at), told)
	}
}

func (w *Writer) fail() {
	w.Null()
	w.isNulled = w.at.nonNull
}

// Stop ends the whole list with err. Nothing is written after it.
func (w *Writer) Stop(err error) {
	if w.stopped == nil {
		w.stopped = err
	}
}

// Context is that of the operation. Values that take long look at it.
func (w *Writer) Context() context.Context { return w.ctx }

// charge tells the Meter what was written since the last time.
func (w *Writer) charge() {
	written := len(w.buf) - w.charged
	w.charged = len(w.buf)
	if err := w.ctx.Err(); err != nil {
		w.Stop(err)
		return
	}
	if err := w.options.Meter.Bytes(written); err != nil {
		w.Stop(err)
	}
}

// mark is where the next byte goes. It is good until the element ends.
func (w *Writer) mark() int { return len(w.buf) }

// catch puts a null where a field or element begins whose inside has a null
// that may not be there. at is nil for an element that may be null.
func (w *Writer) catch(begin int, at *place) {
	if !w.isNulled {
		return
	}
	w.buf = AppendNull(w.buf[:begin])
	w.charged = min(w.charged, len(w.buf))
	w.isNulled = at != nil && at.nonNull
}

// trace runs write under the context of a field.
func (w *Writer) trace(at *place, write func()) { w.options.Trace(w.fieldContext(at), write) }

// fieldContext is the context that gqlgen would give the resolver of a field.
func (w *Writer) fieldContext(at *place) context.Context {
	ctx := w.ctx
	if w.index >= 0 {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: new(w.index)})
	}
	lists := 0
	for i, field := range at.fields {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: at.objects[i], Field: field}) //nolint:fatcontext // a field's context holds its parent's
		isAbove := i < len(at.fields)-1
		if isAbove && field.Definition.Type.Elem != nil && lists < len(w.inner) {
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: new(w.inner[lists])})
			lists++
		}
	}
	return ctx
}
