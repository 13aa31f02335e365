package billpocket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/tenant"
)

// newLogger writes lines without times.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestFaults goes through what upstream can do, over loopback.
func TestFaults(t *testing.T) {
	tests := map[string]struct {
		fault sandbox.Fault
		want  fault.Kind // "" is a list
		after time.Duration
	}{
		"as usual":          {sandbox.Fault{}, "", 0},
		"created":           {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 201, Body: "[]"}, fault.UpstreamMalformed, 0},
		"accepted":          {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 202, Body: "[]"}, fault.UpstreamMalformed, 0},
		"partial":           {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 206, Body: "[]"}, fault.UpstreamMalformed, 0},
		"no content":        {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 204}, "", 0},
		"HTML":              {sandbox.Fault{Mode: sandbox.ModeMalformed}, fault.UpstreamMalformed, 0},
		"no array":          {sandbox.Fault{Mode: sandbox.ModeMalformed, Body: `{"data":[]}`}, fault.UpstreamMalformed, 0},
		"empty body":        {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 200, Body: " "}, fault.UpstreamMalformed, 0},
		"all unreadable":    {sandbox.Fault{Mode: sandbox.ModeMalformed, Body: `[{},null]`}, fault.UpstreamMalformed, 0},
		"cut off":           {sandbox.Fault{Mode: sandbox.ModeCutOff}, fault.UpstreamMalformed, 0},
		"slow but in time":  {sandbox.Fault{Mode: sandbox.ModeSlowDrip, Delay: time.Millisecond}, "", 0},
		"unauthenticated":   {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 401}, fault.Unauthenticated, 0},
		"forbidden":         {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 403}, fault.Forbidden, 0},
		"rate limit":        {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429, RetryAfter: "7"}, fault.UpstreamRateLimited, 7 * time.Second},
		"rate limit, bare":  {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429}, fault.UpstreamRateLimited, time.Second},
		"internal error":    {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 500}, fault.UpstreamUnavailable, 0},
		"bad gateway":       {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 502, RetryAfter: "7"}, fault.UpstreamUnavailable, 7 * time.Second},
		"unavailable":       {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503, RetryAfter: "7"}, fault.UpstreamUnavailable, 7 * time.Second},
		"gateway time-out":  {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 504}, fault.UpstreamUnavailable, 0},
		"disconnected":      {sandbox.Fault{Mode: sandbox.ModeDisconnect}, fault.UpstreamUnavailable, 0},
		"request time-out":  {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 408}, fault.UpstreamTimeout, 0},
		"redirect":          {sandbox.Fault{Mode: sandbox.ModeRedirect, Location: "/v2/custom-link"}, fault.UpstreamMalformed, 0},
		"not modified":      {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 304}, fault.UpstreamMalformed, 0},
		"bad request":       {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 400}, fault.UpstreamRejected, 0},
		"not found":         {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 404}, fault.UpstreamRejected, 0},
		"unavailable, long": {sandbox.Fault{Mode: sandbox.ModeStatus, Status: 503, Body: strings.Repeat("x", 1<<20)}, fault.UpstreamUnavailable, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			upstream, url := newUpstream(t)
			if err := upstream.Fail(test.fault); err != nil {
				t.Fatal(err)
			}
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
			got, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
			if kind := fault.KindOf(err); kind != test.want {
				t.Fatalf("kind %q (%v), want %q", kind, err, test.want)
			}
			if (got == nil) != (err != nil) {
				t.Errorf("snapshot %v beside error %v", got, err)
			}
			if classified, ok := errors.AsType[*fault.Error](err); ok {
				if classified.RetryAfter != test.after {
					t.Errorf("retry after %v, want %v", classified.RetryAfter, test.after)
				}
				redirect := test.fault.Mode == sandbox.ModeRedirect || test.fault.Status/100 == 3
				if classified.Permanent != redirect {
					t.Errorf("permanent %v, want %v", classified.Permanent, redirect)
				}
			}
		})
	}
}

func TestEveryStatusHasAKind(t *testing.T) {
	var status int
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		return answering(status, "[]")(req)
	})})
	for status = 100; status < 1000; status++ {
		want := fault.UpstreamMalformed
		switch {
		case status == 200, status == 204:
			want = ""
		case status == 401:
			want = fault.Unauthenticated
		case status == 403:
			want = fault.Forbidden
		case status == 408:
			want = fault.UpstreamTimeout
		case status == 429:
			want = fault.UpstreamRateLimited
		case status/100 == 4:
			want = fault.UpstreamRejected
		case status/100 == 5:
			want = fault.UpstreamUnavailable
		}
		if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != want {
			t.Errorf("status %d = %v, want %q", status, err, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	tests := map[string]struct {
		value string
		want  time.Duration
	}{
		"absent":       {"", time.Second},
		"seconds":      {"120", 2 * time.Minute},
		"white space":  {" 2 ", 2 * time.Second},
		"none":         {"0", time.Second},
		"at most":      {"301", 5 * time.Minute},
		"overflow":     {"99999999999999999999999", 5 * time.Minute},
		"negative":     {"-5", time.Second},
		"fraction":     {"1.5", time.Second},
		"words":        {"soon", time.Second},
		"date":         {"Sat, 14 Mar 2026 15:10:26 GMT", time.Minute},
		"date, past":   {"Sat, 14 Mar 2026 15:00:00 GMT", time.Second},
		"date, far":    {"Sat, 14 Mar 2037 15:00:00 GMT", 5 * time.Minute},
		"date, RFC850": {"Saturday, 14-Mar-26 15:10:26 GMT", time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := billpocket.RetryAfter(test.value, now); got != test.want {
				t.Errorf("retryAfter(%q) = %v, want %v", test.value, got, test.want)
			}
		})
	}
}

// TestRedirectsAreNotFollowed: Go's client would carry both credentials along.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was called with %v", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	upstream, url := newUpstream(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
	for _, status := range []int{300, 301, 302, 303, 305, 307, 308} {
		if err := upstream.Fail(sandbox.Fault{Mode: sandbox.ModeRedirect, Status: status, Location: elsewhere.URL + "/v1/custom-link", Calls: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil); fault.KindOf(err) != fault.UpstreamMalformed {
			t.Errorf("%d: %v, want UPSTREAM_MALFORMED_RESPONSE", status, err)
		}
	}
	if calls := upstream.Calls().Total; calls != 7 {
		t.Errorf("%d calls, want 7", calls)
	}
}

// speaking is an upstream that reads a request and says words, HTTP or not.
func speaking(t *testing.T, words string) (url string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, words)
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// TestNothingLeaks plants a mark in every place that upstream or a caller can
// write to, and looks for it in all that comes out of a failure.
func TestNothingLeaks(t *testing.T) {
	const mark = "SECRET"
	status := func(f sandbox.Fault) func(t *testing.T) string {
		return func(t *testing.T) string {
			upstream, url := newUpstream(t)
			if err := upstream.Fail(f); err != nil {
				t.Fatal(err)
			}
			return url
		}
	}
	said := func(words string) func(t *testing.T) string {
		return func(t *testing.T) string { return speaking(t, words) }
	}
	tests := map[string]struct {
		upstream func(t *testing.T) string
		want     fault.Kind
	}{
		"error body":       {status(sandbox.Fault{Mode: sandbox.ModeStatus, Status: 500, Body: mark}), fault.UpstreamUnavailable},
		"rejected body":    {status(sandbox.Fault{Mode: sandbox.ModeStatus, Status: 400, Body: mark}), fault.UpstreamRejected},
		"refused body":     {status(sandbox.Fault{Mode: sandbox.ModeStatus, Status: 401, Body: mark}), fault.Unauthenticated},
		"retry after":      {status(sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429, RetryAfter: mark}), fault.UpstreamRateLimited},
		"location":         {status(sandbox.Fault{Mode: sandbox.ModeRedirect, Location: "https://" + mark}), fault.UpstreamMalformed},
		"broken location":  {status(sandbox.Fault{Mode: sandbox.ModeRedirect, Location: "https://%zz" + mark}), fault.UpstreamMalformed},
		"malformed body":   {status(sandbox.Fault{Mode: sandbox.ModeMalformed, Body: `[{"id":"` + mark}), fault.UpstreamMalformed},
		"unreadable":       {status(sandbox.Fault{Mode: sandbox.ModeMalformed, Body: `[{"id":"` + mark + `"}]`}), fault.UpstreamMalformed},
		"no HTTP":          {said(mark + "\r\n\r\n"), fault.UpstreamUnavailable},
		"status line":      {said("HTTP/1.1 " + mark + "\r\n\r\n"), fault.UpstreamUnavailable},
		"protocol":         {said("HTTP/" + mark + " 200 OK\r\n\r\n"), fault.UpstreamUnavailable},
		"broken header":    {said("HTTP/1.1 200 OK\r\n" + mark + "\r\n\r\n"), fault.UpstreamUnavailable},
		"length":           {said("HTTP/1.1 200 OK\r\nContent-Length: " + mark + "\r\n\r\n"), fault.UpstreamUnavailable},
		"transfer coding":  {said("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + mark + "\r\n\r\n"), fault.UpstreamUnavailable},
		"chunk":            {said("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + mark + "\r\n"), fault.UpstreamUnavailable},
		"content coding":   {said("HTTP/1.1 200 OK\r\nContent-Encoding: " + mark + "\r\nContent-Length: 0\r\n\r\n"), fault.UpstreamMalformed},
		"endless headers":  {said("HTTP/1.1 200 OK\r\nX: " + strings.Repeat(mark, 20_000) + "\r\n\r\n"), fault.UpstreamUnavailable},
		"switched":         {said("HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + mark + "\r\nConnection: upgrade\r\n\r\n"), fault.UpstreamMalformed},
		"broken gzip":      {said("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + mark), fault.UpstreamMalformed},
		"headers cut off":  {said("HTTP/1.1 200 OK\r\nX-" + mark), fault.UpstreamUnavailable},
		"body cut off":     {said("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[" + mark), fault.UpstreamMalformed},
		"connection ended": {said(""), fault.UpstreamUnavailable},
	}
	pair, err := tenant.NewCredentials(mark+"-token", mark+"-key")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: test.upstream(t)}, Logger: newLogger(&log)})
			_, err := client.List(t.Context(), tenant.Tenant{Credentials: pair}, nil)
			classified, ok := errors.AsType[*fault.Error](err)
			if !ok || classified.Kind != test.want {
				t.Fatalf("error %v, want %s", err, test.want)
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, classified.Err), classified.Public, log.String()} {
				if strings.Contains(text, mark) {
					t.Errorf("leaked: %s", text)
				}
			}
			checkPublic(t, classified.Public)
		})
	}
}

var goType = regexp.MustCompile(`\*?[a-z]+\.[A-Z]|0x|\bnil\b|goroutine`)

// checkPublic holds a public sentence against the rules for them.
func checkPublic(t *testing.T, public string) {
	t.Helper()
	if goType.MatchString(public) || !strings.HasSuffix(public, ".") || public == "" || strings.ToUpper(public[:1]) != public[:1] {
		t.Errorf("public sentence %q", public)
	}
}

func TestErrorsOfSending(t *testing.T) {
	refused := speakingNobody(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: refused}})
	_, err := client.List(t.Context(), credentials(t, "t"), nil)
	if fault.KindOf(err) != fault.UpstreamUnavailable || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("nobody listens: %v, want UPSTREAM_UNAVAILABLE with the operating system's reason", err)
	}

	// What a transport's time-outs look like: no context has ended.
	client = newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: timeoutError{}}
	})})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != fault.UpstreamTimeout {
		t.Errorf("dial timed out: %v, want UPSTREAM_TIMEOUT", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.List(ctx, credentials(t, "t"), nil); fault.KindOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("caller left before: %v, want CANCELED", err)
	}
}

// TestFaultsStayWithTheirTenant interleaves merchants that fail, each in its
// own way, with some that do not.
func TestFaultsStayWithTheirTenant(t *testing.T) {
	upstream, url := newUpstream(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
	faults := []struct {
		fault sandbox.Fault
		want  fault.Kind
	}{
		{sandbox.Fault{}, ""},
		{sandbox.Fault{Mode: sandbox.ModeStatus, Status: 401}, fault.Unauthenticated},
		{sandbox.Fault{Mode: sandbox.ModeStatus, Status: 429}, fault.UpstreamRateLimited},
		{sandbox.Fault{Mode: sandbox.ModeCutOff}, fault.UpstreamMalformed},
		{sandbox.Fault{Mode: sandbox.ModeDisconnect}, fault.UpstreamUnavailable},
		{sandbox.Fault{Delay: 2 * time.Millisecond}, ""},
		{sandbox.Fault{Mode: sandbox.ModeHang}, fault.Canceled},
	}
	var wg sync.WaitGroup
	for i := range 10 * len(faults) {
		name, test := fmt.Sprintf("tenant%02d", i), faults[i%len(faults)]
		upstream.AddMerchant(name, sandbox.APIKey, sandbox.GenerateList(name, 5, time.Unix(1_700_000_000, 0)))
		test.fault.Token = name
		if err := upstream.Fail(test.fault); err != nil {
			t.Fatal(err)
		}
		pair := credentials(t, name)
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.want == fault.Canceled {
				time.AfterFunc(5*time.Millisecond, cancel)
			}
			got, err := client.List(ctx, pair, nil)
			if kind := fault.KindOf(err); kind != test.want {
				t.Errorf("%s: %v, want %q", name, err, test.want)
				return
			}
			if err != nil {
				return
			}
			for link := range got.Set.All().All() {
				if !strings.Contains(link.ID(), name) {
					t.Errorf("%s got %s", name, link.ID())
				}
			}
		})
	}
	wg.Wait()
}

// speakingNobody returns the URL of a port where nobody listens.
func speakingNobody(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server.URL
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }
