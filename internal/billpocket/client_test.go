package billpocket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/tenant"
)

// newUpstream starts a sandbox on loopback and returns it with its URL.
func newUpstream(t testing.TB) (*sandbox.Server, string) {
	t.Helper()
	upstream := sandbox.New(sandbox.Config{})
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	t.Cleanup(upstream.Close)
	return upstream, server.URL
}

func newClient(t testing.TB, c billpocket.Config) *billpocket.Client {
	t.Helper()
	client, err := billpocket.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func credentials(t testing.TB, userToken string) tenant.Tenant {
	t.Helper()
	c, err := tenant.NewCredentials(userToken, sandbox.APIKey)
	if err != nil {
		t.Fatal(err)
	}
	return tenant.NewKeyer().Tenant(c)
}

// serve asks a sandbox for a list without a network.
func serve(t testing.TB, upstream *sandbox.Server, userToken string) []byte {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/custom-link", nil)
	req.Header.Set("BP-User-Token", userToken)
	req.Header.Set("X-Api-Key", sandbox.APIKey)
	recorder := httptest.NewRecorder()
	upstream.ServeHTTP(recorder, req)
	if recorder.Code != 200 {
		t.Fatalf("%s: %d", userToken, recorder.Code)
	}
	return recorder.Body.Bytes()
}

// roundTripper is a transport made of a function.
type roundTripper func(req *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answering is a transport that gives one answer to everything.
func answering(status int, body string, header ...string) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: req}, nil
	}
}

func TestListPublishedExample(t *testing.T) {
	_, url := newUpstream(t)
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}, Now: func() time.Time { return now }})
	got, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for link := range got.Set.All().All() {
		codes = append(codes, link.Code())
	}
	if diff := cmp.Diff([]string{"ll33q0rh", "ll33pe5x", "ll33n4mz", "ll33kth5", "ll32lx7n"}, codes); diff != "" {
		t.Errorf("codes in upstream's order (-want +got):\n%s", diff)
	}
	if got.Skipped != 0 || got.Stale || !got.FetchedAt.Equal(now) || !got.FreshUntil.IsZero() {
		t.Errorf("snapshot %+v", got)
	}
	// The beginning of `sha256sum seed.json`.
	if want := "52f49bfe67c1a6a799a0d7109867d4b9"; got.Version != want {
		t.Errorf("version %q, want %q", got.Version, want)
	}
}

func TestListTellsUpstreamNothingElse(t *testing.T) {
	var got *http.Request
	client := newClient(t, billpocket.Config{
		Settings: billpocket.Settings{BaseURL: "https://api.example/card/"}, UserAgent: "paymentlinks/1.2",
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			got = req
			return answering(204, "")(req)
		}),
	})
	if _, err := client.List(t.Context(), credentials(t, "demo-seed"), nil); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Bp-User-Token": {"demo-seed"}, "X-Api-Key": {"demo-key"},
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"paymentlinks/1.2"},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if got.Method != http.MethodGet || got.URL.String() != "https://api.example/card/v1/custom-link" || got.Body != nil {
		t.Errorf("%s %s, want a GET of the base URL and the call's path", got.Method, got.URL)
	}
	if _, ok := got.Context().Deadline(); !ok {
		t.Error("the try has no deadline")
	}
}

func TestListEmpty(t *testing.T) {
	upstream, url := newUpstream(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
	noContent, err := client.List(t.Context(), credentials(t, sandbox.EmptyToken), nil)
	if err != nil || noContent.Set.Len() != 0 || noContent.Skipped != 0 || noContent.Version == "" {
		t.Fatalf("204: %+v, error %v; want an empty list", noContent, err)
	}
	again, err := client.List(t.Context(), credentials(t, sandbox.EmptyToken), noContent)
	if err != nil || again.Version != noContent.Version || again.Set != noContent.Set {
		t.Errorf("204 again: %+v, error %v; want the same list", again, err)
	}
	// A 200 without a body has the hash of a 204, and is no list.
	blank := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: answering(http.StatusOK, "")})
	if got, err := blank.List(t.Context(), credentials(t, sandbox.EmptyToken), noContent); fault.KindOf(err) != fault.UpstreamMalformed {
		t.Errorf("200 without a body after 204: %+v, error %v; want UPSTREAM_MALFORMED_RESPONSE", got, err)
	}
	upstream.SetBody(sandbox.EmptyToken, []byte("[]"))
	array, err := client.List(t.Context(), credentials(t, sandbox.EmptyToken), noContent)
	if err != nil || array.Set.Len() != 0 || array.Version == noContent.Version {
		t.Errorf("[]: %+v, error %v; want another empty list", array, err)
	}
}

func TestListKeepsWhatHasNotChanged(t *testing.T) {
	upstream, url := newUpstream(t)
	now := time.Unix(1_700_000_000, 0)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}, Now: func() time.Time { return now }})
	list := func(prev *paymentlink.Snapshot) *paymentlink.Snapshot {
		t.Helper()
		got, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), prev)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	body := string(serve(t, upstream, sandbox.SeedToken))
	upstream.SetBody(sandbox.SeedToken, []byte(strings.Replace(body, "[", "[17,", 1)))

	first := list(nil)
	now = now.Add(time.Minute)
	prev := *first
	prev.Stale, prev.FreshUntil = true, now
	second := list(&prev)
	if second.Set != first.Set || second.Version != first.Version || second.Skipped != 1 {
		t.Errorf("unchanged: %+v, want the Set, version and skipped count of %+v", second, first)
	}
	if !second.FetchedAt.Equal(now) || second.Stale || !second.FreshUntil.IsZero() {
		t.Errorf("unchanged: %+v, want it fetched at %v and nothing else of the former's age", second, now)
	}

	upstream.SetBody(sandbox.SeedToken, []byte(strings.Replace(body, `"status": 1`, `"status": 0`, 1)))
	third := list(second)
	if third.Set == first.Set || third.Version == first.Version || third.Skipped != 0 {
		t.Errorf("changed: %+v, want nothing of %+v", third, first)
	}
	if len(third.Version) != 32 || strings.Trim(third.Version, "0123456789abcdef") != "" {
		t.Errorf("version %q, want 32 hexadecimal digits", third.Version)
	}
}

// TestListsNeverMix reads many lists at once out of pooled buffers and looks
// at them when all is done: each must hold its own merchant's links alone.
func TestListsNeverMix(t *testing.T) {
	upstream, url := newUpstream(t)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
	const tenants, rounds = 20, 5
	snapshots := make([][]*paymentlink.Snapshot, tenants)
	var wg sync.WaitGroup
	for i := range tenants {
		name := fmt.Sprintf("tenant%02d", i)
		upstream.AddMerchant(name, sandbox.APIKey, sandbox.GenerateList(name, 10+i, time.Unix(1_700_000_000, 0)))
		pair := credentials(t, name)
		wg.Go(func() {
			for range rounds {
				got, err := client.List(t.Context(), pair, nil)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				snapshots[i] = append(snapshots[i], got)
			}
		})
	}
	wg.Wait()
	for i, all := range snapshots {
		name := fmt.Sprintf("tenant%02d", i)
		for _, got := range all {
			if got.Set.Len() != 10+i {
				t.Errorf("%s: %d links, want %d", name, got.Set.Len(), 10+i)
			}
			for link := range got.Set.All().All() {
				for _, text := range []string{link.ID(), link.URL(), link.Code(), link.Description(), string(link.Upstream())} {
					if !strings.Contains(text, name) {
						t.Fatalf("%s: got %q", name, text)
					}
				}
			}
		}
	}
}

// TestReusedConnectionSurvivesErrors: the body of an error is read to its end,
// so that its connection can serve the next call where that is allowed.
func TestReusedConnectionSurvivesErrors(t *testing.T) {
	upstream := sandbox.New(sandbox.Config{})
	t.Cleanup(upstream.Close)
	var mu sync.Mutex
	connections := 0
	server := httptest.NewUnstartedServer(upstream)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			connections++
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL, ReuseConnections: true}})
	for _, status := range []int{401, 403, 429, 503, 302, 404} {
		if err := upstream.Fail(sandbox.Fault{Mode: sandbox.ModeStatus, Status: status, Calls: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		_, _ = client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
	}
	mu.Lock()
	defer mu.Unlock()
	if total := upstream.Calls().Total; connections != 1 || total != 10 {
		t.Errorf("%d connections for %d calls, want 1 for 10", connections, total)
	}
}

func TestListSettings(t *testing.T) {
	upstream, url := newUpstream(t)
	upstream.SetBody("t", []byte(`[{"id":"a","custom_link_path":"https://links.example/a","created_at":"2026-01-02T03:04:05"},
		{"id":"b","custom_link_path":"https://test.links.example/b"}]`))
	client := newClient(t, billpocket.Config{
		Settings: billpocket.Settings{BaseURL: url, Location: time.FixedZone("Mexico City", -6*60*60), LiveHosts: []string{"links.example"}},
	})
	got, err := client.List(t.Context(), credentials(t, "t"), nil)
	if err != nil {
		t.Fatal(err)
	}
	link, _ := got.Set.ByID("a")
	if created, ok := link.CreatedAt(); !ok || !created.Equal(time.Date(2026, 1, 2, 9, 4, 5, 0, time.UTC)) {
		t.Errorf("created at %v, want it read in the set zone", created)
	}
	if link.Environment() != paymentlink.EnvironmentLive {
		t.Errorf("environment %v, want LIVE", link.Environment())
	}
}

func TestListCountsAndLogsWhatItSkips(t *testing.T) {
	const link = `{"id":"SECRET-%d","custom_link_path":"https://h/a/SECRET"}`
	var elements []string
	for i := range 100 {
		switch {
		case i%3 == 1:
			elements = append(elements, `{"id":"SECRET"}`) // no URL
		case i == 50:
			elements = append(elements, fmt.Sprintf(link, 0)) // as the first
		default:
			elements = append(elements, fmt.Sprintf(link, i))
		}
	}
	var log strings.Builder
	client := newClient(t, billpocket.Config{
		Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: answering(200, "["+strings.Join(elements, ",")+"]"), Logger: newLogger(&log),
	})
	got, err := client.List(t.Context(), credentials(t, "SECRET-token"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Set.Len() != 66 || got.Skipped != 34 {
		t.Errorf("%d links, %d skipped; want 66 and 34", got.Set.Len(), got.Skipped)
	}
	want := `level=WARN msg="upstream list is incomplete" elements=100 skipped=34 ` +
		`first_skipped="[1 4 7 10 13 16 19 22 25 28 31 34 37 40 43 46 49 50 52 55]"` + "\n"
	if log.String() != want {
		t.Errorf("log %q, want %q", log.String(), want)
	}

	log.Reset()
	if _, err := client.List(t.Context(), credentials(t, "SECRET-token"), got); err != nil || log.Len() > 0 {
		t.Errorf("unchanged: error %v, log %q; want neither", err, log.String())
	}
}

func TestListLogsUnreadableExpiriesOnce(t *testing.T) {
	var elements []string
	for i := range 100 {
		expiry := `null`
		if i%2 == 1 {
			expiry = `"SECRET, next week"`
		}
		elements = append(elements, fmt.Sprintf(`{"id":"i%d","custom_link_path":"https://h/a","status":1,"expired_at":%s}`, i, expiry))
	}
	var log strings.Builder
	client := newClient(t, billpocket.Config{
		Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: answering(200, "["+strings.Join(elements, ",")+"]"), Logger: newLogger(&log),
	})
	got, err := client.List(t.Context(), credentials(t, "SECRET-token"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for link := range got.Set.All().All() {
		want := paymentlink.StateOpen
		if n, _ := strconv.Atoi(link.ID()[1:]); n%2 == 1 {
			want = paymentlink.StateUnknown
		}
		if state := link.State(time.Now()); state != want {
			t.Errorf("link %s is %v, want %v", link.ID(), state, want)
		}
	}
	want := `level=WARN msg="upstream sends expiries that cannot be read" elements=100 unreadable=50 ` +
		`first_unreadable="[1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31 33 35 37 39]"` + "\n"
	if log.String() != want {
		t.Errorf("log %q, want %q", log.String(), want)
	}

	log.Reset()
	if _, err := client.List(t.Context(), credentials(t, "SECRET-token"), got); err != nil || log.Len() > 0 {
		t.Errorf("unchanged: error %v, log %q; want neither", err, log.String())
	}
}

func TestListKeepsAmountsExact(t *testing.T) {
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: answering(200,
		`[{"id":"a","custom_link_path":"https://h/a","currency":"MXN","amount":9007199254740993.01}]`)})
	got, err := client.List(t.Context(), credentials(t, "t"), nil)
	if err != nil {
		t.Fatal(err)
	}
	link, _ := got.Set.ByID("a")
	want, err := money.ParseDecimal("9007199254740993.01")
	if err != nil {
		t.Fatal(err)
	}
	if amount, ok := link.Amount(); !ok || amount.Value() != want.String() {
		t.Errorf("amount %v, want 9007199254740993.01", amount.Value())
	}
}

// hanging blocks until the request's context ends, as a transport does when
// nothing comes.
func hanging(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// stalling answers the headers and half a list.
func stalling(req *http.Request) (*http.Response, error) {
	resp, _ := answering(200, "")(req)
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`[{"id":`), readerFunc(func([]byte) (int, error) {
		<-req.Context().Done()
		return 0, req.Context().Err()
	})))
	return resp, nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestListWaitsNoLongerThanItMay(t *testing.T) {
	tests := map[string]struct {
		timeout time.Duration                                       // of Config
		limit   func(ctx context.Context) (context.Context, func()) // by the caller
		want    fault.Kind
		took    time.Duration
	}{
		"try, default": {0, leave, fault.UpstreamTimeout, 4 * time.Second},
		"try, set":     {time.Minute, leave, fault.UpstreamTimeout, time.Minute},
		"caller's deadline": {0, func(ctx context.Context) (context.Context, func()) {
			return context.WithTimeout(ctx, time.Second)
		}, fault.UpstreamTimeout, time.Second},
		"caller leaves": {0, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		}, fault.Canceled, 2 * time.Second},
	}
	for name, test := range tests {
		for kind, transport := range map[string]roundTripper{"hang": hanging, "stall": stalling} {
			t.Run(name+", "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example", TryTimeout: test.timeout}, Transport: transport})
					ctx, cancel := test.limit(t.Context())
					defer cancel()
					began := time.Now()
					_, err := client.List(ctx, credentials(t, "t"), nil)
					if got := fault.KindOf(err); got != test.want {
						t.Errorf("kind %s (%v), want %s", got, err, test.want)
					}
					if took := time.Since(began); took != test.took {
						t.Errorf("took %v, want %v", took, test.took)
					}
				})
			})
		}
	}
}

func leave(ctx context.Context) (context.Context, func()) { return ctx, func() {} }

// TestListDoesNotWaitForAnErrorsBody: the status has said it all.
func TestListDoesNotWaitForAnErrorsBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := stalling(req)
			resp.StatusCode = http.StatusServiceUnavailable
			return resp, err
		})})
		began := time.Now()
		_, err := client.List(t.Context(), credentials(t, "t"), nil)
		if got, took := fault.KindOf(err), time.Since(began); got != fault.UpstreamUnavailable || took > 100*time.Millisecond {
			t.Errorf("kind %s after %v, want UPSTREAM_UNAVAILABLE at once", got, took)
		}
	})
}

// TestHangingUpstream is the same over real connections.
func TestHangingUpstream(t *testing.T) {
	for _, mode := range []sandbox.Mode{sandbox.ModeHang, sandbox.ModeStall, sandbox.ModeSlowDrip} {
		t.Run(string(mode), func(t *testing.T) {
			upstream, url := newUpstream(t)
			if err := upstream.Fail(sandbox.Fault{Mode: mode, Delay: 20 * time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url, TryTimeout: 50 * time.Millisecond}})
			_, err := client.List(t.Context(), credentials(t, sandbox.SeedToken), nil)
			classified, ok := errors.AsType[*fault.Error](err)
			if !ok || classified.Kind != fault.UpstreamTimeout || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want UPSTREAM_TIMEOUT", err)
			}
		})
	}
}
