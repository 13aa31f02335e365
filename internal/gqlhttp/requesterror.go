package gqlhttp

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/fault"
)

// maxQuotedBytes bounds a message of the validator, where those are let through.
const maxQuotedBytes = 256

// requestErrors makes the refusals of an operation that gqlgen did not accept.
// gqlparser's messages quote the document and the variables, so each becomes a
// sentence of ours, chosen by the rule that was broken, with the place.
func (c *call) requestErrors(ctx context.Context, params *graphql.RawParams, op *graphql.OperationContext, list gqlerror.List) []refusal {
	list = list[:min(len(list), c.t.cfg.MaxErrors)]
	refusals := make([]refusal, 0, len(list))
	for _, err := range list {
		r := c.requestError(ctx, params, op, err)
		r.locations = append(r.locations, err.Locations...)
		refusals = append(refusals, r)
	}
	return refusals
}

func (c *call) requestError(ctx context.Context, params *graphql.RawParams, op *graphql.OperationContext, err *gqlerror.Error) refusal {
	code, _ := err.Extensions["code"].(string)
	classified, isFault := errors.AsType[*fault.Error](err)
	switch {
	case isFault:
		return refusal{kind: classified.Kind, message: classified.Public, retryAfter: classified.RetryAfter}
	case code == errcode.ParseFailed:
		return refusal{kind: fault.ParseFailed, message: c.quoted(err, "The document is not valid GraphQL syntax.")}
	case err.Rule != "":
		return refusal{kind: fault.ValidationFailed, message: c.quoted(err, ruleSentence(err.Rule))}
	case len(err.Path) > 1 && err.Path[0] == ast.PathName("variable"):
		return c.variableError(params, op, err)
	case op.Operation == nil:
		return resolutionError(params)
	}
	c.logFailure(ctx, err)
	return refusal{kind: fault.Internal, message: internalError}
}

// quoted returns the validator's own words where the settings ask for them.
func (c *call) quoted(err *gqlerror.Error, sentence string) string {
	if !c.t.cfg.Suggestions {
		return sentence
	}
	text := err.Message
	if len(text) > maxQuotedBytes {
		cut := maxQuotedBytes
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	return text
}

// variableError tells of a variable's value by the place of its definition.
func (c *call) variableError(params *graphql.RawParams, op *graphql.OperationContext, err *gqlerror.Error) refusal {
	r := refusal{kind: fault.BadUserInput, message: "The value of a variable does not fit its type."}
	name, ok := err.Path[1].(ast.PathName)
	if !ok || op.Operation == nil {
		return r
	}
	value, given := params.Variables[string(name)]
	switch {
	case !given:
		r.message = "A variable that the operation requires is missing."
	case value == nil:
		r.message = "A variable that must not be null is null."
	}
	r.message = c.quoted(err, r.message)
	if definition := op.Operation.VariableDefinitions.ForName(string(name)); definition != nil && definition.Position != nil {
		r.locations = []gqlerror.Location{{Line: definition.Position.Line, Column: definition.Position.Column}}
	}
	return r
}

// resolutionError tells why no operation was chosen from a valid document.
func resolutionError(params *graphql.RawParams) refusal {
	doc, err := parser.ParseQuery(&ast.Source{Input: params.Query})
	switch {
	case err != nil || (len(doc.Operations) == 0 && len(doc.Fragments) == 0):
		return refusal{kind: fault.ParseFailed, message: "The document is empty."}
	case len(doc.Operations) == 0:
		return refusal{kind: fault.OperationResolution, message: "The document holds no operation."}
	case params.OperationName == "":
		return refusal{kind: fault.OperationResolution, message: "The document holds several operations: operationName must say which."}
	}
	return refusal{kind: fault.OperationResolution, message: "The document holds no operation of that name."}
}

// isMutation reports whether a request means a mutation, also one that the
// schema does not know. The document has passed the guard.
func isMutation(params *graphql.RawParams, op *graphql.OperationContext) bool {
	operation := op.Operation
	if operation == nil {
		doc, err := parser.ParseQuery(&ast.Source{Input: params.Query})
		if err != nil {
			return false
		}
		operation = doc.Operations.ForName(params.OperationName)
	}
	return operation != nil && operation.Operation == ast.Mutation
}

// ruleSentence returns our sentence for a rule of the GraphQL specification,
// section 5, by gqlparser's name of it.
func ruleSentence(rule string) string {
	switch rule {
	case "FieldsOnCorrectType", "FieldsOnCorrectTypeWithoutSuggestions":
		return "A field is selected that its type does not have."
	case "ScalarLeafs", "ScalarLeafsWithoutSuggestions":
		return "A field of a composite type needs a selection of subfields, and a leaf must not have one."
	case "KnownArgumentNames", "KnownArgumentNamesWithoutSuggestions":
		return "An argument is given that its field or directive does not have."
	case "ProvidedRequiredArguments":
		return "A required argument is missing."
	case "UniqueArgumentNames":
		return "An argument is given twice."
	case "ValuesOfCorrectType", "ValuesOfCorrectTypeWithoutSuggestions":
		return "A value does not fit its type."
	case "UniqueInputFieldNames":
		return "A field of an input object is given twice."
	case "KnownTypeNames", "KnownTypeNamesWithoutSuggestions":
		return "A type is named that the schema does not have."
	case "KnownDirectives":
		return "A directive is unknown or stands where it may not."
	case "UniqueDirectivesPerLocation":
		return "A directive is repeated at one place."
	case "KnownRootType":
		return "The schema does not support this type of operation."
	case "LoneAnonymousOperation":
		return "An operation without a name must be the only one."
	case "UniqueOperationNames":
		return "Two operations have the same name."
	case "SingleFieldSubscriptions":
		return "A subscription must select exactly one field."
	case "KnownFragmentNames":
		return "A fragment is spread that the document does not define."
	case "FragmentsOnCompositeTypes":
		return "A fragment must be on an object, an interface or a union."
	case "PossibleFragmentSpreads":
		return "A fragment is spread where its type can never occur."
	case "NoFragmentCycles":
		return "A fragment spreads itself."
	case "NoUnusedFragments":
		return "A fragment is never used."
	case "UniqueFragmentNames":
		return "Two fragments have the same name."
	case "NoUndefinedVariables":
		return "A variable is used that the operation does not define."
	case "NoUnusedVariables":
		return "A variable is never used."
	case "UniqueVariableNames":
		return "Two variables have the same name."
	case "VariablesAreInputTypes":
		return "A variable must be of an input type."
	case "VariablesInAllowedPosition":
		return "A variable is used where its type does not fit."
	case "OverlappingFieldsCanBeMerged":
		return "Two fields share a response name but cannot be merged: give one an alias."
	case "MaxIntrospectionDepth":
		return "The introspection query nests too deep."
	}
	return "The document breaks a rule of GraphQL validation."
}
