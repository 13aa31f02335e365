package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
)

// directiveDefinition is a place for directives that gqlparser's prelude knows
// and no edition of the specification does. Clients that hold the places as a
// closed enum cannot read an answer that has it.
const directiveDefinition = "DIRECTIVE_DEFINITION"

// isAbsent reports whether a field of __Type has to be null because the type is
// of another kind (section 4.2.2 of the specification, "Type Kinds"). gqlgen
// answers an empty list or false.
func isAbsent(field *graphql.FieldContext) bool {
	if field.Object != "__Type" || field.Parent == nil {
		return false
	}
	described, ok := field.Parent.Result.(*introspection.Type)
	return ok && described != nil && !hasField(described.Kind(), field.Field.Name)
}

// hasField reports whether types of a kind have a field of __Type. Those that
// it does not list are answered by kind already.
func hasField(kind, field string) bool {
	switch field {
	case "fields", "interfaces":
		return kind == "OBJECT" || kind == "INTERFACE"
	case "possibleTypes":
		return kind == "INTERFACE" || kind == "UNION"
	case "enumValues":
		return kind == "ENUM"
	case "inputFields", "isOneOf":
		return kind == "INPUT_OBJECT"
	}
	return true
}

// withPublishedLocations takes directiveDefinition out of what introspection
// shows, by copies: the parsed schema stays as it is.
func withPublishedLocations(schema *ast.Schema) {
	for name, definition := range schema.Directives {
		shown := *definition
		shown.Locations = slices.DeleteFunc(slices.Clone(shown.Locations), func(l ast.DirectiveLocation) bool {
			return l == directiveDefinition
		})
		schema.Directives[name] = &shown
	}
	locations := *schema.Types["__DirectiveLocation"]
	locations.EnumValues = slices.DeleteFunc(slices.Clone(locations.EnumValues), func(v *ast.EnumValueDefinition) bool {
		return v.Name == directiveDefinition
	})
	schema.Types["__DirectiveLocation"] = &locations
}

// withoutPluginTypes takes out what gqlgen adds to a schema for its own use and
// what is federation's: no client can use either.
func withoutPluginTypes(schema *ast.Schema) {
	maps.DeleteFunc(schema.Directives, func(name string, _ *ast.DirectiveDefinition) bool { return !isClientDirective(name) })
	maps.DeleteFunc(schema.Types, func(_ string, definition *ast.Definition) bool { return isPluginType(definition) })
}

// isClientDirective reports whether the GraphQL specification defines the directive.
func isClientDirective(name string) bool {
	switch name {
	case "skip", "include", "deprecated", "specifiedBy", "oneOf":
		return true
	}
	return false
}

// isPluginType reports whether gqlgen made up the type and no field that
// clients see leads to it: Entity, whose fields are its entity resolvers, the
// inputs of those, and the scalars of federation's directives.
func isPluginType(definition *ast.Definition) bool {
	switch definition.Kind {
	case ast.Object:
		return definition.Name == "Entity"
	case ast.InputObject:
		return definition.Position != nil && definition.Position.Src != nil && definition.Position.Src.BuiltIn
	case ast.Scalar:
		return strings.HasPrefix(definition.Name, "federation__") || strings.HasSuffix(definition.Name, "FieldSet")
	}
	return strings.HasPrefix(definition.Name, "link__")
}
