package guard_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// federation is what the code generator adds to our schema files.
const federation = `
directive @link(url: String!, import: [String]) repeatable on SCHEMA
directive @key(fields: String!) repeatable on OBJECT | INTERFACE
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INPUT_FIELD_DEFINITION
scalar _Any
union _Entity = PaymentLink
type _Service { sdl: String }
extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }
`

// schema loads the real schema.
func schema(tb testing.TB) *ast.Schema {
	tb.Helper()
	files, err := filepath.Glob("../../graph/schema/*.graphqls")
	if err != nil || len(files) == 0 {
		tb.Fatalf("schema files: %d, %v", len(files), err)
	}
	sources := []*ast.Source{{Name: "federation", Input: federation, BuiltIn: true}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: filepath.Base(file), Input: string(text)})
	}
	loaded, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		tb.Fatal(err)
	}
	return loaded
}
