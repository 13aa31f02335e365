package graph

import (
	"embed"
	"io/fs"
	"maps"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

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

// APISDL returns the schema as clients see it, for their code generators: without
// federation's definitions, whose directives not all of them can read.
func APISDL() string {
	schema := *newSchema().Schema()
	schema.SchemaDirectives = nil
	schema.Types = maps.Clone(schema.Types)
	maps.DeleteFunc(schema.Types, func(name string, _ *ast.Definition) bool { return isFederation(name) })
	for name, definition := range schema.Types {
		schema.Types[name] = forClients(definition)
	}
	schema.Query = schema.Types[schema.Query.Name]
	var out strings.Builder
	formatter.NewFormatter(&out, formatter.WithIndent("  ")).FormatSchema(&schema)
	return out.String()
}

// isFederation reports whether a name is of the subgraph specification: those
// of types and root fields begin with an underscore, and introspection's with two.
func isFederation(name string) bool {
	return strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "__")
}

// forClients returns a copy without federation's fields and directives.
func forClients(definition *ast.Definition) *ast.Definition {
	clean := *definition
	clean.Directives = clientDirectives(definition.Directives)
	clean.EnumValues = nil
	for _, value := range definition.EnumValues {
		copied := *value
		copied.Directives = clientDirectives(value.Directives)
		clean.EnumValues = append(clean.EnumValues, &copied)
	}
	clean.Fields = nil
	for _, field := range definition.Fields {
		if isFederation(field.Name) {
			continue
		}
		copied := *field
		copied.Directives = clientDirectives(field.Directives)
		copied.Arguments = nil
		for _, argument := range field.Arguments {
			copiedArgument := *argument
			copiedArgument.Directives = clientDirectives(argument.Directives)
			copied.Arguments = append(copied.Arguments, &copiedArgument)
		}
		clean.Fields = append(clean.Fields, &copied)
	}
	return &clean
}

func clientDirectives(all ast.DirectiveList) ast.DirectiveList {
	var kept ast.DirectiveList
	for _, directive := range all {
		if isClientDirective(directive.Name) {
			kept = append(kept, directive)
		}
	}
	return kept
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
