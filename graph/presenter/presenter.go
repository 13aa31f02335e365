package presenter

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph/model"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
)

// Config says what a Presenter needs. All of it is required.
type Config struct {
	// Logger takes panics and errors that were not classified.
	Logger *slog.Logger
	// Schema is that of the operations.
	Schema *ast.Schema
	// Suggestions lets gqlparser speak for itself, cut to 256 bytes, and errors
	// of variables name them as the request does. Without it errors hold no name
	// that is not the schema's.
	Suggestions bool
	// IsNew reports whether the operation of ctx meets err for the first time.
	// It is called for comparable errors alone.
	IsNew func(ctx context.Context, err error) bool
}

// Presenter turns every error into what the client may read of it, and logs
// the ones that were not classified. It is safe for concurrent use.
type Presenter struct {
	config Config
}

// New returns a Presenter.
func New(config Config) *Presenter { return &Presenter{config: config} }

// Present implements graphql.ErrorPresenterFunc. It returns what the client may
// read of an error. The result wraps a *fault.Error, from which the edge takes
// the status.
func (p *Presenter) Present(ctx context.Context, err error) *gqlerror.Error {
	raised := &gqlerror.Error{}
	if !errors.As(err, &raised) {
		raised = gqlerror.Wrap(err)
	}
	failure := p.classify(ctx, raised)
	shown := &gqlerror.Error{
		Err:        failure,
		Message:    failure.Public,
		Locations:  raised.Locations,
		Extensions: extensions(ctx, failure),
	}
	field := graphql.GetFieldContext(ctx)
	if field != nil {
		shown.Path = responsePath(field, raised)
	}
	if position := positionOf(ctx, field, raised); len(shown.Locations) == 0 && position != nil {
		shown.Locations = []gqlerror.Location{{Line: position.Line, Column: position.Column}}
	}
	return shown
}

// positionOf returns where the field, or else the variable, of an error stands
// in the document; nil when it has neither.
func positionOf(ctx context.Context, field *graphql.FieldContext, raised *gqlerror.Error) *ast.Position {
	if field != nil {
		if field.Field.Field == nil {
			return nil
		}
		return field.Field.Position
	}
	if variable := variableOf(ctx, raised); variable != nil {
		return variable.Position
	}
	return nil
}

// classify finds the kind and the sentence of an error: a fault of ours, one of
// gqlparser's, or a refused argument. Any other is an internal error. It is
// logged once per operation, also when many fields have it.
func (p *Presenter) classify(ctx context.Context, raised *gqlerror.Error) *fault.Error {
	if classified, ok := errors.AsType[*fault.Error](raised.Err); ok {
		return classified
	}
	if refused := p.requestError(ctx, raised); refused != nil {
		return refused
	}
	if refused, ok := errors.AsType[*model.InputError](raised.Err); ok {
		return fault.New(fault.BadUserInput, argumentSentence(ctx, raised.Path, refused))
	}
	if kind := fault.KindOf(raised.Err); kind == fault.Canceled {
		return fault.New(kind, "The request was cancelled.")
	} else if kind == fault.Timeout {
		return fault.New(kind, "The request took too long.")
	}
	p.logOnce(ctx, raised)
	return fault.NewInternal(nil)
}

// responsePath is the path of the field in the response. An error of an argument
// carries a longer path: gqlgen appends the place inside the argument, which the
// response does not have. An error of an entity carries the entity's index, which
// it does have.
func responsePath(field *graphql.FieldContext, raised *gqlerror.Error) ast.Path {
	path := field.Path()
	if _, isArgument := errors.AsType[*model.InputError](raised.Err); !isArgument && len(raised.Path) > len(path) {
		return raised.Path
	}
	return path
}

// argumentSentence says which argument is refused and why. The error names the
// argument, or else the path that gqlgen gave it does.
func argumentSentence(ctx context.Context, path ast.Path, refused *model.InputError) string {
	name := refused.Argument
	if field := graphql.GetFieldContext(ctx); field != nil && name == "" {
		name = dotted(path[min(len(path), len(field.Path())):])
	}
	return `Argument "` + name + `" ` + refused.Reason + "."
}

// dotted writes a path inside arguments: filter.currency[0].
func dotted(path ast.Path) string {
	var text strings.Builder
	for _, element := range path {
		switch element := element.(type) {
		case ast.PathName:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			text.WriteString(string(element))
		case ast.PathIndex:
			text.WriteString("[" + strconv.Itoa(int(element)) + "]")
		}
	}
	return text.String()
}

// extensions are what programs read of an error.
func extensions(ctx context.Context, failure *fault.Error) map[string]any {
	shown := map[string]any{"code": publicCode(failure.Kind)}
	if id := exchange.FromContext(ctx).RequestID; id != "" {
		shown["requestId"] = id
	}
	if failure.RetryAfter > 0 {
		shown["retryAfter"] = int64(math.Ceil(failure.RetryAfter.Seconds()))
	}
	return shown
}

// publicCode is what clients read of a kind in extensions.code.
func publicCode(kind fault.Kind) string {
	switch kind {
	case fault.ParseFailed, fault.ValidationFailed, fault.BadUserInput, fault.OperationResolution, fault.LimitExceeded,
		fault.PersistedNotFound, fault.PersistedUnsupported,
		fault.BadRequest, fault.MethodNotAllowed, fault.NotAcceptable, fault.UnsupportedMediaType, fault.BodyTimeout,
		fault.BodyTooLarge, fault.HeadersTooLarge, fault.Misdirected, fault.CrossSite, fault.RateLimited,
		fault.Overloaded, fault.Timeout,
		fault.Unauthenticated, fault.Forbidden,
		fault.UpstreamMalformed, fault.UpstreamRateLimited, fault.UpstreamUnavailable, fault.UpstreamTimeout,
		fault.UpstreamRejected, fault.Internal:
		return string(kind)
	case fault.Canceled:
		// The caller has left. If a proxy reads the answer, the request was not at fault.
		return string(fault.Timeout)
	}
	return string(fault.Internal)
}

// Recover implements graphql.RecoverFunc. The log gets the stack, and of the
// panic's value only what cannot hold anything of a request.
func (p *Presenter) Recover(ctx context.Context, panicked any) error {
	p.config.Logger.ErrorContext(ctx, "panic in a resolver",
		"request_id", exchange.FromContext(ctx).RequestID, "panic", fault.PanicText(panicked), "stack", string(debug.Stack()))
	return fault.NewInternal(nil)
}

// logOnce logs an error that was not classified, once per operation. Its text and
// the aliases on its path may hold parts of the request. So the log gets the types
// of the error, and the fields by the names of the schema.
func (p *Presenter) logOnce(ctx context.Context, raised *gqlerror.Error) {
	if raised.Err != nil && reflect.TypeOf(raised.Err).Comparable() && !p.config.IsNew(ctx, raised.Err) {
		return
	}
	p.config.Logger.ErrorContext(ctx, "unclassified error", "request_id", exchange.FromContext(ctx).RequestID,
		"field", schemaPath(graphql.GetFieldContext(ctx)), "error_type", errorTypes(raised))
}

// schemaPath names a field and those it is reached by as the schema does:
// "paymentLinks.amount".
func schemaPath(field *graphql.FieldContext) string {
	var names []string
	for ; field != nil; field = field.Parent {
		if field.Field.Field != nil {
			names = append(names, field.Field.Name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// errorTypes names the types of an error and of what it wraps, outermost first.
func errorTypes(err error) string {
	var types []string
	for ; err != nil; err = errors.Unwrap(err) {
		types = append(types, reflect.TypeOf(err).String())
	}
	return strings.Join(types, ": ")
}
