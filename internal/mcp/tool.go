package mcp

import (
	"encoding/json"
	"errors"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// tool is one thing that an assistant can ask for: an operation of a document.
type tool struct {
	name, description   string
	document, operation string
	arguments           map[string]argument
	// objects are the variables whose fields are arguments, and which have to be
	// there even when none of the fields is given.
	objects []string
	input   *schema
	output  *schema
	answer  *shape
	// image is the path to a field of the answer whose picture the assistant gets
	// as an image; nil for none.
	image []string
}

// argument says where an argument of a tool goes.
type argument struct {
	variable string
	// field is the field of the variable, an input object; "" for the whole of it.
	field string
}

// maker makes tools of documents.
type maker struct{ schema *ast.Schema }

func newMaker(sdl string) (maker, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: sdl})
	if err != nil {
		return maker{}, fmt.Errorf("mcp: read the schema: %w", err)
	}
	return maker{schema: schema}, nil
}

// load parses and validates a document.
func (m maker) load(document string) (*ast.QueryDocument, error) {
	doc, errs := gqlparser.LoadQueryWithRules(m.schema, document, rules.NewDefaultRules())
	if len(errs) > 0 {
		return nil, errs
	}
	return doc, nil
}

// make returns the tool of an operation of a document. isSpread names the
// variables whose fields become arguments of their own.
func (m maker) make(document string, op *ast.OperationDefinition, isSpread func(variable string) bool) (*tool, error) {
	if op.Operation != ast.Query {
		return nil, errors.New("it is not a query")
	}
	t := &tool{
		name: op.Name, description: op.Description, document: document, operation: op.Name,
		arguments: map[string]argument{}, input: newObject(),
	}
	in, pages := inputs{schema: m.schema, root: t.input}, pageVariables(op)
	for _, variable := range op.VariableDefinitions {
		name := variable.Variable
		definition := m.schema.Types[variable.Type.Name()]
		if isSpread(name) && definition.Kind == ast.InputObject {
			in.spread(definition)
			for _, field := range definition.Fields {
				t.arguments[field.Name] = argument{variable: name, field: field.Name}
			}
			if variable.Type.NonNull {
				t.objects = append(t.objects, name)
			}
			continue
		}
		in.add(variable, pages[name])
		t.arguments[name] = argument{variable: name}
	}
	t.output, t.answer = outputs(m).of(op.SelectionSet, m.schema.Query)
	return t, nil
}

// describe returns what clients are told of the tool.
func (t *tool) describe() (*sdk.Tool, error) {
	input, err := json.Marshal(t.input)
	if err != nil {
		return nil, fmt.Errorf("describe the arguments: %w", err)
	}
	output, err := json.Marshal(t.output)
	if err != nil {
		return nil, fmt.Errorf("describe the result: %w", err)
	}
	no := false
	return &sdk.Tool{
		Name:         t.name,
		Description:  t.description,
		InputSchema:  json.RawMessage(input),
		OutputSchema: json.RawMessage(output),
		Annotations:  &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no},
	}, nil
}
