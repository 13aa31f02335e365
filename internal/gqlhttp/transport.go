package gqlhttp

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

// transport carries GraphQL operations over HTTP. It is safe for concurrent use.
type transport struct {
	cfg     Config
	origins origins
	hosts   hosts
	proxies proxies
	vary    []string

	answers *answer.Store // nil when none are kept

	buffers     buffers
	compressors compressors
}

var _ graphql.Transport = (*transport)(nil)

func newTransport(cfg Config) (*transport, error) {
	origins, err := newOrigins(cfg.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	hosts, err := newHosts(cfg.AllowedHosts)
	if err != nil {
		return nil, err
	}
	proxies, err := newProxies(cfg.TrustedProxies)
	if err != nil {
		return nil, err
	}
	t := &transport{cfg: cfg, origins: origins, hosts: hosts, proxies: proxies, vary: []string{varyOn(len(origins) > 0)}}
	if t.answers, err = newAnswers(&cfg, &t.compressors); err != nil {
		return nil, err
	}
	return t, nil
}

// Supports implements graphql.Transport: there is no other transport to leave a
// request to.
func (t *transport) Supports(*http.Request) bool { return true }

// Do implements graphql.Transport.
func (t *transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	c := t.receive(w, r)
	defer c.memory.Release()
	ctx, cancel := context.WithTimeout(r.Context(), t.cfg.RequestTimeout)
	defer cancel()
	if t.cfg.Events.Trace != nil {
		var end func(operation, name, document string, kind fault.Kind)
		ctx, end = t.cfg.Events.Trace(ctx, r.Header)
		defer func() { end(string(c.operation), loggable(c.name), c.documentHash(), c.kind) }()
	}
	defer c.finish(ctx)
	if err := c.serve(ctx, exec); err != nil {
		c.refuse(ctx, err)
	}
}

// call is one request on its way through the edge.
type call struct {
	t        *transport
	w        http.ResponseWriter
	r        *http.Request
	exchange *exchange.Exchange
	values   [8]string // of the answer's header
	set      int       // how many of them
	media    mediaType
	codings  codings
	// asked is nil for a request whose answer is for its caller alone, and
	// flight for one that nobody waits for.
	asked  *answer.Question
	flight *answer.Flight
	// memory is what the request holds of the memory in flight.
	memory overload.Share

	// What the access log tells.
	caller    tenant.Key
	document  string
	kept      *answer.Answer // what was sent, nil for another answer
	operation ast.Operation
	name      string     // of the operation
	kind      fault.Kind // of the first error
	status    int        // 0 until something was sent
	bytes     int
	source    string // one of Sources; "" until there is an answer
}

func (t *transport) receive(w http.ResponseWriter, r *http.Request) *call {
	id := requestID(r.Header)
	c := &call{t: t, w: w, r: r, exchange: &exchange.Exchange{
		RequestID:  id,
		ReceivedAt: t.cfg.Now(),
		NoCache:    wantsFresh(r.Header),
	}}
	c.memory.Memory = t.cfg.Memory
	c.exchange.Room = &c.memory
	c.setHeader("X-Request-Id", id)
	c.setHeader("X-Content-Type-Options", "nosniff")
	w.Header()["Vary"] = t.vary
	return c
}

// setHeader sets a field of the answer, by its canonical name. The values of a
// usual answer stand in the call, so that they cost no allocations.
func (c *call) setHeader(name, value string) {
	if c.set == len(c.values) {
		c.w.Header()[name] = []string{value}
		return
	}
	c.values[c.set] = value
	c.w.Header()[name] = c.values[c.set : c.set+1 : c.set+1]
	c.set++
}

// finish is the edge's one recover, and writes the access line.
func (c *call) finish(ctx context.Context) {
	if panicked := recover(); panicked != nil {
		c.logPanic(ctx, panicked)
		if c.status != 0 {
			c.end(ctx)
			panic(http.ErrAbortHandler) // part of an answer is out: only a broken connection tells
		}
		c.refuse(ctx, fault.NewInternal(nil))
	}
	c.end(ctx)
}

// end tells of the request, in numbers and in the log.
func (c *call) end(ctx context.Context) {
	took := c.t.cfg.Now().Sub(c.exchange.ReceivedAt)
	c.tellAnswered(took)
	c.logAccess(ctx, took)
}

// logPanic logs where it happened.
func (c *call) logPanic(ctx context.Context, panicked any) {
	c.t.cfg.Logger.LogAttrs(ctx, slog.LevelError, "panic at the edge",
		slog.String("request_id", c.exchange.RequestID), slog.String("panic", fault.PanicText(panicked)), slog.String("stack", string(debug.Stack())))
}

// logFailure logs a failure that nobody classified, by its type alone.
func (c *call) logFailure(ctx context.Context, err error) {
	c.t.cfg.Logger.LogAttrs(ctx, slog.LevelError, "unclassified error at the edge",
		slog.String("request_id", c.exchange.RequestID), slog.String("error_type", reflect.TypeOf(err).String()))
}

// serve answers the request or returns why it refuses to.
func (c *call) serve(ctx context.Context, exec graphql.GraphExecutor) error {
	if c.r.ContentLength != 0 {
		c.t.limitReading(c.w)
	}
	if err := c.admit(); err != nil {
		return err
	}
	if c.r.Method == http.MethodOptions {
		c.answerOptions()
		return nil
	}
	if c.leadsToPage() {
		return c.leadToPage()
	}
	ctx = exchange.NewContext(ctx, c.exchange)
	caller, err := c.t.cfg.Callers.Identify(ctx, c.r)
	if err != nil {
		return err
	}
	c.caller = caller.Key
	req, err := c.read()
	if err != nil {
		return err
	}
	document, err := c.resolve(req)
	if err != nil {
		return err
	}
	return c.ask(ctx, exec, caller, req, document)
}

// ask answers an operation of a caller from what is kept, or executes it.
func (c *call) ask(
	ctx context.Context, exec graphql.GraphExecutor, caller tenant.Tenant, req operationRequest, document persisted.Document,
) (err error) {
	leave, err := c.t.cfg.Tenants.Enter(caller.Key)
	if err != nil {
		return err
	}
	defer leave()
	if !caller.IsZero() {
		ctx = tenant.NewContext(ctx, caller)
	}
	c.document = document.Text
	asked := c.question(caller, &req, &document)
	var generation uint64
	if asked != nil {
		defer asked.Release()
		var answered bool
		if ctx, generation, answered, err = c.lookUp(ctx, caller, asked); err != nil {
			return err
		}
		if answered {
			c.register(document)
			return nil
		}
	}
	if !document.IsNamed {
		// Whoever keeps the document must not keep the request's body with it.
		document.Text = strings.Clone(document.Text)
	}
	if c.exchange.Document, err = c.t.cfg.Guard.Parse(document.Text); err != nil {
		return err
	}
	if asked != nil {
		return c.executeShared(ctx, exec, req, document, asked, generation)
	}
	return c.execute(ctx, exec, req, document)
}

// admit checks all that can be told from the header alone.
func (c *call) admit() error {
	media, acceptable := negotiateMedia(c.r.Header["Accept"])
	codings, encodable := negotiateCodings(c.r.Header["Accept-Encoding"])
	c.media, c.codings = media, codings
	if c.t.cfg.NoCompression {
		c.codings.best, encodable = codingIdentity, codings.plain
	}
	if err := c.admitFrom(); err != nil {
		return err
	}
	switch c.r.Method {
	case http.MethodOptions:
		return nil
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		c.w.Header().Set("Allow", allMethods)
		return fault.New(fault.MethodNotAllowed, "The method must be POST or GET.")
	}
	if !acceptable && !c.leadsToPage() {
		return fault.New(fault.NotAcceptable, "Answers are application/graphql-response+json or application/json, in UTF-8.")
	}
	if !encodable {
		return fault.New(fault.NotAcceptable, "Answers are encoded with zstd, gzip or not at all.")
	}
	if c.r.Method == http.MethodPost {
		if err := checkContentType(c.r.Header); err != nil {
			c.w.Header().Set("Accept-Post", "application/json")
			c.w.Header().Set("Accept-Encoding", "identity")
			return err
		}
	}
	return nil
}

// admitFrom checks where the request comes from, and to which name it is sent.
func (c *call) admitFrom() error {
	// First, so that a page can read every refusal.
	c.t.origins.allow(c.w.Header(), c.r)
	if headerBytes(c.r) > c.t.cfg.MaxHeaderBytes {
		return &fault.Error{Kind: fault.HeadersTooLarge, Public: "The request's header fields are too large.", Limit: "header_bytes"}
	}
	if err := c.t.hosts.check(c.r.Host); err != nil {
		return err
	}
	return c.t.origins.refuseForeign(c.r)
}

// allMethods are those of the API's paths. HEAD is a GET whose body stays here.
const allMethods = "GET, HEAD, POST, OPTIONS"

// answerOptions answers preflights of named origins, and others by what is allowed.
func (c *call) answerOptions() {
	if isPreflight(c.r) {
		allowPreflight(c.w.Header())
	} else {
		c.w.Header().Set("Allow", allMethods)
	}
	c.setHeader("Cache-Control", noStore)
	c.send(http.StatusNoContent)
}

// read returns the request's parameters.
func (c *call) read() (operationRequest, error) {
	if c.r.Method != http.MethodPost {
		return decodeURL(c.r.URL.RawQuery)
	}
	body := c.t.buffers.get()
	defer c.t.buffers.put(body)
	if err := c.readBody(body); err != nil {
		return operationRequest{}, err
	}
	return decodeBody(body.String())
}

// resolve returns the document that the request brings or names.
func (c *call) resolve(req operationRequest) (persisted.Document, error) {
	if c.r.Method != http.MethodPost && c.t.cfg.PersistedGETOnly && req.hasQuery {
		c.w.Header().Set("Allow", http.MethodPost)
		return persisted.Document{}, fault.New(fault.MethodNotAllowed, "GET is for persisted documents: send the document's text with POST.")
	}
	named := persisted.Request{Query: req.query, DocumentID: req.documentID, Extension: req.extensions["persistedQuery"]}
	switch {
	case !req.hasQuery && !named.Names():
		return persisted.Document{}, fault.New(fault.BadRequest, `"query" is missing.`)
	case c.t.cfg.Persisted != nil:
		return c.t.cfg.Persisted.Resolve(named)
	case named.Names():
		return persisted.Document{}, fault.New(fault.PersistedUnsupported, "PersistedQueryNotSupported")
	}
	return persisted.Document{Text: req.query}, nil
}
