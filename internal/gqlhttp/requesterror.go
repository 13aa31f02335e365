package gqlhttp

import (
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/fault"
)

// maxPresented bounds the request errors that are looked at. A document has at
// most about as many as it has tokens.
const maxPresented = 1000

// requestErrors is why the executor did not execute an operation. Errors that
// wrap a *fault.Error are told with its sentence; whoever classified them has
// logged what there was to log. Errors that say the same become one with the
// places of all: a reader learns of one fault, and where it has to be mended.
func requestErrors(list gqlerror.List) error {
	if len(list) == 0 {
		return errors.New("refused without an error")
	}
	var faults []*fault.Error
	for _, err := range list {
		classified, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return err
		}
		same := slices.IndexFunc(faults, func(f *fault.Error) bool { return f.Kind == classified.Kind && f.Public == classified.Public })
		if same < 0 {
			same = len(faults)
			faults = append(faults, &fault.Error{Kind: classified.Kind, Public: classified.Public, RetryAfter: classified.RetryAfter, Limit: classified.Limit})
		}
		for _, at := range err.Locations {
			faults[same].At = append(faults[same].At, fault.Position{Line: at.Line, Column: at.Column})
		}
	}
	joined := make([]error, len(faults))
	for i, f := range faults {
		joined[i] = f
	}
	return errors.Join(joined...)
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
