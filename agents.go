package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"paymentlinks/graph"
	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/caller"
	"paymentlinks/internal/config"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/mcp"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/serving"
	"paymentlinks/internal/telemetry"
)

// newTools returns the tools of assistants.
func newTools(api *gqlhttp.API, named *persisted.Store, logger *slog.Logger) (*mcp.Server, error) {
	tools, err := mcp.New(mcp.Config{
		Operations: api, Schema: graph.APISDL(), Trusted: named.Trusted(), Version: version(), Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("PAYMENTLINKS_MCP: %w", err)
	}
	return tools, nil
}

// handleAgents adds the tools of assistants to what is served over HTTP.
func handleAgents(
	mux *http.ServeMux, cfg config.Config, api *gqlhttp.API, named *persisted.Store, callers *caller.Callers, logger *slog.Logger,
) error {
	tools, err := newTools(api, named, logger)
	if err != nil {
		return err
	}
	if cfg.Callers.Issuer == "" {
		mux.Handle(mcp.Path, api.Beside(tools.Protocol(callers, nil)))
		return nil
	}
	resource, err := mcp.NewResource(cfg.Agents.PublicURL, cfg.Callers.Issuer)
	if err != nil {
		return fmt.Errorf("PAYMENTLINKS_PUBLIC_URL: %w", err)
	}
	mux.Handle(mcp.Path, api.Beside(tools.Protocol(callers.Accepting(resource.ID()), resource)))
	for _, path := range resource.Paths() {
		mux.Handle(path, api.Beside(resource.Protocol()))
	}
	return nil
}

// serveAgent serves one assistant over in and out, and listens on nothing.
func serveAgent(ctx context.Context, cfg config.Config, in io.ReadCloser, out io.Writer, logs *telemetry.Log) error {
	logger := logs.Logger
	logger.InfoContext(ctx, "starting", "version", version(), "settings", cfg, "memory", cfg.Memory)
	defer overload.LimitHeap(cfg.Memory.HeapBytes)()
	from := billpocket.Config{Settings: billpocket.Settings(cfg.Upstream), Logger: logger}
	if !cfg.HasUpstream() {
		demo := serving.Within(newSandbox(cfg, logger))
		defer demo.Close()
		from.BaseURL, from.Transport = "http://localhost", demo
		logger.WarnContext(ctx, "no upstream URL is set: answers come from the embedded sandbox, not from Billpocket")
	}
	lists, err := newLists(ctx, cfg, from, listEvents{})
	if err != nil {
		return err
	}
	defer lists.close()
	callers, err := newCallers(ctx, cfg, caller.Events{}, logger)
	if err != nil {
		return err
	}
	defer callers.Close()
	api, named, err := newAPI(cfg, parts{lists: lists.store, callers: callers, logger: logger})
	if err != nil {
		return err
	}
	tools, err := newTools(api, named, logger)
	if err != nil {
		return err
	}
	who, err := callers.Identify(ctx, &http.Request{Header: http.Header{}})
	if err != nil {
		return fmt.Errorf("PAYMENTLINKS_USER_TOKEN: %w", err)
	}
	return tools.ServeStdio(ctx, who, in, out)
}
