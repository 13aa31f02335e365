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
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/front"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/guard"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/playground"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/serving"
	"paymentlinks/internal/sharedcache"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/telemetry"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

func main() {
	ctx, stop := serving.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader of the log that leaves ends nothing
	log.SetOutput(io.Discard)      // net/http's transport quotes what upstream sends unasked there
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if verdict, ok := errors.AsType[doctor.VerdictError](err); ok { // the report has said it all
		os.Exit(verdict.ExitCode())
	}
	if err != nil {
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
	if err != nil && command == config.Doctor {
		return doctor.Refused(err).Write(stdout, cfg.Doctor.JSON)
	}
	if err != nil {
		return err
	}
	logs := telemetry.NewLog(telemetry.LogConfig{Out: stderr, Format: cfg.Log.Logger, RequestID: exchange.RequestID})
	defer logs.Close(2 * time.Second)
	logger := logs.Logger
	cfg.Warnings.Log(ctx, logger)
	switch command {
	case config.Serve:
		again := func() (config.Config, error) {
			_, cfg, err := config.Parse(args, environ, io.Discard, io.Discard)
			return cfg, err
		}
		return serve(ctx, cfg, again, environ, stdout, logs)
	case config.MCP:
		return serveAgent(ctx, cfg, os.Stdin, stdout, logs)
	case config.Doctor:
		return examine(ctx, cfg, stdout)
	case config.Sandbox:
		return serveSandbox(ctx, cfg, stdout, logger)
	case config.Schema:
		_, err = io.WriteString(stdout, graph.SDL())
	case config.ScopedSchema:
		_, err = io.WriteString(stdout, graph.ScopedSDL())
	case config.APISchema:
		_, err = io.WriteString(stdout, graph.APISDL())
	case config.Version:
		_, err = fmt.Fprintln(stdout, version())
	case config.Help: // Parse has printed it
	}
	return err
}

// serve runs the API, the probes and, without an upstream, the sandbox. again
// reads the settings once more.
func serve(
	ctx context.Context, cfg config.Config, again func() (config.Config, error), environ []string, stdout io.Writer, logs *telemetry.Log,
) error {
	logger := logs.Logger
	logger.InfoContext(ctx, "starting", "version", version(), "settings", cfg, "memory", cfg.Memory)
	defer overload.LimitHeap(cfg.Memory.HeapBytes)()
	metrics := telemetry.NewMetrics(telemetry.Words{
		Version: version(), Sources: gqlhttp.Sources(), States: upstream.States(), Checks: caller.Checks(), Resets: graph.Resets(),
		ListSources: sharedcache.Sources(), Writes: sharedcache.Outcomes(), Purges: sharedcache.Purges(),
		Files: []string{settingsFiles, credentialsFile, issuerKeys},
	})
	collector, err := telemetry.NewOTLP(ctx, environ, version(), metrics, logger)
	if err != nil {
		return err
	}
	defer collector.Close(ctx)
	var sites serving.Sites
	defer sites.Close()
	api, err := sites.Listen(ctx, "PAYMENTLINKS_LISTEN", newServer(cfg, nil, logger), cfg.Server.Listen)
	if err != nil {
		return err
	}
	at := config.Addresses{API: api.Listener.Addr()}
	adminServer := newServer(cfg, nil, logger)
	if cfg.Server.AdminListen != config.Off {
		admin, err := sites.Listen(ctx, "PAYMENTLINKS_ADMIN_LISTEN", adminServer, cfg.Server.AdminListen, cfg.Server.AdminListenElse)
		if err != nil {
			return err
		}
		at.Admin = admin.Listener.Addr()
	}
	links := billpocket.Settings(cfg.Upstream)
	if !cfg.HasUpstream() {
		demo, err := sites.Listen(ctx, "PAYMENTLINKS_SANDBOX_LISTEN", newSandbox(cfg, logger), cfg.Server.SandboxListen)
		if err != nil {
			return err
		}
		at.Sandbox = demo.Listener.Addr()
		links.BaseURL = config.URL(at.Sandbox)
		logger.WarnContext(ctx, "no upstream URL is set: answers come from the embedded sandbox, not from Billpocket")
	}

	memory := overload.NewMemory(cfg.Memory.InFlightBytes)
	from := billpocket.Config{Settings: links, Header: passOn, Certified: metrics.Certified, Reserve: memory.Reserve, Logger: logger}
	lists, err := newLists(ctx, cfg, from, listEvents{
		fetch: collector.Fetch,
		upstream: upstream.Events{
			Trace: collector.Try,
			Tried: metrics.UpstreamTried, Retried: metrics.UpstreamRetried, Breaker: metrics.BreakerChanged,
		},
		shared: sharedcache.Events{Listed: metrics.ListShared, Written: metrics.ListWritten, Purged: metrics.ListPurged, Up: metrics.RedisUp},
	})
	if err != nil {
		return err
	}
	defer lists.close()
	store := lists.store
	adminServer.Handler = serving.Admin(func() bool { return ctx.Err() == nil }, metrics.Handler(), telemetry.Profiles(), newTenants(store, lists.shared))
	callers, err := newCallers(context.WithoutCancel(ctx), cfg, caller.Events{ // they are asked until all is stopped
		TokenRefused: metrics.TokenRefused, FileRead: metrics.Reloaded(credentialsFile), KeysFetched: metrics.Reloaded(issuerKeys),
	}, logger)
	if err != nil {
		return err
	}
	defer callers.Close()
	metrics.Read(telemetry.Readings{
		Snapshots: store.Count, CredentialsFile: callers.FileReadAt, Keys: callers.KeysFetchedAt, DroppedLogLines: logs.Dropped,
	})
	p := parts{
		lists: store, callers: callers, memory: memory, reset: metrics.ChangesReset, logger: logger,
		events: gqlhttp.Events{Answered: metrics.Answered, LimitReached: metrics.LimitReached},
	}
	if collector.IsTracing() {
		p.events.Trace = collector.Operation
	}
	handler, forget, err := newHandler(cfg, p)
	if err != nil {
		return err
	}
	var current serving.Switch
	current.Set(handler)
	api.Server.Handler = &current
	if err := putFront(cfg, api, memory); err != nil {
		return err
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	renewed := cfg
	defer serving.Watch{
		Files: func() []string { return filesOf(renewed) },
		Read: func(ctx context.Context) error {
			fresh, err := again()
			if err != nil {
				return err
			}
			next, waiting := cfg.Renewed(fresh)
			handler, forgetNext, err := newHandler(next, p)
			if err != nil {
				return err
			}
			if err := callers.Configure(next.Callers.UserToken, next.Callers.APIKey); err != nil {
				return err
			}
			for _, setting := range waiting {
				logger.WarnContext(ctx, "a changed setting waits for the next start", "setting", setting)
			}
			current.Set(handler)
			forget()
			renewed, forget = next, forgetNext
			return nil
		},
		Asked:  hangups,
		Done:   metrics.Reloaded(settingsFiles),
		Logger: logger,
	}.Start(ctx)()
	logger.InfoContext(ctx, "serving", "at", at)
	if cfg.WantsBanner(stdout) {
		if err := cfg.Banner(stdout, at); err != nil {
			return fmt.Errorf("banner: %w", err)
		}
	}
	return sites.ServeUntil(ctx, serving.Stop{Delay: cfg.Server.ShutdownDelay, Drain: cfg.Server.DrainTimeout}, logger)
}

// listEvents hear of calls to upstream, and of what replicas share.
type listEvents struct {
	// fetch begins the span of a fetch; nil traces none.
	fetch    func(context.Context) (_ context.Context, link func(context.Context), end func(fault.Kind))
	upstream upstream.Events
	shared   sharedcache.Events
}

// lists are what newLists has joined.
type lists struct {
	store  *snapshot.Store
	shared *sharedcache.Cache // nil where replicas share nothing
	close  func()
}

// newLists joins upstream's client, the policies round it, what replicas share,
// and the lists that are kept.
func newLists(
	ctx context.Context, cfg config.Config, from billpocket.Config, events listEvents,
) (l lists, err error) {
	from.KeepBody = cfg.Sharing.URL != ""
	client, err := billpocket.New(from)
	if err != nil {
		return lists{}, fmt.Errorf("PAYMENTLINKS_UPSTREAM_CA_FILE: %w", err) // config has checked everything else
	}
	policies, err := upstream.New(upstream.Config{
		Settings: upstream.Settings(cfg.Policies), Lister: client, Logger: from.Logger, Events: events.upstream,
	})
	if err != nil {
		return lists{}, fmt.Errorf("upstream: %w", err)
	}
	lister, closeShared := snapshot.Lister(policies), func() {}
	if cfg.Sharing.URL != "" {
		sharing := sharedcache.Settings(cfg.Sharing)
		sharing.Upstream = from.BaseURL
		l.shared, err = sharedcache.New(ctx, sharedcache.Config{
			Settings: sharing, Lister: policies, Decode: client.Decode, Events: events.shared, Logger: from.Logger,
			Purge: func(key tenant.Key) { l.store.Purge(key) }, // it has lists of nobody before the store asks
		})
		if err != nil {
			return lists{}, fmt.Errorf("PAYMENTLINKS_REDIS_URL or PAYMENTLINKS_REDIS_CA_FILE: %w", err)
		}
		lister, closeShared = l.shared, l.shared.Close
	}
	l.store, err = snapshot.New(snapshot.Config{Settings: snapshot.Settings(cfg.Snapshots), Lister: lister, Fetch: events.fetch, Logger: from.Logger})
	if err != nil {
		return lists{}, fmt.Errorf("snapshots: %w", err)
	}
	l.close = func() { l.store.Close(); closeShared(); client.Close() }
	return l, nil
}

// passOn tells upstream which request it is asked for.
func passOn(ctx context.Context, header http.Header) {
	if id := exchange.RequestID(ctx); id != "" {
		header["X-Request-Id"] = []string{id}
	}
	telemetry.Traceparent(ctx, header)
}

// What is read again while the program runs, as it is counted.
const (
	settingsFiles   = "settings" // settings file, trusted documents, secrets in files
	credentialsFile = "credentials_file"
	issuerKeys      = "jwks"
)

// filesOf are the files that are watched for changes.
func filesOf(cfg config.Config) []string {
	files, manifests := cfg.Files()
	expanded, _ := persisted.Expand(manifests) // what is missing shows as a change, and then as an error
	return append(files, expanded...)
}

// newCallers reads the files of the callers' settings.
func newCallers(ctx context.Context, cfg config.Config, events caller.Events, logger *slog.Logger) (*caller.Callers, error) {
	callers, err := caller.New(ctx, caller.Config{Settings: caller.Settings(cfg.Callers), Events: events, Logger: logger})
	if err != nil {
		return nil, fmt.Errorf("PAYMENTLINKS_CREDENTIALS_FILE or PAYMENTLINKS_JWKS_URL: %w", err)
	}
	return callers, nil
}

// newDocuments returns the limits on documents, and the documents that can be named.
func newDocuments(cfg config.Config) (*guard.Guard, *persisted.Store, error) {
	limits, err := guard.New(guard.Limits(cfg.Document))
	if err != nil {
		return nil, nil, fmt.Errorf("limits: %w", err)
	}
	named, err := persisted.New(persisted.Config{Settings: persisted.Settings(cfg.Persisted), Check: limits.Check})
	if err != nil {
		return nil, nil, fmt.Errorf("PAYMENTLINKS_TRUSTED_DOCUMENTS: %w", err)
	}
	return limits, named, nil
}

// parts are what the API's handler is made of beside the settings. It is made
// anew of the same parts when settings have changed.
type parts struct {
	lists   *snapshot.Store
	callers *caller.Callers
	memory  *overload.Memory // nil bounds nothing
	events  gqlhttp.Events
	reset   func(cause string) // a client that follows changes gets everything anew; may be nil
	logger  *slog.Logger
}

// newAPI returns what answers operations, and the documents that they can name.
func newAPI(cfg config.Config, p parts) (*gqlhttp.API, *persisted.Store, error) {
	limits, named, err := newDocuments(cfg)
	if err != nil {
		return nil, nil, err
	}
	executor := graph.NewExecutor(graph.Config{
		Settings: graph.Settings(cfg.Graph), Limits: cost.Limits(cfg.Operation), Source: p.lists, Reset: p.reset, Logger: p.logger,
	})
	api, err := gqlhttp.New(gqlhttp.Config{
		Settings: gqlhttp.Settings(cfg.Edge), Executor: executor, Callers: p.callers, Guard: limits, Persisted: named, Lists: p.lists,
		Challenge: p.callers.Challenge, Memory: p.memory, Tenants: newTenantBounds(cfg, p.lists), Events: p.events,
		AccessLog: gqlhttp.AccessLog(cfg.Log.AccessLog), Logger: p.logger,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("HTTP edge: %w", err)
	}
	return api, named, nil
}

// newTenantBounds holds tenants to their bounds: those that have a list each to
// its own.
func newTenantBounds(cfg config.Config, lists *snapshot.Store) *overload.Tenants {
	return overload.NewTenants(overload.TenantLimits(cfg.Tenants), func(key tenant.Key) bool {
		generation, _ := lists.Current(key)
		return generation != 0
	}, nil)
}

// newHandler is everything below the API's address. forget ends the answers that
// it keeps.
func newHandler(cfg config.Config, p parts) (_ http.Handler, forget func(), _ error) {
	api, named, err := newAPI(cfg, p)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	if cfg.Agents.MCP {
		if err := handleAgents(mux, cfg, api, named, p.callers, p.logger); err != nil {
			return nil, nil, err
		}
	}
	mux.Handle("/graphql", api)
	mux.Handle("/graphql/{$}", api)
	mux.Handle("/query", api)
	if cfg.Server.Production {
		return mux, api.Forget, nil
	}
	page := playground.Config{Endpoint: "/graphql"}
	if !cfg.HasUpstream() {
		page.Demo = playground.Demo(sandbox.Seed())
	}
	explorer, err := playground.New(page)
	if err != nil {
		return nil, nil, fmt.Errorf("playground: %w", err)
	}
	mux.Handle("/", explorer)
	mux.Handle("GET /schema.graphql", gqlhttp.Schema(gqlhttp.SDL{Subgraph: graph.SDL(), Scoped: graph.ScopedSDL(), API: graph.APISDL()}))
	return mux, api.Forget, nil
}

// putFront lets the connections of the API answer by themselves what was answered
// before.
func putFront(cfg config.Config, api *serving.Site, memory *overload.Memory) error {
	if cfg.Server.NoFront || cfg.Edge.AnswerBytes <= 0 {
		return nil
	}
	ahead, err := front.New(front.Config{MaxBytes: cfg.Memory.FrontBytes, MaxHeaderBytes: cfg.Edge.MaxHeaderBytes, Memory: memory})
	if err != nil {
		return fmt.Errorf("PAYMENTLINKS_FRONT: %w", err)
	}
	ahead.Attach(api.Server)
	api.Listener, api.Finish = ahead.Listen(api.Listener), ahead.Wait
	return nil
}

// examine tells whether the program would work with these settings.
func examine(ctx context.Context, cfg config.Config, stdout io.Writer) error {
	pair, _ := tenant.NewCredentials(cfg.Callers.UserToken, cfg.Callers.APIKey) // without one the list is not read
	return doctor.Examine(ctx, doctor.Config{
		Settings: cfg.Changed(),
		Warnings: cfg.Warnings.Sentences(),
		Offline:  cfg.Doctor.Offline,
		Client:   billpocket.Config{Settings: billpocket.Settings(cfg.Upstream)},
		Pair:     pair,
		Parts: []doctor.Part{
			{Name: "documents", Check: func(context.Context, bool) error {
				_, _, err := newDocuments(cfg)
				return err
			}},
			{Name: "callers", Check: func(ctx context.Context, offline bool) error {
				if offline {
					return caller.CheckFile(cfg.Callers.CredentialsFile)
				}
				callers, err := newCallers(ctx, cfg, caller.Events{}, slog.New(slog.DiscardHandler))
				if err != nil {
					return err
				}
				defer callers.Close()
				return callers.Ready(ctx)
			}},
		},
	}).Write(stdout, cfg.Doctor.JSON)
}

// serveSandbox runs the sandbox alone.
func serveSandbox(ctx context.Context, cfg config.Config, stdout io.Writer, logger *slog.Logger) error {
	var sites serving.Sites
	defer sites.Close()
	demo, err := sites.Listen(ctx, "PAYMENTLINKS_SANDBOX_LISTEN", newSandbox(cfg, logger), cfg.Server.SandboxListen)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, "Sandbox      %s\n", config.URL(demo.Listener.Addr())); err != nil {
		return err
	}
	return sites.ServeUntil(ctx, serving.Stop{Delay: cfg.Server.ShutdownDelay, Drain: cfg.Server.DrainTimeout}, logger)
}

// newSandbox is the demo upstream, which lets go of its hanging answers when it stops.
func newSandbox(cfg config.Config, logger *slog.Logger) *http.Server {
	demo := sandbox.New(sandbox.Config{})
	server := newServer(cfg, demo, logger)
	server.WriteTimeout = 0 // it answers as slowly as it is told to
	server.RegisterOnShutdown(demo.Close)
	return server
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
