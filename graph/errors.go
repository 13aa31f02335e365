package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph/model"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
)

const internalSentence = "Internal error"

// maxMessageBytes bounds the validator's messages, which quote names of the
// document, however long these are.
const maxMessageBytes = 256

// presenter turns every error into what the client may read of it, and logs
// the ones that nobody classified.
type presenter struct {
	logger *slog.Logger
	schema *ast.Schema
}

// present implements graphql.ErrorPresenterFunc. Errors come with the path at
// which gqlgen met them.
func (p presenter) present(ctx context.Context, err error) *gqlerror.Error {
	met := &gqlerror.Error{}
	if !errors.As(err, &met) {
		met = gqlerror.Wrap(err)
	}
	failure := p.classify(ctx, met)
	shown := &gqlerror.Error{
		Message:    failure.Public,
		Locations:  met.Locations,
		Extensions: extensions(ctx, failure),
	}
	if field := graphql.GetFieldContext(ctx); field != nil {
		shown.Path = responsePath(field, met)
		if position := field.Field.Position; len(shown.Locations) == 0 && position != nil {
			shown.Locations = []gqlerror.Location{{Line: position.Line, Column: position.Column}}
		}
	}
	return shown
}

// classify finds what an error is: ours, an argument's, gqlparser's, or
// nobody's, which is logged once per operation however many fields it struck.
func (p presenter) classify(ctx context.Context, met *gqlerror.Error) *fault.Error {
	if refused, ok := errors.AsType[*model.InputError](met.Err); ok {
		return fault.New(fault.BadUserInput, argumentSentence(ctx, met.Path, refused))
	}
	if classified, ok := errors.AsType[*fault.Error](met.Err); ok {
		return classified
	}
	if code, ok := met.Extensions["code"].(string); ok {
		return p.requestError(ctx, code, met)
	}
	if kind := fault.KindOf(met.Err); kind == fault.Canceled {
		return fault.New(kind, "The request was cancelled.")
	} else if kind == fault.Timeout {
		return fault.New(kind, "The request took too long.")
	}
	p.logOnce(ctx, met)
	return fault.New(fault.Internal, internalSentence)
}

// requestError gives gqlgen's and gqlparser's own errors their kinds. They
// carry one of two codes, and say the rest by which of their fields are set.
func (p presenter) requestError(ctx context.Context, code string, met *gqlerror.Error) *fault.Error {
	switch {
	case code == errcode.ParseFailed:
		return fault.New(fault.ParseFailed, "The document is not valid GraphQL"+at(met.Locations)+".")
	case met.Rule != "":
		return fault.New(fault.ValidationFailed, shortened(met.Message))
	case len(met.Path) > 0 && met.Path[0] == ast.PathName("variable"):
		return fault.New(fault.BadUserInput, p.variableSentence(ctx, met.Path[1:]))
	}
	return fault.New(fault.OperationResolution,
		"The document must hold an operation of the given name, or a single operation when none is given.")
}

func at(locations []gqlerror.Location) string {
	if len(locations) == 0 {
		return ""
	}
	return fmt.Sprintf(": line %d, column %d", locations[0].Line, locations[0].Column)
}

// shortened cuts text to maxMessageBytes, between characters.
func shortened(text string) string {
	if len(text) <= maxMessageBytes {
		return text
	}
	cut := maxMessageBytes
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}

// responsePath is the path of the field in the response. gqlgen appends the
// place inside the arguments to it, which is no part of any response; an index
// that an entity's error carries is.
func responsePath(field *graphql.FieldContext, met *gqlerror.Error) ast.Path {
	path := field.Path()
	if _, isArgument := errors.AsType[*model.InputError](met.Err); !isArgument && len(met.Path) > len(path) {
		return met.Path
	}
	return path
}

// argumentSentence names the argument by the place that gqlgen met the error
// at, or by the name that the error brings itself.
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
		// Nobody is there to read it; should a proxy be, it is no error of the request.
		return string(fault.Timeout)
	}
	return string(fault.Internal)
}

// recovered implements graphql.RecoverFunc. The log gets the stack, and of the
// panic's value only what cannot hold anything of a request.
func (p presenter) recovered(ctx context.Context, panicked any) error {
	p.logger.ErrorContext(ctx, "panic in a resolver",
		"request_id", exchange.FromContext(ctx).RequestID, "panic", panicText(panicked), "stack", string(debug.Stack()))
	return fault.New(fault.Internal, internalSentence)
}

func panicText(panicked any) string {
	if err, ok := panicked.(runtime.Error); ok {
		return err.Error()
	}
	return reflect.TypeOf(panicked).String()
}

// logOnce logs an error that nobody classified, once per operation.
func (p presenter) logOnce(ctx context.Context, met *gqlerror.Error) {
	if op := operationFrom(ctx); op != nil && met.Err != nil && reflect.TypeOf(met.Err).Comparable() {
		if _, seen := op.logged.LoadOrStore(met.Err, struct{}{}); seen {
			return
		}
	}
	p.logger.ErrorContext(ctx, "unclassified error",
		"request_id", exchange.FromContext(ctx).RequestID, "path", met.Path.String(), "error", met.Error())
}

// limitExceeded is the error of an operation that asks for too much.
func limitExceeded(format string, limit int) *fault.Error {
	return fault.New(fault.LimitExceeded, fmt.Sprintf(format, limit))
}
