package graph

//go:generate go run github.com/99designs/gqlgen generate

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql/executor"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/generated"
	"paymentlinks/graph/model"
	"paymentlinks/graph/presenter"
	"paymentlinks/graph/validation"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// DefaultDocumentCacheBytes is what Config.DocumentCacheBytes is when 0.
const DefaultDocumentCacheBytes = 16 << 20

// LinkSource gives the list of a caller, who has credentials, fetched
// no earlier than notBefore unless that is zero. It is called at most once per
// operation. Its errors are *fault.Error or those of ctx.
type LinkSource interface {
	Snapshot(ctx context.Context, t tenant.Tenant, notBefore time.Time) (*paymentlink.Snapshot, error)
}

// Settings say what the schema shows, and what is kept of documents.
type Settings struct {
	// Introspection answers __schema and __type. Without it a document that asks
	// for __schema is refused, and __type is null.
	Introspection bool
	// Suggestions lets errors of documents and variables name what is wrong as
	// the request names it, and say "Did you mean": where the schema can be read,
	// they tell nothing that it does not. Without it, errors hold nothing of the
	// request.
	Suggestions bool
	// DocumentCacheBytes bounds the memory that parsed documents may take while
	// they are kept; DefaultDocumentCacheBytes when 0.
	DocumentCacheBytes int64
}

// Config says where links come from and what one operation may cost. Source
// is required; everything else has a default.
type Config struct {
	Settings

	// Source gives the caller's list.
	Source LinkSource
	// Now is the clock; time.Now when nil. It is read once per operation.
	Now func() time.Time
	// Logger takes panics and errors that nobody classified; they are dropped when nil.
	Logger *slog.Logger
	// Limits bound what one operation costs and spends.
	Limits cost.Limits
	// Reset is told why a client who follows changes has to begin anew, by a word
	// of Resets; nothing is told when nil. It must return at once.
	Reset func(cause string)
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	c.DocumentCacheBytes = cmp.Or(c.DocumentCacheBytes, DefaultDocumentCacheBytes)
	return c
}

// Resets are the causes that Config.Reset is told.
func Resets() []string {
	return []string{model.ResetFirst, model.ResetUnknownVersion, model.ResetTooManyVersions}
}

// NewExecutor returns gqlgen's executor over our schema and resolvers. It is
// safe for concurrent use. Variables are to be decoded with
// json.Decoder.UseNumber, and request errors to be passed through its
// DispatchError, with the operation in the context: it gives them their codes
// and sentences, and wraps a *fault.Error in each.
func NewExecutor(config Config) *Executor {
	return newExecutor(config, false)
}

// newExecutor leaves lists to gqlgen for the tests that compare.
func newExecutor(config Config, listsByGqlgen bool) *Executor {
	config = config.withDefaults()
	schema := newSchema()
	exec := executor.New(schema)
	errors := presenter.New(presenter.Config{
		Logger: config.Logger, Schema: schema.Schema(), Suggestions: config.Suggestions, IsNew: isNewError,
	})
	exec.SetErrorPresenter(errors.Present)
	exec.SetRecoverFunc(errors.Recover)
	exec.SetQueryCache(handed{})
	exec.Use(validation.Variables{Schema: schema.Schema()})
	exec.Use(cost.NewComplexity(config.Limits))
	exec.Use(operationSetUp{config: config})
	tracing := newFederatedTracing()
	exec.Use(fieldMiddleware{introspection: config.Introspection, listsByGqlgen: listsByGqlgen, tracing: tracing})
	exec.Use(tracing)
	return &Executor{
		Executor:  exec,
		documents: newDocuments(config.DocumentCacheBytes),
		validator: validation.New(schema.Schema(), validation.Options{Introspection: config.Introspection, Suggestions: config.Suggestions}),
	}
}

var _ generated.ResolverRoot = resolvers{}
