package fastlist

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Plan is a compiled selection of one operation. It is not safe for concurrent use.
type Plan[T any] struct {
	steps []step[T]
}

type step[T any] struct {
	at    *place
	key   []byte // the quoted response key, with what stands around it
	value Value[T]
}

// place is where a field stands below the element of a list. Errors and traces
// need it.
type place struct {
	fields  []graphql.CollectedField // the last is the field itself
	objects []string                 // the type that each belongs to
	nonNull bool
}

// below is the place of a field of an object that stands at p; of the element
// itself when p is nil.
func (p *place) below(field graphql.CollectedField, object string) *place {
	below := &place{nonNull: field.Definition.Type.NonNull}
	if p != nil {
		below.fields, below.objects = slices.Clip(p.fields), slices.Clip(p.objects)
	}
	below.fields, below.objects = append(below.fields, field), append(below.objects, object)
	return below
}

// compilation is what all fields of a plan are compiled with.
type compilation struct {
	operation *graphql.OperationContext
	forbidden func(*ast.FieldDefinition) error // nil: nothing is
}

// Compile makes a plan of what the operation selects on the object. It is false
// when the selection holds what the object does not know. forbidden, where not
// nil, returns the error with which a field fails that the caller may not have.
func Compile[T any](
	operation *graphql.OperationContext, selections ast.SelectionSet, object Object[T], forbidden func(*ast.FieldDefinition) error,
) (Plan[T], bool) {
	return compile(&compilation{operation: operation, forbidden: forbidden}, selections, object, nil)
}

func compile[T any](c *compilation, selections ast.SelectionSet, object Object[T], above *place) (Plan[T], bool) {
	// Fragments, type conditions, @skip, @include and keys that are selected
	// more than once are gqlgen's to sort out: this is what it does itself.
	fields := graphql.CollectFields(c.operation, selections, append([]string{object.Name}, object.Abstract...))
	plan := Plan[T]{steps: make([]step[T], 0, len(fields))}
	seen := make(map[string]struct{}, len(fields))
	for _, selected := range fields {
		if !isPlain(selected) {
			return Plan[T]{}, false
		}
		field := &Field{CollectedField: selected, compilation: c, place: above.below(selected, object.Name)}
		value := compileField(field, object)
		if value == nil {
			return Plan[T]{}, false
		}
		// __typename of a union and of its member are two fields for
		// CollectFields, and one key for who writes them.
		if _, ok := seen[field.Alias]; ok {
			continue
		}
		seen[field.Alias] = struct{}{}
		opening := byte(',')
		if len(plan.steps) == 0 {
			opening = '{'
		}
		key := append(AppendString([]byte{opening}, field.Alias), ':')
		plan.steps = append(plan.steps, step[T]{at: field.place, key: key, value: value})
	}
	return plan, true
}

// isPlain reports whether nothing but @skip and @include, which are done with,
// bears on a field.
func isPlain(field graphql.CollectedField) bool {
	for _, directive := range field.Directives {
		if directive.Name != "skip" && directive.Name != "include" {
			return false
		}
	}
	return len(field.Deferrables) == 0
}

func compileField[T any](field *Field, object Object[T]) Value[T] {
	if field.Name == "__typename" {
		name := AppendString(nil, object.Name)
		return func(w *Writer, _ T) { w.Raw(name) }
	}
	if field.forbidden != nil {
		if err := field.forbidden(field.Definition); err != nil {
			return refuse[T](err)
		}
	}
	value := object.Field(field)
	switch {
	case !field.isKnown():
		return nil
	case field.refusal != nil:
		return refuse[T](field.refusal)
	}
	return value
}

// refuse fails in every element and tells the first.
func refuse[T any](err error) Value[T] {
	isTold := false
	return func(w *Writer, _ T) {
		if isTold {
			w.fail()
			return
		}
		isTold = true
		w.Fail(err)
	}
}

// Nested compiles the selection of a field whose type is an object. read finds
// that object; false is null. read may call Fail or Stop instead, and what it
// returns then is not used. The result is nil when the selection holds what
// the object does not know.
func Nested[T, U any](field *Field, object Object[U], read func(*Writer, T) (U, bool)) Value[T] {
	plan, ok := compile(field.compilation, field.Selections, object, field.place)
	if !ok {
		return nil
	}
	at := field.place
	return func(w *Writer, v T) {
		written := w.mark()
		inner, ok := read(w, v)
		switch {
		case w.mark() != written || w.stopped != nil: // read failed, and wrote its null
		case !ok:
			w.Null()
		default:
			plan.write(w, inner)
			w.catch(written, at)
		}
	}
}

// NestedList is Nested for a field whose type is a list of objects, of which
// none is null. read returns the elements.
func NestedList[T, U any](field *Field, object Object[*U], read func(T) []U) Value[T] {
	plan, ok := compile(field.compilation, field.Selections, object, field.place)
	if !ok {
		return nil
	}
	at := field.place
	return func(w *Writer, v T) {
		begin := w.mark()
		w.buf = append(w.buf, '[')
		elements := read(v)
		level := len(w.inner)
		w.inner = append(w.inner, 0)
		for i := range elements {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.inner[level] = i
			if plan.write(w, &elements[i]); w.isNulled || w.stopped != nil {
				break
			}
		}
		w.inner = w.inner[:level]
		w.buf = append(w.buf, ']')
		w.catch(begin, at)
	}
}

// write writes v as a JSON object.
func (p Plan[T]) write(w *Writer, v T) {
	if len(p.steps) == 0 {
		w.buf = append(w.buf, "{}"...)
		return
	}
	for i := range p.steps {
		step := &p.steps[i]
		w.buf = append(w.buf, step.key...)
		w.at = step.at
		if w.options.Trace == nil {
			step.value(w, v)
		} else {
			w.trace(step.at, func() { step.value(w, v) })
		}
		if len(w.buf)-w.charged >= chargeStepBytes {
			w.charge()
		}
		if w.isNulled || w.stopped != nil {
			return
		}
	}
	w.buf = append(w.buf, '}')
}
