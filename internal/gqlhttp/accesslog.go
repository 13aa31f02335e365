package gqlhttp

import (
	"context"
	"log/slog"
	"net/http"
)

// logAccess writes the one line of a request. Everything in it is bounded and
// ours: no part of the URL, of a header or of a body, but for a request id that
// passed isRequestID.
func (c *call) logAccess(ctx context.Context) {
	logger := c.t.cfg.Logger
	if !logger.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attributes := [...]slog.Attr{
		slog.String("request_id", c.exchange.RequestID),
		slog.String("method", knownMethod(c.r.Method)),
		slog.String("route", c.r.Pattern), // the server's own word, not the client's path
		slog.Int("status", c.status),
		slog.Duration("duration", c.t.cfg.Now().Sub(c.exchange.ReceivedAt)),
		slog.Int("bytes", c.bytes),
		slog.String("operation", string(c.operation)),
		slog.String("code", string(c.kind)),
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "request", attributes[:]...)
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
