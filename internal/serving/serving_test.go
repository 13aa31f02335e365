package serving_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"paymentlinks/internal/serving"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a server on a free port of loopback.
func site(t *testing.T, handler http.HandlerFunc) (s *serving.Site, url string) {
	t.Helper()
	var sites serving.Sites
	s, err := sites.Listen(t.Context(), "SETTING", &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return s, "http://" + s.Listener.Addr().String()
}

// get returns status and body; a request that fails gives 0 and the error.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err.Error()
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

func TestServeUntilAnswersRequestsInFlight(t *testing.T) {
	arrived, goOn := make(chan struct{}), make(chan struct{})
	slow, slowURL := site(t, func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-goOn
		_, _ = io.WriteString(w, "answered")
	})
	ctx, cancel := context.WithCancel(t.Context())
	second, secondURL := site(t, serving.Probes(func() bool { return ctx.Err() == nil }).ServeHTTP)

	ended := make(chan error)
	go func() {
		ended <- serving.Sites{slow, second}.ServeUntil(ctx, serving.Stop{Drain: time.Minute}, slog.New(slog.DiscardHandler))
	}()
	answers := make(chan string)
	go func() {
		_, body := get(t, slowURL)
		answers <- body
	}()
	<-arrived
	if status, _ := get(t, secondURL+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz while serving = %d, want 200", status)
	}
	cancel()
	if status, _ := get(t, secondURL+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz while draining = %d, want 503", status)
	}
	if status, _ := get(t, secondURL+"/livez"); status != http.StatusOK {
		t.Errorf("/livez while draining = %d, want 200", status)
	}
	close(goOn)
	if got := <-answers; got != "answered" {
		t.Errorf("request in flight: got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("ServeUntil = %v, want nil", err)
	}
	for _, url := range []string{slowURL, secondURL} {
		if status, _ := get(t, url); status != 0 {
			t.Errorf("%s still answers", url)
		}
	}
}

func TestServeUntilCutsOffWhatTakesTooLong(t *testing.T) {
	arrived := make(chan struct{})
	hanging, url := site(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- serving.Sites{hanging}.ServeUntil(ctx, serving.Stop{}, slog.New(slog.NewTextHandler(&log, nil)))
	}()
	answered := make(chan int)
	go func() {
		status, _ := get(t, url)
		answered <- status
	}()
	<-arrived
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ServeUntil = %v, want nil", err)
	}
	if status := <-answered; status != 0 {
		t.Errorf("the hanging request was answered with %d, want it cut off", status)
	}
	if !strings.Contains(log.String(), "requests in flight were cut off") {
		t.Errorf("log = %q", log.String())
	}
}

func TestServeUntilEndsWhenASiteFails(t *testing.T) {
	broken, _ := site(t, nil)
	if err := broken.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	healthy, url := site(t, nil)
	err := serving.Sites{healthy, broken}.ServeUntil(t.Context(), serving.Stop{Drain: time.Minute}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), broken.Listener.Addr().String()) {
		t.Errorf("ServeUntil = %v, want an error that names the address", err)
	}
	if status, _ := get(t, url); status != 0 {
		t.Errorf("the healthy site still answers")
	}
}

func TestListenNamesTheSetting(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	var sites serving.Sites
	_, err = sites.Listen(t.Context(), "PAYMENTLINKS_LISTEN", nil, taken.Addr().String())
	if err == nil || !strings.HasPrefix(err.Error(), "PAYMENTLINKS_LISTEN: ") {
		t.Errorf("Listen on a taken port = %v, want an error that names the setting", err)
	}
}

func TestProbes(t *testing.T) {
	isReady := true
	probes := serving.Probes(func() bool { return isReady })
	status := func(method, path string) int {
		w := httptest.NewRecorder()
		probes.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		return w.Code
	}
	if got := []int{status("GET", "/livez"), status("GET", "/readyz"), status("HEAD", "/readyz"), status("POST", "/livez"), status("GET", "/")}; !equal(got, 200, 200, 200, 405, 404) {
		t.Errorf("ready: statuses %v", got)
	}
	isReady = false
	if got := []int{status("GET", "/livez"), status("GET", "/readyz")}; !equal(got, 200, 503) {
		t.Errorf("draining: statuses %v", got)
	}
}

func equal(got []int, want ...int) bool {
	for i := range want {
		if got[i] != want[i] {
			return false
		}
	}
	return len(got) == len(want)
}

func TestListenTakesTheNextFreeAddress(t *testing.T) {
	var sites serving.Sites
	defer sites.Close()
	first, err := sites.Listen(t.Context(), "SETTING", nil, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := first.Listener.Addr().String()
	second, err := sites.Listen(t.Context(), "SETTING", nil, taken, "", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if second.Listener.Addr().String() == taken {
		t.Errorf("both listen on %s", taken)
	}
	if _, err := sites.Listen(t.Context(), "SETTING", nil, taken, ""); err == nil || !strings.Contains(err.Error(), "SETTING") {
		t.Errorf("with nothing free: error = %v, want one that names the setting", err)
	}
	if len(sites) != 2 {
		t.Errorf("%d sites, want the two that listen", len(sites))
	}
	sites.Close()
	if _, err := sites.Listen(t.Context(), "SETTING", nil, taken); err != nil {
		t.Errorf("after Close the address is not free: %v", err)
	}
}

// TestNewServerBoundsEveryWait: a server with a bound left out waits for ever.
func TestNewServerBoundsEveryWait(t *testing.T) {
	var log strings.Builder
	s := serving.NewServer(serving.Bounds{HeaderTimeout: time.Second, RequestTimeout: time.Minute, MaxHeaderBytes: 7}, http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil)))
	if s.ReadHeaderTimeout != time.Second || s.ReadTimeout != 61*time.Second || s.WriteTimeout != 90*time.Second || s.IdleTimeout != 2*time.Minute || s.MaxHeaderBytes != 7 || s.Handler == nil {
		t.Errorf("NewServer = %+v", s)
	}
	s.ErrorLog.Print("complaint")
	if !strings.Contains(log.String(), "complaint") {
		t.Errorf("log = %q", log.String())
	}
}

// During the delay requests are accepted; then, or when somebody hurries, or a
// site fails, the sites stop.
func TestServeUntilDelays(t *testing.T) {
	tests := map[string]struct {
		delay time.Duration
		end   func(hurry chan struct{}, s *serving.Site)
		fails bool
	}{
		"hurry": {time.Hour, func(hurry chan struct{}, _ *serving.Site) { close(hurry) }, false},
		"fails": {time.Hour, func(_ chan struct{}, s *serving.Site) { _ = s.Listener.Close() }, true},
		"ends":  {50 * time.Millisecond, func(chan struct{}, *serving.Site) {}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, url := site(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answered") })
			hurry := make(chan struct{})
			ctx, cancel := context.WithCancel(serving.WithHurry(t.Context(), hurry))
			ended := make(chan error)
			go func() {
				ended <- serving.Sites{s}.ServeUntil(ctx, serving.Stop{Delay: test.delay, Drain: time.Minute}, slog.New(slog.DiscardHandler))
			}()
			if _, body := get(t, url); body != "answered" {
				t.Errorf("before: %s", body)
			}
			cancel()
			if test.delay == time.Hour {
				if _, body := get(t, url); body != "answered" {
					t.Errorf("during the delay: %s", body)
				}
			}
			test.end(hurry, s)
			if err := <-ended; (err != nil) != test.fails {
				t.Errorf("ServeUntil = %v, want an error: %v", err, test.fails)
			}
		})
	}
}
