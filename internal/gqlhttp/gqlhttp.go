package gqlhttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/overload"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

// The defaults of Config.
const (
	DefaultMaxBodyBytes   = 1 << 20
	DefaultMaxHeaderBytes = 64 << 10
	DefaultMaxAnswerBytes = 32 << 20
	DefaultRequestTimeout = 10 * time.Second
	DefaultBodyTimeout    = 5 * time.Second
	DefaultReaderTimeout  = 10 * time.Second
	DefaultMaxErrors      = 10
)

// Off as Config.AnswerBytes keeps no answers.
const Off = -1

// ServerMaxHeaderBytes is what the http.Server's MaxHeaderBytes should be: it
// counts the request line too, and leaves room for our own limit, which
// answers in JSON, to speak first.
const ServerMaxHeaderBytes = 256 << 10

// Identifier says who is calling.
type Identifier interface {
	// Identify returns the caller's pair, the zero value and no error when the
	// caller brought none, and a *fault.Error when what it brought is malformed
	// or not valid.
	// It waits for nothing beyond the end of ctx.
	Identify(ctx context.Context, r *http.Request) (tenant.Tenant, error)
}

// Guard refuses documents that would cost too much to validate or execute.
type Guard interface {
	// Parse returns no error for a document that may go on to validation, else a
	// *fault.Error. The document is nil if it did not have to be parsed, and else
	// the caller's own.
	Parse(document string) (*ast.QueryDocument, error)
}

// Settings are the bounds of the edge, and who may reach it.
type Settings struct {
	// PersistedGETOnly refuses GET requests that bring a document's text.
	PersistedGETOnly bool
	// LeadBrowsers sends a browser that asks for a page to the folder of the
	// API's path, where the playground is. Without it browsers are told that
	// there is none.
	LeadBrowsers bool
	// NoCompression sends answers as they are, whatever the client accepts.
	NoCompression bool
	// AnswerBytes bounds the memory of kept answers; 0 means
	// answer.DefaultMaxBytes, and Off keeps none.
	AnswerBytes int64

	// AllowedOrigins are the browser origins ("https://shop.example") whose
	// pages may call the API; none by default, and no wildcard.
	AllowedOrigins []string
	// AllowedHosts, when not nil, are the only names beside loopback's own that
	// the Host header may carry, whatever the port.
	AllowedHosts []string
	// TrustedProxies are the networks (10.0.0.0/8) and addresses of proxies whose
	// X-Forwarded-For tells the log who the client is; none by default.
	TrustedProxies []string
	// MaxBodyBytes bounds a request's body; 0 means DefaultMaxBodyBytes.
	MaxBodyBytes int64
	// MaxHeaderBytes bounds a request's header fields, names and values
	// together; 0 means DefaultMaxHeaderBytes.
	MaxHeaderBytes int
	// MaxAnswerBytes bounds an answer before compression; 0 means
	// DefaultMaxAnswerBytes.
	MaxAnswerBytes int
	// MaxErrors bounds the errors of one refused request; 0 means
	// DefaultMaxErrors. Errors of an execution are never dropped.
	MaxErrors int
	// RequestTimeout bounds a whole request; 0 means DefaultRequestTimeout.
	RequestTimeout time.Duration
	// BodyTimeout bounds the reading of a body; 0 means DefaultBodyTimeout.
	BodyTimeout time.Duration
	// ReaderTimeout is how long the client may take to read 64 KiB of a long
	// answer; 0 means DefaultReaderTimeout.
	ReaderTimeout time.Duration
}

// Config says what the edge serves and within which bounds. Executor, Callers
// and Guard are required.
type Config struct {
	Settings

	// Executor validates and executes operations. Its DispatchError presents
	// request errors: of those that wrap a *fault.Error the edge tells the
	// sentence, of others that there was an internal error.
	Executor graphql.GraphExecutor
	// Callers says who is asking.
	Callers Identifier
	// Guard checks every document before Executor sees it.
	Guard Guard
	// Persisted knows the documents that requests name instead of bringing; nil
	// means that none can be named.
	Persisted *persisted.Store
	// Lists tells which list answers are made of, so that finished ones can be
	// kept; nil keeps none.
	Lists Lists
	// Memory bounds what is in flight; nil bounds nothing.
	Memory *overload.Memory
	// Tenants holds each tenant to its bounds; nil bounds nobody. With a rate, no
	// connection answers by itself: each request is counted here.
	Tenants *overload.Tenants
	// Events hear how requests end.
	Events Events
	// Challenge returns the WWW-Authenticate value of a 401 answer for an error
	// of Callers; nil is always "BP-User-Token".
	Challenge func(err error) string
	// AccessLog says which requests are logged; "" means LogFailures.
	AccessLog AccessLog
	// Logger gets the lines of requests and of what went wrong; nil discards them.
	Logger *slog.Logger
	// Now is the clock behind Cache-Control; nil means time.Now.
	Now func() time.Time
}

// API is the handler of the API's paths, and what other protocols over the same
// operations share with it. It is safe for concurrent use.
type API struct{ t *transport }

// New returns the API. It reports what is missing from cfg and origins and hosts
// that are none.
func New(cfg Config) (*API, error) {
	if cfg.Executor == nil || cfg.Callers == nil || cfg.Guard == nil {
		return nil, errors.New("gqlhttp: Executor, Callers and Guard are required")
	}
	cfg.setDefaults()
	t, err := newTransport(cfg)
	if err != nil {
		return nil, err
	}
	return &API{t: t}, nil
}

// ServeHTTP answers a request to one of the API's paths.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.t.Do(w, r, a.t.cfg.Executor) }

// Forget ends all answers that were kept, also where a connection sends them by
// itself. It is for an API in whose place another comes.
func (a *API) Forget() {
	if a.t.answers != nil {
		a.t.answers.Forget()
	}
}

func (cfg *Config) setDefaults() {
	if cfg.MaxBodyBytes == 0 {
		cfg.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if cfg.MaxHeaderBytes == 0 {
		cfg.MaxHeaderBytes = DefaultMaxHeaderBytes
	}
	if cfg.MaxAnswerBytes == 0 {
		cfg.MaxAnswerBytes = DefaultMaxAnswerBytes
	}
	if cfg.MaxErrors == 0 {
		cfg.MaxErrors = DefaultMaxErrors
	}
	if cfg.RequestTimeout == 0 {
		cfg.RequestTimeout = DefaultRequestTimeout
	}
	if cfg.BodyTimeout == 0 {
		cfg.BodyTimeout = DefaultBodyTimeout
	}
	if cfg.ReaderTimeout == 0 {
		cfg.ReaderTimeout = DefaultReaderTimeout
	}
	if cfg.Challenge == nil {
		cfg.Challenge = func(error) string { return "BP-User-Token" }
	}
	if cfg.AccessLog == "" {
		cfg.AccessLog = LogFailures
	}
	cfg.Events = cfg.Events.orNothing()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
}
