package gqlhttp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// AccessLog says which requests are logged.
type AccessLog string

// The values of AccessLog.
const (
	LogAll      AccessLog = "all"
	LogFailures AccessLog = "failures" // errors, refusals, and what took longer than a second
	LogOff      AccessLog = "off"
)

// slowRequest is how long a request may take that is not logged as a failure.
const slowRequest = time.Second

// access is what the one line of a request tells. Everything in it is bounded,
// and ours but for the operation's name, which is a name by GraphQL's rules, and
// for a request id that passed isRequestID: no other part of the URL, of a
// header or of a body.
type access struct {
	requestID, method, route string
	status, bytes            int
	kind                     fault.Kind
	operation, name          string // the operation's type and name
	document                 string // its hash
	source                   string // one of Sources, or stale
	upstreamWait             time.Duration
	tenant                   tenant.Key
	client                   string
	took                     time.Duration
}

// sourceStale is what the log tells of an answer that was made of a stale list.
const sourceStale = "stale"

func (a *access) log(ctx context.Context, logger *slog.Logger) {
	attributes := [...]slog.Attr{
		slog.String("request_id", a.requestID),
		slog.String("method", knownMethod(a.method)),
		slog.String("route", a.route), // the server's own word, not the client's path
		slog.Int("status", a.status),
		slog.Duration("duration", a.took),
		slog.Int("bytes", a.bytes),
		slog.String("operation", a.operation),
		slog.String("operation_name", a.name),
		slog.String("document", a.document),
		slog.String("code", string(a.kind)),
		slog.String("cache", a.source),
		slog.Duration("upstream_wait", a.upstreamWait),
		slog.String("tenant", a.tenant.Short()),
		slog.String("client", a.client),
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "request", attributes[:]...)
}

// logAccess writes the line of a request, if it is to be logged.
func (c *call) logAccess(ctx context.Context, took time.Duration) {
	if !c.t.logs(ctx, c.kind, c.status, took) {
		return
	}
	line := access{
		requestID: c.exchange.RequestID, method: c.r.Method, route: c.r.Pattern, status: c.status, bytes: c.bytes, kind: c.kind,
		operation: string(c.operation), name: loggable(c.name), document: c.documentHash(), source: c.source,
		upstreamWait: c.exchange.WaitedFor(), tenant: c.caller, took: took,
		client: c.t.proxies.client(c.r.RemoteAddr, c.r.Header["X-Forwarded-For"]),
	}
	if c.isStale() {
		line.source = sourceStale
	}
	line.log(ctx, c.t.cfg.Logger)
}

// logs reports whether a request is logged.
func (t *transport) logs(ctx context.Context, kind fault.Kind, status int, took time.Duration) bool {
	if !t.cfg.Logger.Enabled(ctx, slog.LevelInfo) {
		return false
	}
	switch t.cfg.AccessLog {
	case LogAll:
		return true
	case LogOff:
		return false
	case LogFailures:
	}
	return kind != "" || status >= http.StatusBadRequest || took > slowRequest
}

const (
	// maxHashedBytes is twice what a document may have by default. Of a larger
	// one, which is refused, no hash is logged: it would cost more than the refusal.
	maxHashedBytes = 64 << 10
	// maxNameBytes bounds an operation's name in the log.
	maxNameBytes = 64
)

// documentHash is the SHA-256 of the request's document, as automatic persisted
// queries write it; "" for none.
func (c *call) documentHash() string {
	switch {
	case c.kept != nil:
		return c.kept.Document
	case c.document == "" || len(c.document) > maxHashedBytes:
		return ""
	}
	return hashOf(c.document)
}

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// loggable returns a name of GraphQL, cut to a length that a log can bear; ""
// for what is none.
func loggable(name string) string {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', '0' <= c && c <= '9' && i > 0:
		default:
			return ""
		}
	}
	return name[:min(len(name), maxNameBytes)]
}

// knownMethod keeps invented methods out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "other"
}
