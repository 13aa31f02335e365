package fastlist

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// Value writes one field of v: exactly one JSON value, or a call of Fail or
// Stop.
type Value[T any] func(w *Writer, v T)

// Object is an object type of the schema whose values are T.
type Object[T any] struct {
	// Name is what __typename answers.
	Name string
	// Abstract are the interfaces and unions that Name belongs to: fragments on
	// them apply, too.
	Abstract []string
	// Field says how a field is written. It returns nil for a field that it
	// does not know. It reads every argument of the field with
	// [Field.Argument]; a field with an argument that was not read is refused.
	// __typename is not asked for.
	Field func(*Field) Value[T]
}

// Field is a selected field. Where a key is selected more than once, it is all
// of them: Selections holds the selections of each.
type Field struct {
	graphql.CollectedField

	*compilation
	place     *place
	arguments map[string]any
	read      []string // the arguments that the entry asked for
	refusal   error
}

// Argument returns an argument with its variable or default filled in, not yet
// read as the type that the schema gives it. It is nil when nothing was given.
func (f *Field) Argument(name string) any {
	if f.arguments == nil {
		f.arguments = f.ArgumentMap(f.operation.Variables)
	}
	f.read = append(f.read, name)
	return f.arguments[name]
}

// Refuse says that an argument has a value that the field cannot have. The field
// then fails with err in every element, and the first of them tells it: the
// same error for each would say nothing more. The Value that is returned after
// it is not used.
func (f *Field) Refuse(err error) {
	if f.refusal == nil {
		f.refusal = err
	}
}

// isKnown reports whether the entry of the field does all that the schema's
// definition of it asks for: every argument was read, and every directive on
// the definition is one that changes no answer.
func (f *Field) isKnown() bool {
	for _, argument := range f.Definition.Arguments {
		if !slices.Contains(f.read, argument.Name) {
			return false
		}
	}
	for _, directive := range f.Definition.Directives {
		if !isHarmless(directive.Name) {
			return false
		}
	}
	return true
}

// isHarmless reports whether a directive on a field's definition leaves the
// answer as it is: it speaks to readers of the schema, gateways and planners.
func isHarmless(directive string) bool {
	switch directive {
	case "deprecated", "tag", "shareable", "inaccessible", "cost", "listSize", "semanticNonNull":
		return true
	}
	return false
}
