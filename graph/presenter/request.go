package presenter

import (
	"context"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/core"

	"paymentlinks/graph/model"
	"paymentlinks/internal/fault"
)

// VariableElement begins the paths that gqlparser gives to errors of variables.
const VariableElement = ast.PathName("variable")

// maxQuotedBytes bounds what an error may repeat of a request.
const maxQuotedBytes = 256

// requestError returns the kind and sentence of an error that gqlgen, gqlparser
// or package validation found before execution; nil for any other. gqlparser's
// own messages quote the document and the variables, so each is replaced. Which
// error it is can be seen from its code, rule and path.
func (p *Presenter) requestError(ctx context.Context, raised *gqlerror.Error) *fault.Error {
	if graphql.GetFieldContext(ctx) != nil {
		return nil
	}
	code, _ := raised.Extensions["code"].(string)
	switch {
	case len(raised.Path) > 1 && raised.Path[0] == VariableElement:
		return fault.New(fault.BadUserInput, p.variableSentence(variableOf(ctx, raised), raised.Path[2:], raised.Err))
	case code == errcode.ParseFailed:
		return fault.New(fault.ParseFailed, p.quoted(raised, "The document is not valid GraphQL syntax."))
	case raised.Rule != "":
		return fault.New(fault.ValidationFailed, p.quoted(raised, ruleSentence(raised)))
	case code == errcode.ValidationFailed:
		return resolutionError(ctx)
	}
	return nil
}

// quoted returns the validator's own words where the settings ask for them.
func (p *Presenter) quoted(raised *gqlerror.Error, sentence string) string {
	if !p.config.Suggestions {
		return sentence
	}
	return cut(raised.Message)
}

// cut bounds a text that may hold names of the request.
func cut(text string) string {
	if len(text) <= maxQuotedBytes {
		return text
	}
	end := maxQuotedBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// resolutionError tells why no operation was chosen from a document.
func resolutionError(ctx context.Context) *fault.Error {
	if !graphql.HasOperationContext(ctx) {
		return fault.New(fault.OperationResolution, "No operation could be chosen from the document.")
	}
	op := graphql.GetOperationContext(ctx)
	switch {
	case op.Doc == nil: // gqlgen gives none to see when it holds no operation
		doc, err := parser.ParseQuery(&ast.Source{Input: op.RawQuery})
		if err != nil || len(doc.Fragments) == 0 {
			return fault.New(fault.ParseFailed, "The document is empty.")
		}
		return fault.New(fault.OperationResolution, "The document holds no operation.")
	case op.OperationName == "":
		return fault.New(fault.OperationResolution, "The document holds several operations: operationName must say which.")
	}
	return fault.New(fault.OperationResolution, "The document holds no operation of that name.")
}

// variableOf returns the variable that an error of a request is about; nil when
// it is about none or the context does not know it.
func variableOf(ctx context.Context, raised *gqlerror.Error) *ast.VariableDefinition {
	if len(raised.Path) < 2 || raised.Path[0] != VariableElement || !graphql.HasOperationContext(ctx) {
		return nil
	}
	name, isName := raised.Path[1].(ast.PathName)
	operation := graphql.GetOperationContext(ctx).Operation
	if !isName || operation == nil {
		return nil
	}
	return operation.VariableDefinitions.ForName(string(name))
}

// variableSentence says what a variable must be, at which place inside it. The
// cause's text may hold the value, unless it is an InputError.
func (p *Presenter) variableSentence(variable *ast.VariableDefinition, inside ast.Path, cause error) string {
	if variable == nil {
		return "A variable does not fit its type."
	}
	expected := variable.Type
	for i, element := range inside {
		switch element := element.(type) {
		case ast.PathIndex:
			if expected.Elem != nil {
				expected = expected.Elem
			}
		case ast.PathName:
			owner := p.config.Schema.Types[expected.Name()]
			field := owner.Fields.ForName(string(element))
			if field == nil {
				return p.place(variable, inside[:i]) + " has " + p.unknownField(owner, string(element))
			}
			expected = field.Type
		}
	}
	if refused, ok := errors.AsType[*model.InputError](cause); ok {
		return p.place(variable, inside) + " " + refused.Reason + "."
	}
	return p.place(variable, inside) + " " + p.requirement(expected) + "."
}

// unknownField says that a type does not define a field.
func (p *Presenter) unknownField(owner *ast.Definition, name string) string {
	if !p.config.Suggestions {
		return "a field that " + owner.Name + " does not define."
	}
	names := make([]string, len(owner.Fields))
	for i, field := range owner.Fields {
		names[i] = field.Name
	}
	sentence := "a field " + strconv.Quote(cut(name)) + " that " + owner.Name + " does not define."
	if similar := core.SuggestionList(cut(name), names); len(similar) > 0 {
		sentence += " Did you mean " + core.QuotedOrList(similar...) + "?"
	}
	return sentence
}

func (p *Presenter) requirement(expected *ast.Type) string {
	definition := p.config.Schema.Types[expected.NamedType]
	switch {
	case definition != nil && definition.Kind == ast.Enum:
		return NotOneOf(definition)
	case expected.NonNull:
		return "must be given, as a value of type " + expected.String()
	}
	return "must be of type " + expected.String()
}

// NotOneOf is the reason to refuse a value of an enum.
func NotOneOf(enum *ast.Definition) string { return "must be one of the values of " + enum.Name }

// place names a variable and the place inside it. Without suggestions it does so
// as far as the names are the schema's: the caller's own may be anything.
func (p *Presenter) place(variable *ast.VariableDefinition, inside ast.Path) string {
	if p.config.Suggestions || p.isInputName(variable.Variable) {
		return `Variable "$` + dotted(append(ast.Path{ast.PathName(cut(variable.Variable))}, inside...)) + `"`
	}
	if len(inside) > 0 {
		return `A variable, at "` + dotted(inside) + `",`
	}
	return "A variable"
}

// isInputName reports whether an argument or an input field has the name.
func (p *Presenter) isInputName(name string) bool {
	for _, definition := range p.config.Schema.Types {
		if definition.Kind == ast.InputObject && definition.Fields.ForName(name) != nil {
			return true
		}
		for _, field := range definition.Fields {
			if field.Arguments.ForName(name) != nil {
				return true
			}
		}
	}
	return false
}
