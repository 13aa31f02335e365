package mcp

import (
	"encoding/json"
	"errors"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// tool is one thing that an assistant can ask for.
type tool struct {
	name, description string
	document          string
	// operations are alternatives: the arguments decide which one is executed.
	operations []operation
	input      *schema
	output     *schema
	answer     *shape
	// image is the path to a field of the answer whose picture the assistant gets
	// as an image; nil for none.
	image []string
}

// operation is one operation of a tool's document.
type operation struct {
	name      string
	arguments map[string]argument
	// decisive are the arguments that no other operation of the tool has.
	decisive []string
}

// argument says where an argument of a tool goes.
type argument struct {
	variable string
	// field is the field of the variable, an input object; "" for the whole of it.
	field string
	// isPage tells that the argument is the size of a page.
	isPage     bool
	isRequired bool
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
	doc, errs := gqlparser.LoadQuery(m.schema, document)
	if len(errs) > 0 {
		return nil, errs
	}
	return doc, nil
}

// make returns the tool of some operations of a document. isSpread names
// the variables whose fields become arguments of their own.
func (m maker) make(name, document string, operations ast.OperationList, isSpread func(variable string) bool) (*tool, error) {
	first := operations[0]
	t := &tool{name: name, description: first.Description, document: document, input: newObject()}
	in := inputs{schema: m.schema, root: t.input}
	for _, op := range operations {
		if op.Operation != ast.Query {
			return nil, errors.New("it is not a query")
		}
		pages := pageVariables(op)
		known := operation{name: op.Name, arguments: map[string]argument{}}
		for _, variable := range op.VariableDefinitions {
			arguments := in.add(variable, isSpread(variable.Variable), pages[variable.Variable])
			for name, a := range arguments {
				known.arguments[name] = a
			}
		}
		t.operations = append(t.operations, known)
	}
	t.decide()
	t.output, t.answer = outputs{schema: m.schema}.of(first.SelectionSet, m.schema.Query)
	return t, nil
}

// decide finds out which arguments decide between the operations, and which
// are required whatever the operation.
func (t *tool) decide() {
	count := map[string]int{}
	for _, op := range t.operations {
		for name := range op.arguments {
			count[name]++
		}
	}
	for i := range t.operations {
		op := &t.operations[i]
		for name, a := range op.arguments {
			switch {
			case count[name] < len(t.operations):
				op.decisive = append(op.decisive, name)
			case a.isRequired && i == 0:
				t.input.require(name)
			}
		}
	}
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
