package graph

import (
	"embed"
	"io/fs"
	"maps"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/generated"
)

//go:embed schema/*.graphqls
var schemaFiles embed.FS

// SDL returns the schema as it is written, its files joined in the order of
// their names: what _service { sdl } answers.
func SDL() string {
	names, err := fs.Glob(schemaFiles, "schema/*.graphqls")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	texts := make([]string, 0, len(names))
	for _, name := range names {
		text, err := schemaFiles.ReadFile(name)
		if err != nil {
			panic(err) // the files are part of the program
		}
		texts = append(texts, string(text))
	}
	return strings.Join(texts, "\n")
}

// newSchema returns the generated schema without the definitions that gqlgen
// adds for its own use and without federation's: they would show in
// introspection, and no client can use them. Gateways read the SDL, which
// holds them as it is written. With @defer goes a promise that is not kept
// here: answers come in one part.
func newSchema() graphql.ExecutableSchema {
	parsed := generated.NewExecutableSchema(generated.Config{}).Schema()
	visible := *parsed
	visible.Directives = maps.Clone(parsed.Directives)
	maps.DeleteFunc(visible.Directives, func(name string, _ *ast.DirectiveDefinition) bool { return !isClientDirective(name) })
	visible.Types = maps.Clone(parsed.Types)
	maps.DeleteFunc(visible.Types, func(_ string, definition *ast.Definition) bool { return isPluginType(definition) })
	return generated.NewExecutableSchema(generated.Config{Schema: &visible, Resolvers: resolvers{}})
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
