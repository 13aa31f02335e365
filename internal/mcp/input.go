package mcp

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxLinks bounds the links of one call: what follows is had with a cursor.
const maxLinks = 50

// inputs makes the schema of a tool's arguments.
type inputs struct {
	schema *ast.Schema
	root   *schema
}

// add adds a variable to the arguments. isPage tells that it is the size of a page.
func (in inputs) add(variable *ast.VariableDefinition, isPage bool) {
	described := in.of(variable.Type, variable.Description, variable.DefaultValue)
	if isPage {
		least, most := 0, maxLinks
		described.Minimum, described.Maximum = &least, &most
	}
	in.root.Properties[variable.Variable] = described
	if isRequired(variable.Type, variable.DefaultValue) {
		in.root.require(variable.Variable)
	}
}

// spread adds the fields of an input object to the arguments.
func (in inputs) spread(definition *ast.Definition) { in.fill(in.root, definition) }

func (in inputs) fill(s *schema, definition *ast.Definition) {
	for _, field := range definition.Fields {
		s.Properties[field.Name] = in.of(field.Type, field.Description, field.DefaultValue)
		if isRequired(field.Type, field.DefaultValue) {
			s.require(field.Name)
		}
	}
}

func isRequired(t *ast.Type, fallback *ast.Value) bool { return t.NonNull && fallback == nil }

// of returns the schema of an input value.
func (in inputs) of(t *ast.Type, description string, fallback *ast.Value) *schema {
	s := in.typed(t)
	s.Description = sentences(description, s.Description)
	if fallback != nil {
		s.Default = constant(fallback)
	}
	return s
}

func (in inputs) typed(t *ast.Type) *schema {
	if t.Elem != nil {
		return &schema{Type: "array", Items: in.typed(t.Elem)}
	}
	definition := in.schema.Types[t.NamedType]
	if definition.Kind != ast.InputObject {
		s := leaf(definition)
		s.Description = describeLeaf(definition)
		return s
	}
	return in.object(definition)
}

// object describes an input object once, and refers to it: it may hold itself.
func (in inputs) object(definition *ast.Definition) *schema {
	if in.root.Defs == nil {
		in.root.Defs = map[string]*schema{}
	}
	if in.root.Defs[definition.Name] == nil {
		s := newObject()
		s.Description = definition.Description
		in.root.Defs[definition.Name] = s
		in.fill(s, definition)
	}
	return &schema{Ref: "#/$defs/" + definition.Name}
}

// describeLeaf tells what a value looks like: the words of an enum, or how a
// scalar of the schema's own is written.
func describeLeaf(definition *ast.Definition) string {
	switch {
	case definition.BuiltIn:
		return ""
	case definition.Kind == ast.Scalar:
		return strings.ReplaceAll(definition.Description, "\n", " ")
	}
	var values []string
	for _, value := range definition.EnumValues {
		values = append(values, value.Name+": "+value.Description)
	}
	return strings.Join(values, " ")
}

// constant returns a value of a document in JSON, nil for one that has none.
func constant(v *ast.Value) json.RawMessage {
	value, err := v.Value(nil)
	if err != nil {
		return nil
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return encoded
}

// pageVariables returns the variables that say how many links a page has.
func pageVariables(op *ast.OperationDefinition) map[string]bool {
	pages := map[string]bool{}
	walkFields(op.SelectionSet, func(f *ast.Field) {
		for _, a := range f.Arguments {
			if (a.Name == "first" || a.Name == "last") && a.Value.Kind == ast.Variable {
				pages[a.Value.Raw] = true
			}
		}
	})
	return pages
}

// walkFields calls visit with all fields of a validated selection set.
func walkFields(set ast.SelectionSet, visit func(*ast.Field)) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			visit(s)
			walkFields(s.SelectionSet, visit)
		case *ast.InlineFragment:
			walkFields(s.SelectionSet, visit)
		case *ast.FragmentSpread:
			walkFields(s.Definition.SelectionSet, visit)
		}
	}
}
