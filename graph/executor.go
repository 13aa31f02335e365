package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/graph/validation"
	"paymentlinks/internal/exchange"
)

// Executor is gqlgen's, with documents that are parsed once and validated by
// rules that were prepared before. It is safe for concurrent use.
type Executor struct {
	*executor.Executor

	documents *documents
	validator *validation.Validator
}

var _ graphql.GraphExecutor = (*Executor)(nil)

// CreateOperationContext implements graphql.GraphExecutor. The document that the
// exchange of ctx holds is taken for the text's, and belongs to the executor
// from then on.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	document := e.documents.get(params.Query)
	if document == nil {
		var errs gqlerror.List
		if document, errs = e.validated(ctx, params.Query); len(errs) > 0 {
			return &graphql.OperationContext{
				RawQuery: params.Query, OperationName: params.OperationName, Extensions: params.Extensions, Headers: params.Headers,
				DisableIntrospection: true,
			}, errs
		}
		e.documents.add(params.Query, document)
	}
	return e.Executor.CreateOperationContext(context.WithValue(ctx, handedKey{}, document), params)
}

// validated returns the document of a text, or what is wrong with it.
func (e *Executor) validated(ctx context.Context, text string) (*ast.QueryDocument, gqlerror.List) {
	call := exchange.FromContext(ctx)
	document := call.Document
	call.Document = nil
	if document == nil {
		var err error
		if document, err = parser.ParseQuery(&ast.Source{Input: text}); err != nil {
			return nil, withCode(errcode.ParseFailed, asListed(err))
		}
	}
	if len(document.Operations) == 0 {
		return nil, withCode(errcode.ValidationFailed, gqlerror.Errorf("no operation provided"))
	}
	return document, withCode(errcode.ValidationFailed, e.validator.Validate(document)...)
}

func asListed(err error) *gqlerror.Error {
	if listed, ok := errors.AsType[*gqlerror.Error](err); ok {
		return listed
	}
	return gqlerror.Wrap(err)
}

// withCode gives errors the code by which they are told apart.
func withCode(code string, errs ...*gqlerror.Error) gqlerror.List {
	for _, err := range errs {
		errcode.Set(err, code)
	}
	return errs
}
