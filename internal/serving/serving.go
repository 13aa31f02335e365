package serving

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Site is a server and what it listens on.
type Site struct {
	Server   *http.Server
	Listener net.Listener
	// Finish, when not nil, is called once Server has shut down. It returns when
	// what else answers requests of Listener has finished, or ctx has ended.
	Finish func(ctx context.Context)
}

// Sites are the servers of one program, in the order in which they stop.
type Sites []*Site

// Listen adds server, listening on the first of addresses that is free; empty
// ones are left out. Its error is of the first, and names the setting that it
// came from.
func (sites *Sites) Listen(ctx context.Context, setting string, server *http.Server, addresses ...string) (*Site, error) {
	var first error
	for _, address := range addresses {
		if address == "" {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err == nil {
			site := &Site{Server: server, Listener: listener}
			*sites = append(*sites, site)
			return site, nil
		}
		first = cmp.Or(first, fmt.Errorf("%s: %w", setting, err))
	}
	return nil, first
}

// Close closes the listeners of sites that were perhaps never served. After
// ServeUntil it changes nothing.
func (sites *Sites) Close() {
	for _, s := range *sites {
		_ = s.Listener.Close() // it may be closed already
	}
}

// Stop is how Sites stop.
type Stop struct {
	// Delay is how long requests are still accepted once the context has ended,
	// so that whoever hands them out can see that we are not ready any more. 0
	// accepts none.
	Delay time.Duration
	// Drain is how long the requests in flight may then take, in all sites
	// together. 0 cuts them off.
	Drain time.Duration
}

// ServeUntil serves all sites until ctx ends, which is not an error, or one of them
// fails. After the delay (see WithHurry) they stop in the order given, each only
// when the one before has answered its requests in flight; what is not answered
// in time is cut off. It returns when nothing is served any more.
func (sites Sites) ServeUntil(ctx context.Context, stop Stop, logger *slog.Logger) error {
	failed := make(chan error, len(sites))
	var running sync.WaitGroup
	for _, s := range sites {
		running.Go(func() {
			if err := s.Server.Serve(s.Listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", s.Listener.Addr(), err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
		err = stop.wait(ctx, failed, logger)
	case err = <-failed:
	}
	logger.InfoContext(ctx, "draining", "at_most", stop.Drain)
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), stop.Drain)
	defer cancel()
	for _, s := range sites {
		if s.Server.Shutdown(bound) != nil {
			logger.WarnContext(ctx, "requests in flight were cut off", "address", s.Listener.Addr().String())
			_ = s.Server.Close() // the listener is closed already; there is nothing else to know
		}
		if s.Finish != nil {
			s.Finish(bound)
		}
	}
	running.Wait()
	logger.InfoContext(ctx, "stopped")
	return err
}

// wait lets the delay pass. It ends early when somebody hurries or a site fails,
// whose error it returns.
func (s Stop) wait(ctx context.Context, failed <-chan error, logger *slog.Logger) error {
	if s.Delay <= 0 {
		return nil
	}
	logger.InfoContext(ctx, "stopping: not ready any more, and still accepting", "delay", s.Delay)
	timer := time.NewTimer(s.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-hurryOf(ctx):
	case err := <-failed:
		return err
	}
	return nil
}

// Admin answers what is for operators alone: the probes, /metrics, /debug/pprof/,
// and /tenants/.
func Admin(isReady func() bool, metrics, profiles, tenants http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", Probes(isReady))
	mux.Handle("GET /metrics", metrics)
	mux.Handle("/debug/pprof/", profiles)
	mux.Handle("/tenants/", tenants)
	return mux
}

// Probes answers /livez, and /readyz by isReady. Readiness should not follow
// upstream's state: taking us out of service would not heal it.
func Probes(isReady func() bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n") // the prober may have left
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !isReady() {
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}
