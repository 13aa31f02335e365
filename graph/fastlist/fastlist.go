// Package fastlist writes lists of GraphQL objects serially.
//
// gqlgen completes a list with a goroutine for each element and a context for
// each field of each, which costs ten times what writing the bytes does. Here
// the selection is compiled once for the whole list, into what to append for
// each response key, and then run over the elements one after another.
//
// The bytes are those that gqlgen would write. Whatever a compiled selection
// cannot promise that for is refused, when it is compiled or when a value turns
// up, and the caller leaves the list to gqlgen. So it knows no errors.
//
// The package knows no type of the schema: an [Object] says how the fields of
// one are written.
package fastlist

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Value appends the JSON of one field of v and returns the longer slice; nil
// when v cannot be written here, such as a null that the schema does not allow.
// It must be safe for concurrent use.
type Value[T any] func(dst []byte, v T) []byte

// Object is an object type of the schema whose values are T.
type Object[T any] struct {
	// Name is what __typename answers.
	Name string
	// Abstract are the interfaces and unions that Name belongs to: fragments on
	// them apply, too.
	Abstract []string
	// Field says how a field is written. It returns nil for a field that it
	// does not know, or not with these arguments. __typename is not asked for.
	Field func(Field) Value[T]
}

// Field is a selected field. Where a key is selected more than once, it is all
// of them: Selections holds the selections of each.
type Field struct {
	graphql.CollectedField

	operation *graphql.OperationContext
}

// Arguments returns the arguments with variables and defaults filled in, not
// yet read as the types that the schema gives them.
func (f Field) Arguments() map[string]any { return f.ArgumentMap(f.operation.Variables) }

// Plan is a compiled selection. It is safe for concurrent use.
type Plan[T any] struct {
	steps []step[T]
}

type step[T any] struct {
	key   []byte // the quoted response key, with what stands around it
	value Value[T]
}

// Compile makes a plan of what the operation selects on the object. It is false
// when the selection has something that the object does not know.
func Compile[T any](operation *graphql.OperationContext, selections ast.SelectionSet, object Object[T]) (Plan[T], bool) {
	// Fragments, type conditions, @skip, @include and keys that are selected
	// more than once are gqlgen's to sort out: this is what it does itself.
	fields := graphql.CollectFields(operation, selections, append([]string{object.Name}, object.Abstract...))
	plan := Plan[T]{steps: make([]step[T], 0, len(fields))}
	seen := make(map[string]struct{}, len(fields))
	for _, field := range fields {
		if !isPlain(field) {
			return Plan[T]{}, false
		}
		value := compileField(Field{CollectedField: field, operation: operation}, object)
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
		plan.steps = append(plan.steps, step[T]{key: append(AppendString([]byte{opening}, field.Alias), ':'), value: value})
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

func compileField[T any](field Field, object Object[T]) Value[T] {
	if field.Name != "__typename" {
		return object.Field(field)
	}
	name := AppendString(nil, object.Name)
	return func(dst []byte, _ T) []byte { return append(dst, name...) }
}

// Nested compiles the selection of a field whose type is an object: read finds
// that object, and false is null. Where the schema allows no null, read is
// always true. The result is nil when the selection cannot be compiled.
func Nested[T, U any](field Field, object Object[U], read func(T) (U, bool)) Value[T] {
	plan, ok := Compile(field.operation, field.Selections, object)
	if !ok {
		return nil
	}
	return func(dst []byte, v T) []byte {
		inner, ok := read(v)
		if !ok {
			return AppendNull(dst)
		}
		return plan.Append(dst, inner)
	}
}

// Append appends v as a JSON object and returns the longer slice; nil when one
// of its values cannot be written here.
func (p Plan[T]) Append(dst []byte, v T) []byte {
	if len(p.steps) == 0 {
		return append(dst, "{}"...)
	}
	for i := range p.steps {
		dst = append(dst, p.steps[i].key...)
		if dst = p.steps[i].value(dst, v); dst == nil {
			return nil
		}
	}
	return append(dst, '}')
}
