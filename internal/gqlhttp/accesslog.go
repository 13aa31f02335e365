package gqlhttp

import (
	"context"
	"log/slog"
	"net/http"
	"time"
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

// logAccess writes the one line of a request, if it is to be logged. Everything in it is bounded and
// ours: no part of the URL, of a header or of a body, but for a request id that
// passed isRequestID.
func (c *call) logAccess(ctx context.Context, took time.Duration) {
	logger := c.t.cfg.Logger
	if !logger.Enabled(ctx, slog.LevelInfo) || !c.isLogged(took) {
		return
	}
	attributes := [...]slog.Attr{
		slog.String("request_id", c.exchange.RequestID),
		slog.String("method", knownMethod(c.r.Method)),
		slog.String("route", c.r.Pattern), // the server's own word, not the client's path
		slog.Int("status", c.status),
		slog.Duration("duration", took),
		slog.Int("bytes", c.bytes),
		slog.String("operation", string(c.operation)),
		slog.String("code", string(c.kind)),
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "request", attributes[:]...)
}

func (c *call) isLogged(took time.Duration) bool {
	switch c.t.cfg.AccessLog {
	case LogAll:
		return true
	case LogOff:
		return false
	case LogFailures:
	}
	return c.kind != "" || c.status >= http.StatusBadRequest || took > slowRequest
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
