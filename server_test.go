package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is the program itself for a test that needs a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_PROGRAM") != "" { //nolint:forbidigo // the test's own word to the process it starts
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// service is the program, run by start.
type service struct {
	// url, admin and sandbox are where it answers.
	url, admin, sandbox string
	stdout, stderr      *output
	client              *http.Client
	cancel              context.CancelFunc
	stopped             func() error
}

// start runs the program on free ports of loopback until the test ends.
func start(t *testing.T, environ ...string) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &service{stdout: newOutput(), stderr: newOutput(), cancel: cancel}
	ended := make(chan error, 1)
	go func() {
		environ = append([]string{"PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:0", "PAYMENTLINKS_SHUTDOWN_DELAY=0s"}, environ...)
		ended <- run(ctx, nil, environ, s.stdout, s.stderr)
	}()
	s.stopped = sync.OnceValue(func() error { return <-ended })
	transport := &http.Transport{}
	s.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		cancel()
		transport.CloseIdleConnections()
		if err := s.stopped(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	for !s.isReady() {
		select {
		case <-s.stdout.written:
		case <-s.stderr.written:
		case err := <-ended:
			ended <- nil
			t.Fatalf("run ended before it served: %v\n%s", err, s.stderr)
		}
	}
	return s
}

// isReady looks for the addresses: in the banner, which is written in one piece
// when everything is ready, or, where there is none, in the log.
func (s *service) isReady() bool {
	find := func(text, pattern string) string {
		if match := regexp.MustCompile(pattern).FindStringSubmatch(text); match != nil {
			return match[1]
		}
		return ""
	}
	banner := s.stdout.String()
	s.url, s.admin, s.sandbox = find(banner, `GraphQL API +(\S+)/graphql`), find(banner, `Probes +(\S+)/livez`), find(banner, `Sandbox +(\S+)`)
	line := find(s.stderr.String(), `msg=serving (.*)\n`)
	if s.url == "" && line != "" {
		s.url, s.admin = "http://"+find(line, `at.api=(\S+)`), "http://"+find(line, `at.admin=(\S+)`)
	}
	return s.url != ""
}

// output keeps what is written to it, and tells when there is something.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{} // takes a note of each write
}

func newOutput() *output { return &output{written: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer func() {
		select {
		case o.written <- struct{}{}:
		default:
		}
	}()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// do sends a request and returns its status and body.
func (s *service) do(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	status, answer, err := s.try(t.Context(), method, url, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return status, answer
}

func (s *service) try(ctx context.Context, method, url, body string, header ...string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

// query sends a document and returns the answer, indented.
func (s *service) query(t *testing.T, document string, header ...string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	_, answer := s.do(t, http.MethodPost, s.url+"/graphql", string(body), header...)
	return indent(t, "", []byte(answer)) + "\n"
}

// upstreamCalls counts those that the embedded sandbox was asked.
func (s *service) upstreamCalls(t *testing.T) int {
	t.Helper()
	_, answer := s.do(t, http.MethodGet, s.sandbox+"/_sandbox/calls", "")
	var calls struct{ Total int }
	if err := json.Unmarshal([]byte(answer), &calls); err != nil {
		t.Fatal(err)
	}
	return calls.Total
}

func TestFilters(t *testing.T) {
	s := start(t)
	for arguments, want := range map[string]int{
		``: 5, `(status: ACTIVE)`: 4, `(status: INACTIVE)`: 1, `(status: UNKNOWN)`: 0, `(currency: "usd")`: 0,
		`(currency: "mxn")`: 5, `(status: INACTIVE, currency: "MXN")`: 1, `(status: INACTIVE, currency: "USD")`: 0,
	} {
		var answer struct {
			Data struct{ PaymentLinks []struct{ ID string } }
		}
		text := s.query(t, "{ paymentLinks"+arguments+" { id } }")
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		if got := len(answer.Data.PaymentLinks); got != want || answer.Data.PaymentLinks == nil {
			t.Errorf("paymentLinks%s gives %d links, want %d:\n%s", arguments, got, want, text)
		}
	}
	if calls := s.upstreamCalls(t); calls != 1 {
		t.Errorf("%d upstream calls for eight questions, want 1", calls)
	}
}

func TestOneOperationMakesOneUpstreamCall(t *testing.T) {
	s := start(t, "PAYMENTLINKS_FRESH_FOR=1h")
	var document strings.Builder
	document.WriteString("{")
	for i := range 10 {
		fmt.Fprintf(&document, ` a%d: paymentLink(id: "61521794a50cfbc301p109f599d3387hab6ad") { title } b%d: paymentLinkByCode(code: "ll33pe5x") { title }`, i, i)
	}
	document.WriteString(` paymentLinks { id } paymentLinksConnection { totalCount nodes { id } summary { count } } paymentLinksSummary { count } }`)
	for i := range 3 {
		if answer := s.query(t, document.String()); strings.Contains(answer, "errors") || strings.Count(answer, `"title"`) != 20 {
			t.Fatalf("answer %d:\n%s", i, answer)
		}
		if calls := s.upstreamCalls(t); calls != 1 {
			t.Errorf("%d upstream calls after operation %d, want 1", calls, i+1)
		}
	}
}

func TestManyCallersMakeOneUpstreamCall(t *testing.T) {
	// No time-out decides here: a machine that is busy takes its time for so many.
	s := start(t, "PAYMENTLINKS_FRESH_FOR=1h", "PAYMENTLINKS_REQUEST_TIMEOUT=10m", "PAYMENTLINKS_HEADER_TIMEOUT=1m",
		"PAYMENTLINKS_BODY_TIMEOUT=10m", "PAYMENTLINKS_UPSTREAM_TIMEOUT=5m")
	// The first call takes long enough for all to come together behind it.
	if status, answer := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"calls": 1, "delayMs": 300}`); status != http.StatusNoContent {
		t.Fatalf("delay the sandbox: %d %s", status, answer)
	}
	const callers = 1000
	var right atomic.Int32
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			_, answer, err := s.try(t.Context(), http.MethodPost, s.url+"/graphql", `{"query": "{ paymentLinks { id } }"}`)
			if err == nil && strings.Count(answer, `"id"`) == 5 {
				right.Add(1)
			}
		})
	}
	all.Wait()
	if right.Load() != callers {
		t.Errorf("%d of %d callers got the five links", right.Load(), callers)
	}
	if calls := s.upstreamCalls(t); calls != 1 {
		t.Errorf("%d upstream calls, want 1", calls)
	}
}

func TestCredentials(t *testing.T) {
	s := start(t)
	const document = `{ paymentLinks { id } }`
	tests := map[string]struct {
		header []string
		want   string
	}{
		"none: the configured pair": {nil, "61521794a50cfbc301p109f599d3387hab6ad"},
		"their own":                 {[]string{"BP-User-Token", "demo-empty", "X-Api-Key", "demo-key"}, `"paymentLinks": []`},
		"not valid":                 {[]string{"BP-User-Token", "nobody", "X-Api-Key", "demo-key"}, "UNAUTHENTICATED"},
		"not allowed":               {[]string{"BP-User-Token", "demo-forbidden", "X-Api-Key", "demo-key"}, "FORBIDDEN"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := s.query(t, document, test.header...); !strings.Contains(got, test.want) {
				t.Errorf("answer lacks %s:\n%s", test.want, got)
			}
		})
	}
}

func TestPages(t *testing.T) {
	s := start(t)
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	production := start(t, "PAYMENTLINKS_PRODUCTION=true", "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL)
	tests := []struct {
		service *service
		path    string
		status  int
		want    string
	}{
		{s, "/", http.StatusOK, "<html"},
		{s, "/schema.graphql", http.StatusOK, "type PaymentLink "},
		{s, "/graphql?query=%7B__typename%7D", http.StatusOK, "Query"},
		{s, "/query?query=%7B__typename%7D", http.StatusOK, "Query"},
		{s, "/nothing", http.StatusNotFound, ""},
		{production, "/", http.StatusNotFound, ""},
		{production, "/schema.graphql", http.StatusNotFound, ""},
	}
	for _, test := range tests {
		status, body := test.service.do(t, http.MethodGet, test.service.url+test.path, "")
		if status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("GET %s = %d, want %d with %q:\n%.300s", test.path, status, test.status, test.want, body)
		}
	}
	for _, path := range []string{"/livez", "/readyz"} {
		if status, body := s.do(t, http.MethodGet, s.admin+path, ""); status != http.StatusOK {
			t.Errorf("GET %s = %d %s", path, status, body)
		}
	}
	if answer := production.query(t, `{ __schema { queryType { name } } }`); !strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") {
		t.Errorf("introspection in production:\n%s", answer)
	}
}

// TestHostNames: over the configured pair no web page may reach the API under a
// name of its own.
func TestHostNames(t *testing.T) {
	s := start(t, "PAYMENTLINKS_ALLOWED_HOSTS=links.example")
	for host, want := range map[string]int{
		"": http.StatusOK, "localhost": http.StatusOK, "links.example": http.StatusOK, "links.example:8080": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "localhost.evil.example": http.StatusMisdirectedRequest,
	} {
		if status, answer := s.do(t, http.MethodPost, s.url+"/graphql", `{"query": "{__typename}"}`, "Host", host); status != want {
			t.Errorf("Host %q is answered with %d %s, want %d", host, status, answer, want)
		}
	}
}

func TestPersistedDocuments(t *testing.T) {
	const document = `{__typename}`
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(document)))
	extensions := `"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`
	ask := func(s *service, body string) string {
		_, answer := s.do(t, http.MethodPost, s.url+"/graphql", body)
		return answer
	}

	s := start(t)
	if got := ask(s, `{`+extensions+`}`); !strings.Contains(got, "PersistedQueryNotFound") {
		t.Errorf("before it is known: %s", got)
	}
	for _, body := range []string{`{"query": "` + document + `", ` + extensions + `}`, `{` + extensions + `}`} {
		if got := ask(s, body); !strings.Contains(got, `"Query"`) {
			t.Errorf("%s is answered with %s", body, got)
		}
	}
	off := start(t, "PAYMENTLINKS_PERSISTED_CACHE_BYTES=0")
	if got := ask(off, `{`+extensions+`}`); !strings.Contains(got, "PersistedQueryNotSupported") {
		t.Errorf("switched off: %s", got)
	}

	manifest := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(manifest, []byte(`{"hello": "{__typename}"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	trusted := start(t, "PAYMENTLINKS_TRUSTED_DOCUMENTS="+manifest, "PAYMENTLINKS_TRUSTED_ONLY=true")
	if got := ask(trusted, `{"documentId": "hello"}`); !strings.Contains(got, `"Query"`) {
		t.Errorf("a trusted document is answered with %s", got)
	}
	if got := ask(trusted, `{"query": "{__typename}"}`); !strings.Contains(got, "BAD_REQUEST") {
		t.Errorf("another document is answered with %s", got)
	}
}

// TestLimitsReachTheGuard: each setting is a limit, and 0 switches it off.
func TestLimitsReachTheGuard(t *testing.T) {
	const deep = `{ paymentLinksConnection { nodes { amount { value } } } }`
	for setting, wantRefused := range map[string]bool{
		"MAX_DEPTH=3": true, "MAX_DEPTH=4": false, "MAX_DEPTH=0": false,
		"MAX_TOKENS=5": true, "MAX_TOKENS=0": false,
		"MAX_COMPLEXITY=2": true, "MAX_COMPLEXITY=0": false,
		"MAX_DOCUMENT_BYTES=20": true, "MAX_LINKS=4": true, "MAX_LINKS=5": false,
	} {
		s := start(t, "PAYMENTLINKS_"+setting)
		if got := s.query(t, deep); strings.Contains(got, "LIMIT_EXCEEDED") != wantRefused {
			t.Errorf("%s: want refused = %v, got\n%s", setting, wantRefused, got)
		}
	}
}

// TestReadinessDoesNotFollowUpstream: a failing upstream is no reason to take us out of service.
func TestReadinessDoesNotFollowUpstream(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL)
	answer := s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
	if !strings.Contains(answer, "UPSTREAM_UNAVAILABLE") {
		t.Errorf("answer over a failing upstream:\n%s", answer)
	}
	if status, _ := s.do(t, http.MethodGet, s.admin+"/readyz", ""); status != http.StatusOK {
		t.Errorf("/readyz = %d, want 200", status)
	}
}

func TestStopAnswersRequestsInFlight(t *testing.T) {
	arrived, goOn := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-goOn
		w.WriteHeader(http.StatusNoContent)
	}))
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL)

	answers := make(chan string)
	go func() {
		_, answer, err := s.try(t.Context(), http.MethodPost, s.url+"/graphql", `{"query": "{ paymentLinks { id } }"}`, "BP-User-Token", "t", "X-Api-Key", "k")
		answers <- fmt.Sprint(answer, errors.Join(err))
	}()
	<-arrived
	s.cancel()
	if status, _ := s.do(t, http.MethodGet, s.admin+"/readyz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz while draining = %d, want 503", status)
	}
	close(goOn)
	if got := <-answers; !strings.Contains(got, `"paymentLinks":[]`) {
		t.Errorf("request in flight: %s", got)
	}
	if err := s.stopped(); err != nil {
		t.Errorf("run = %v, want nil", err)
	}
}

func TestSandboxAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stdout := newOutput()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"sandbox", "--sandbox-listen=127.0.0.1:0"}, nil, stdout, io.Discard)
	}()
	<-stdout.written
	address := regexp.MustCompile(`http://\S+`).FindString(stdout.String())

	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+address)
	if answer := s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "demo-seed", "X-Api-Key", "demo-key"); strings.Count(answer, `"id"`) != 5 {
		t.Errorf("answer over a sandbox alone:\n%s", answer)
	}
	if s.sandbox != "" {
		t.Errorf("an embedded sandbox is announced at %s beside the upstream", s.sandbox)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("run sandbox = %v, want nil", err)
	}
}

func TestPrintingCommands(t *testing.T) {
	for command, want := range map[string]string{"schema": "type Query {", "version": "\n", "--help": "$PAYMENTLINKS_UPSTREAM_URL"} {
		var stdout, stderr bytes.Buffer
		if err := run(t.Context(), []string{command}, nil, &stdout, &stderr); err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if !strings.Contains(stdout.String(), want) || stderr.Len() > 0 {
			t.Errorf("%s prints %.300q and %q on stderr, want %q and nothing", command, stdout.String(), stderr.String(), want)
		}
	}
}

// TestBannersCurl runs what the banner says, taken apart as a shell would.
func TestBannersCurl(t *testing.T) {
	s := start(t)
	curl := regexp.MustCompile(`curl (\S+) -H '(\S+): (\S+)' -d '(.*)'\n`).FindStringSubmatch(s.stdout.String())
	if curl == nil {
		t.Fatalf("the banner has no curl:\n%s", s.stdout)
	}
	if status, answer := s.do(t, http.MethodPost, curl[1], curl[4], curl[2], curl[3]); status != http.StatusOK || !strings.Contains(answer, `"$30.00"`) {
		t.Errorf("the banner's curl is answered with %d %s", status, answer)
	}
}
