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

// newSchema returns the generated schema without the definitions that gqlgen's
// federation plugin adds for its own use. They would show in introspection,
// and no specification knows them.
func newSchema() graphql.ExecutableSchema {
	parsed := generated.NewExecutableSchema(generated.Config{}).Schema()
	visible := *parsed
	visible.Types = maps.Clone(parsed.Types)
	maps.DeleteFunc(visible.Types, func(_ string, definition *ast.Definition) bool {
		return isPluginType(definition)
	})
	visible.Directives = maps.Clone(parsed.Directives)
	delete(visible.Directives, "entityResolver")
	return generated.NewExecutableSchema(generated.Config{Schema: &visible, Resolvers: resolvers{}})
}

// isPluginType reports whether gqlgen made up the type: Entity, whose fields
// are its entity resolvers, and the inputs of those.
func isPluginType(definition *ast.Definition) bool {
	switch definition.Kind {
	case ast.Object:
		return definition.Name == "Entity"
	case ast.InputObject:
		return definition.Position != nil && definition.Position.Src != nil && definition.Position.Src.BuiltIn
	}
	return false
}
