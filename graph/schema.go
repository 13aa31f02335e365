package graph

import (
	"embed"
	"io/fs"
	"maps"
	"strings"

	"github.com/99designs/gqlgen/graphql"

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

// newSchema returns the generated schema as clients may see it. Gateways read
// the SDL, which holds federation's definitions as it is written. With @defer
// goes a promise that is not kept here: answers come in one part.
func newSchema() graphql.ExecutableSchema {
	parsed := generated.NewExecutableSchema(generated.Config{}).Schema()
	visible := *parsed
	visible.Directives, visible.Types = maps.Clone(parsed.Directives), maps.Clone(parsed.Types)
	withoutPluginTypes(&visible)
	withPublishedLocations(&visible)
	return generated.NewExecutableSchema(generated.Config{Schema: &visible, Resolvers: resolvers{}})
}
