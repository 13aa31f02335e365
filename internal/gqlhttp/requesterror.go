package gqlhttp

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/fault"
)

// requestErrors makes the refusals of an operation that the executor did not
// execute. Errors that wrap a *fault.Error are told with its sentence; whoever
// classified them has logged what there was to log. The text of any other may
// quote anything and stays here.
func (c *call) requestErrors(ctx context.Context, list gqlerror.List) []refusal {
	if len(list) == 0 {
		return c.refuse(ctx, errors.New("refused without an error"))
	}
	refusals := make([]refusal, 0, len(list))
	for _, err := range list {
		var r refusal
		if classified, ok := errors.AsType[*fault.Error](err); ok {
			r = refusal{kind: classified.Kind, message: classified.Public, retryAfter: classified.RetryAfter}
		} else {
			r = c.unclassified(ctx, fault.Internal, err)
		}
		r.locations = err.Locations
		refusals = append(refusals, r)
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
