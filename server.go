// Command paymentlinks serves a GraphQL API over the payment links of
// Billpocket. `paymentlinks --help` lists its commands and settings.
//
// This file is wiring: it makes each part from the settings, listens, and
// stops. What the parts do is theirs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log" //nolint:depguard // only to silence it
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones on images that bring none

	"paymentlinks/graph"
	"paymentlinks/graph/cost"
	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/caller"
	"paymentlinks/internal/config"
	"paymentlinks/internal/doctor"
	"paymentlinks/internal/front"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/guard"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/playground"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/serving"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/telemetry"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)   // a second signal ends the program at once
	signal.Ignore(syscall.SIGPIPE) // a reader of the log that leaves ends nothing
	log.SetOutput(io.Discard)      // net/http's transport quotes what upstream sends unasked there
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr); err != nil {
		if verdict, ok := errors.AsType[verdict](err); ok { // the report has said it all
			os.Exit(int(verdict))
		}
		for line := range strings.Lines(err.Error()) { // a line for each problem
			fmt.Fprintln(os.Stderr, "paymentlinks:", strings.TrimSuffix(line, "\n"))
		}
		os.Exit(1)
	}
}

// run is the program: it returns when it has done what args ask for, or when
// ctx ends and the requests in flight are answered.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	command, cfg, err := config.Parse(args, environ, stdout, stderr)
	if err != nil && len(args) > 0 && args[0] == string(config.Doctor) {
		return tell(doctor.Refused(err), stdout, slices.Contains(args, "--json"))
	}
	if err != nil {
		return err
	}
	logs := telemetry.NewLog(stderr, cfg.Log.Logger, 0)
	defer closeLog(ctx, logs)
	logger := logs.Logger
	for _, w := range cfg.Warnings {
		logger.WarnContext(ctx, "doubtful setting", "setting", w.Setting, "problem", w.Message, "nearest", w.Nearest)
	}
	switch command {
	case config.Serve:
		return serve(ctx, cfg, stdout, logger)
	case config.Doctor:
		return examine(ctx, cfg, stdout)
	case config.Sandbox:
		return serveSandbox(ctx, cfg, stdout, logger)
	case config.Schema:
		_, err = io.WriteString(stdout, graph.SDL())
	case config.APISchema:
		_, err = io.WriteString(stdout, graph.APISDL())
	case config.Version:
		_, err = fmt.Fprintln(stdout, version())
	case config.Help: // Parse has printed it
	}
	return err
}

// closeLog writes what is left of the log, if anybody reads it.
func closeLog(ctx context.Context, logs *telemetry.Log) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = logs.Close(ctx) // there is no place left to tell of it
}

// serve runs the API, the probes and, without an upstream, the sandbox.
func serve(ctx context.Context, cfg config.Config, stdout io.Writer, logger *slog.Logger) error {
	logger.InfoContext(ctx, "starting", "version", version(), "settings", cfg)
	var at config.Addresses
	listener, err := serving.Listen(ctx, "PAYMENTLINKS_LISTEN", cfg.Server.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	at.API = listener.Addr()
	api := newServer(cfg, nil, logger)
	sites := []serving.Site{{Server: api, Listener: listener}}

	if cfg.Server.AdminListen != config.Off {
		listener, err := serving.Listen(ctx, "PAYMENTLINKS_ADMIN_LISTEN", cfg.Server.AdminListen, cfg.Server.AdminListenElse)
		if err != nil {
			return err
		}
		defer func() { _ = listener.Close() }()
		at.Admin = listener.Addr()
		probes := serving.Probes(func() bool { return ctx.Err() == nil })
		sites = append(sites, serving.Site{Server: newServer(cfg, probes, logger), Listener: listener})
	}
	links := billpocket.Settings(cfg.Upstream)
	if !cfg.HasUpstream() {
		listener, err := serving.Listen(ctx, "PAYMENTLINKS_SANDBOX_LISTEN", cfg.Server.SandboxListen)
		if err != nil {
			return err
		}
		defer func() { _ = listener.Close() }()
		at.Sandbox = listener.Addr()
		links.BaseURL = config.URL(at.Sandbox)
		sites = append(sites, serving.Site{Server: newSandbox(cfg, logger), Listener: listener})
		logger.WarnContext(ctx, "no upstream URL is set: answers come from the embedded sandbox, not from Billpocket")
	}

	client, err := billpocket.New(billpocket.Config{Settings: links, Logger: logger})
	if err != nil {
		return fmt.Errorf("PAYMENTLINKS_UPSTREAM_CA_FILE: %w", err) // config has checked everything else
	}
	defer client.Close()
	policies, err := upstream.New(upstream.Config{Settings: upstream.Settings(cfg.Policies), Lister: client, Logger: logger})
	if err != nil {
		return fmt.Errorf("upstream: %w", err)
	}
	store, err := snapshot.New(snapshot.Config{Settings: snapshot.Settings(cfg.Snapshots), Lister: policies, Logger: logger})
	if err != nil {
		return fmt.Errorf("snapshots: %w", err)
	}
	defer store.Close()
	callers, err := caller.New(ctx, caller.Config{Settings: caller.Settings(cfg.Callers), Keyer: tenant.NewKeyer(), Logger: logger})
	if err != nil {
		return fmt.Errorf("PAYMENTLINKS_CREDENTIALS_FILE or PAYMENTLINKS_JWKS_URL: %w", err)
	}
	defer callers.Close()
	if api.Handler, err = handler(cfg, store, callers, logger); err != nil {
		return err
	}
	if !cfg.Server.NoFront && cfg.Edge.AnswerBytes > 0 {
		ahead, err := front.New(front.Config{MaxHeaderBytes: cfg.Edge.MaxHeaderBytes})
		if err != nil {
			return fmt.Errorf("PAYMENTLINKS_FRONT: %w", err)
		}
		ahead.Attach(api)
		sites[0].Listener, sites[0].Finish = ahead.Listen(listener), ahead.Wait
	}
	logger.InfoContext(ctx, "serving", "at", at)
	if err := cfg.Banner(stdout, at); err != nil {
		return fmt.Errorf("banner: %w", err)
	}
	return serving.Until(ctx, cfg.Server.DrainTimeout, logger, sites...)
}

// examine tells whether the program would work with these settings.
func examine(ctx context.Context, cfg config.Config, stdout io.Writer) error {
	c := doctor.Config{Offline: cfg.Doctor.Offline, Client: billpocket.Config{Settings: billpocket.Settings(cfg.Upstream)}}
	for line := range strings.Lines(cfg.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		c.Settings = append(c.Settings, doctor.Setting{Name: name, Value: value})
	}
	for _, w := range cfg.Warnings {
		c.Warnings = append(c.Warnings, w.Setting+": "+w.Message)
	}
	if pair, err := tenant.NewCredentials(cfg.Callers.UserToken, cfg.Callers.APIKey); err == nil {
		c.Pair = pair
	}
	if manifests := cfg.Persisted.Manifests; len(manifests) > 0 {
		c.Parts = append(c.Parts, doctor.Part{Name: "documents", Check: func() error {
			_, err := persisted.New(persisted.Config{Settings: persisted.Settings{Manifests: manifests}})
			return err
		}})
	}
	return tell(doctor.Examine(ctx, c), stdout, cfg.Doctor.JSON)
}

// tell writes a report. Unless all is well, it returns the verdict.
func tell(r *doctor.Report, stdout io.Writer, asJSON bool) error {
	write := r.WriteText
	if asJSON {
		write = r.WriteJSON
	}
	if err := write(stdout); err != nil {
		return err
	}
	if code := r.ExitCode(); code != 0 {
		return verdict(code)
	}
	return nil
}

// verdict is the exit code of an examination that found something.
type verdict int

func (v verdict) Error() string { return "the examination ends with exit code " + strconv.Itoa(int(v)) }

// handler is everything below the API's address.
func handler(cfg config.Config, lists *snapshot.Store, callers *caller.Callers, logger *slog.Logger) (http.Handler, error) {
	documents, err := guard.New(guard.Limits(cfg.Document))
	if err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	named, err := persisted.New(persisted.Config{Settings: persisted.Settings(cfg.Persisted), Check: documents.Check})
	if err != nil {
		return nil, fmt.Errorf("PAYMENTLINKS_TRUSTED_DOCUMENTS: %w", err)
	}
	api, err := gqlhttp.New(gqlhttp.Config{
		Settings: gqlhttp.Settings(cfg.Edge),
		Executor: graph.NewExecutor(graph.Config{
			Settings: graph.Settings(cfg.Graph),
			Limits:   cost.Limits(cfg.Operation),
			Source:   lists,
			Logger:   logger,
		}),
		Callers:   callers,
		Guard:     documents,
		Persisted: named,
		Lists:     lists,
		Challenge: callers.Challenge(),
		AccessLog: gqlhttp.AccessLog(cfg.Log.AccessLog),
		Logger:    logger,
	})
	if err != nil {
		return nil, fmt.Errorf("HTTP edge: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", api)
	mux.Handle("/graphql/{$}", api)
	mux.Handle("/query", api)
	if cfg.Server.Production {
		return mux, nil
	}
	page, err := newPlayground(cfg)
	if err != nil {
		return nil, err
	}
	mux.Handle("/", page)
	mux.Handle("GET /schema.graphql", gqlhttp.Schema(graph.SDL(), graph.APISDL()))
	return mux, nil
}

// newPlayground fills the tabs in. Over the sandbox they ask for the merchant
// that callers without credentials get, so that the page and README agree.
func newPlayground(cfg config.Config) (http.Handler, error) {
	page := playground.Config{
		Endpoint: "/graphql",
		Variables: map[string]map[string]any{
			"AskedSince": {"from": time.Now().UTC().Add(-24 * time.Hour).Format(time.RFC3339)},
		},
	}
	if !cfg.HasUpstream() {
		page.Headers = map[string]string{"BP-User-Token": sandbox.SeedToken, "X-Api-Key": sandbox.APIKey}
		page.Variables["Counter"] = map[string]any{"code": sandbox.SeedLinkCode}
		page.Variables["AskedSince"] = map[string]any{"from": sandbox.SeedLinksFrom}
		page.Variables["Raw"] = map[string]any{"id": sandbox.SeedLinkID}
	}
	return playground.New(page)
}

// newSandbox is the demo upstream, which lets go of its hanging answers when it stops.
func newSandbox(cfg config.Config, logger *slog.Logger) *http.Server {
	demo := sandbox.New(sandbox.Config{})
	server := newServer(cfg, demo, logger)
	server.WriteTimeout = 0 // it answers as slowly as it is told to
	server.RegisterOnShutdown(demo.Close)
	return server
}

// serveSandbox runs the sandbox alone.
func serveSandbox(ctx context.Context, cfg config.Config, stdout io.Writer, logger *slog.Logger) error {
	listener, err := serving.Listen(ctx, "PAYMENTLINKS_SANDBOX_LISTEN", cfg.Server.SandboxListen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	if _, err := fmt.Fprintf(stdout, "Sandbox      %s\n", config.URL(listener.Addr())); err != nil {
		return err
	}
	return serving.Until(ctx, cfg.Server.DrainTimeout, logger, serving.Site{Server: newSandbox(cfg, logger), Listener: listener})
}

func newServer(cfg config.Config, handler http.Handler, logger *slog.Logger) *http.Server {
	return serving.NewServer(serving.Bounds{
		HeaderTimeout:  cfg.Server.HeaderTimeout,
		RequestTimeout: cfg.Server.RequestTimeout,
		MaxHeaderBytes: max(gqlhttp.ServerMaxHeaderBytes, 2*cfg.Edge.MaxHeaderBytes),
	}, handler, logger)
}

// version is the module's version as the go command recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
