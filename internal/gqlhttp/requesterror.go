package gqlhttp

import (
	"context"
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

// requestErrors makes the refusals of an operation that the executor did not
// execute. Errors that say the same become one with the places of all: a reader
// learns of one fault, and where it has to be mended. Errors that wrap a *fault.Error are told with its sentence; whoever
// classified them has logged what there was to log. The text of any other may
// quote anything and stays here.
func (c *call) requestErrors(ctx context.Context, list gqlerror.List) []refusal {
	if len(list) == 0 {
		return c.refuse(ctx, errors.New("refused without an error"))
	}
	var refusals []refusal
	for _, err := range list {
		var r refusal
		if classified, ok := errors.AsType[*fault.Error](err); ok {
			r = refusal{kind: classified.Kind, message: classified.Public, retryAfter: classified.RetryAfter}
		} else {
			r = c.unclassified(ctx, fault.Internal, err)
		}
		same := slices.IndexFunc(refusals, func(s refusal) bool { return s.kind == r.kind && s.message == r.message })
		if same < 0 {
			same = len(refusals)
			refusals = append(refusals, r)
		}
		refusals[same].locations = append(refusals[same].locations, err.Locations...)
	}
	return refusals
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
