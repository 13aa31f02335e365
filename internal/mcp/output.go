package mcp

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// shape is what an answer looks like, as far as it has to be known.
type shape struct {
	isLink bool
	fields map[string]*shape
}

// count returns how many links a value of the shape holds.
func (s *shape) count(value any) int {
	links := 0
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			links += s.count(element)
		}
	case map[string]any:
		if s.isLink {
			links++
		}
		for name, field := range s.fields {
			links += field.count(v[name])
		}
	}
	return links
}

// outputs makes the schema of a tool's result.
type outputs struct{ schema *ast.Schema }

// selected is a field of an answer: all that a document selects under one key.
type selected struct {
	field *ast.Field
	set   ast.SelectionSet
	// isSure tells that the key is there whatever the variables.
	isSure bool
}

// of returns the schema and the shape of an object.
func (o outputs) of(set ast.SelectionSet, parent *ast.Definition) (*schema, *shape) {
	s, like := newObject(), &shape{isLink: parent.Name == "PaymentLink", fields: map[string]*shape{}}
	all := map[string]*selected{}
	collect(set, true, all)
	for key, f := range all {
		property := o.typed(f, f.field.Definition.Type, like)
		if f.isSure {
			s.require(key)
		}
		property.Description = sentences(f.field.Definition.Description, mark(parent.Name, f.field.Name))
		s.Properties[key] = property
	}
	return s, like
}

func (o outputs) typed(f *selected, t *ast.Type, like *shape) *schema {
	var s *schema
	if t.Elem != nil {
		s = &schema{Type: "array", Items: o.typed(f, t.Elem, like)}
	} else {
		s = o.named(f, t, like)
	}
	if t.NonNull {
		return s
	}
	return s.orNull()
}

func (o outputs) named(f *selected, t *ast.Type, like *shape) *schema {
	definition := o.schema.Types[t.NamedType]
	switch definition.Kind {
	case ast.Object:
		s, below := o.of(f.set, definition)
		like.fields[f.field.Alias] = below
		return s
	case ast.Interface, ast.Union:
		return &schema{Type: "object"} // what it holds depends on the object
	case ast.Scalar, ast.Enum, ast.InputObject:
	}
	return leaf(definition)
}

// collect finds the fields of a selection set, those of fragments included.
func collect(set ast.SelectionSet, isSure bool, all map[string]*selected) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			known := all[s.Alias]
			if known == nil {
				known = &selected{field: s}
				all[s.Alias] = known
			}
			known.set = append(known.set, s.SelectionSet...)
			known.isSure = known.isSure || isSure && !isConditional(s.Directives)
		case *ast.InlineFragment:
			collect(s.SelectionSet, isSure && !isConditional(s.Directives), all)
		case *ast.FragmentSpread:
			collect(s.Definition.SelectionSet, isSure && !isConditional(s.Directives), all)
		}
	}
}

func isConditional(directives ast.DirectiveList) bool {
	return directives.ForName("include") != nil || directives.ForName("skip") != nil
}
