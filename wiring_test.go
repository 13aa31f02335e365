package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"paymentlinks/internal/config"
)

// TestSettingsReachTheirRooms asks the running program for what each setting
// changes. Each row fails where the setting is joined to nothing.
func TestSettingsReachTheirRooms(t *testing.T) {
	const entities = `{ _entities(representations: [{__typename: \"PaymentLink\", id: \"a\"}, {__typename: \"PaymentLink\", id: \"b\"}]) { __typename } }`
	tests := map[string]struct {
		settings []string
		query    string
		want     string
		unwanted string
	}{
		"LIVE_HOSTS":           {[]string{"USER_TOKEN=demo-shop", "LIVE_HOSTS=enlaces.example.com"}, `{ paymentLinks { environment url } }`, `"environment":"LIVE","url":"https://enlaces.`, ""},
		"TIME_ZONE":            {[]string{"TIME_ZONE=America/Mexico_City"}, `{ paymentLinks { createdAt } }`, "2023-08-09T08:18:48.000Z", ""},
		"UPSTREAM_MAX_BYTES":   {[]string{"UPSTREAM_MAX_BYTES=100B"}, `{ paymentLinks { id } }`, "UPSTREAM_MALFORMED_RESPONSE", ""},
		"MAX_REPRESENTATIONS":  {[]string{"MAX_REPRESENTATIONS=1"}, entities, "LIMIT_EXCEEDED", ""},
		"MAX_QR_CODES":         {[]string{"MAX_QR_CODES=1"}, `{ paymentLinks { qrCode { modules } } }`, "LIMIT_EXCEEDED", ""},
		"MAX_QR_MODULES":       {[]string{"MAX_QR_MODULES=1"}, `{ paymentLinks { qrCode { matrix } } }`, "LIMIT_EXCEEDED", ""},
		"MAX_TEXT_BYTES":       {[]string{"MAX_TEXT_BYTES=1KiB"}, `{ paymentLinks { share { text } } }`, "LIMIT_EXCEEDED", ""},
		"MAX_FIELD_ERRORS":     {[]string{"MAX_FIELD_ERRORS=1"}, `{ paymentLinks { share(message: \"` + strings.Repeat("{url}", 100) + `\") { text } } }`, "left out", ""},
		"MAX_ANSWER_BYTES":     {[]string{"MAX_ANSWER_BYTES=1KiB"}, `{ paymentLinks { id url upstream } }`, "LIMIT_EXCEEDED", ""},
		"MAX_ERRORS":           {[]string{"MAX_ERRORS=2"}, `{ a b c d }`, "", `"c\"`},
		"MAX_ALIASES":          {[]string{"MAX_ALIASES=1"}, `{ a: __typename b: __typename }`, "LIMIT_EXCEEDED", ""},
		"MAX_ROOT_FIELDS":      {[]string{"MAX_ROOT_FIELDS=1"}, `{ paymentLinks { id } __typename }`, "LIMIT_EXCEEDED", ""},
		"MAX_DIRECTIVES":       {[]string{"MAX_DIRECTIVES=1"}, `{ __typename @skip(if: false) @include(if: true) }`, "LIMIT_EXCEEDED", ""},
		"MAX_REPETITIONS":      {[]string{"MAX_REPETITIONS=1"}, `{ __typename __typename }`, "LIMIT_EXCEEDED", ""},
		"MAX_VALUE_DEPTH":      {[]string{"MAX_VALUE_DEPTH=1"}, `{ paymentLinksConnection(filter: {state: [OPEN]}) { totalCount } }`, "LIMIT_EXCEEDED", ""},
		"MAX_VISITS":           {[]string{"MAX_VISITS=1"}, `{ __typename paymentLinks { id } }`, "LIMIT_EXCEEDED", ""},
		"MAX_COMPARISONS":      {[]string{"MAX_COMPARISONS=1"}, `{ __typename __typename __typename }`, "LIMIT_EXCEEDED", ""},
		"MAX_INTROSPECTION":    {[]string{"MAX_INTROSPECTION=1"}, `{ __schema { types { name fields { name } } } }`, "LIMIT_EXCEEDED", ""},
		"SUGGESTIONS":          {[]string{"SUGGESTIONS=false"}, `{ paymentLinkz { id } }`, "GRAPHQL_VALIDATION_FAILED", "paymentLink"},
		"SUGGESTIONS, default": {nil, `{ paymentLinkz { id } }`, "paymentLink", ""},
		"SNAPSHOT_BYTES":       {[]string{"USER_TOKEN=demo-large", "SNAPSHOT_BYTES=64KiB"}, `{ paymentLinks { id } }`, `"errors"`, ""},
		"USER_TOKEN, API_KEY":  {[]string{"USER_TOKEN=demo-empty", "API_KEY=demo-key"}, `{ paymentLinks { id } }`, `"paymentLinks":[]`, ""},
	}
	plain := start(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var environ []string
			for _, setting := range test.settings {
				environ = append(environ, config.Prefix+setting)
			}
			s := start(t, environ...)
			holds := func(s *service) (bool, string) {
				_, answer := s.do(t, http.MethodPost, s.url+"/graphql", `{"query": "`+test.query+`"}`)
				return strings.Contains(answer, test.want) && (test.unwanted == "" || !strings.Contains(answer, test.unwanted)), answer
			}
			if ok, answer := holds(s); !ok {
				t.Errorf("%v: answer to %s should have %q and not %q:\n%s", test.settings, test.query, test.want, test.unwanted, answer)
			}
			if ok, answer := holds(plain); ok && test.settings != nil {
				t.Errorf("without %v, the answer to %s is the same:\n%s", test.settings, test.query, answer)
			}
		})
	}
}

func TestEdgeSettings(t *testing.T) {
	const body = `{"query": "{ __typename }"}`
	const origin = "https://app.example"
	tests := map[string]struct {
		setting string
		header  []string
		body    string
		status  int
	}{
		"body":    {"MAX_BODY_BYTES=10B", nil, body, http.StatusRequestEntityTooLarge},
		"headers": {"MAX_HEADER_BYTES=1KiB", []string{"X-Padding", strings.Repeat("x", 2000)}, body, http.StatusRequestHeaderFieldsTooLarge},
		"origin":  {"ALLOWED_ORIGINS=" + origin, []string{"Origin", origin}, body, http.StatusOK},
		"hosts":   {"ALLOWED_HOSTS=links.example", []string{"Host", "links.example"}, body, http.StatusOK},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plain := start(t)
			without, _ := plain.do(t, http.MethodPost, plain.url+"/graphql", test.body, test.header...)
			s := start(t, config.Prefix+test.setting)
			with, answer := s.do(t, http.MethodPost, s.url+"/graphql", test.body, test.header...)
			if with != test.status || without == with {
				t.Errorf("%s: status %d, and %d without; want %d and another:\n%s", test.setting, with, without, test.status, answer)
			}
		})
	}
}

func TestCompressionSetting(t *testing.T) {
	for setting, coding := range map[string]string{"on": "gzip", "off": ""} {
		s := start(t, "PAYMENTLINKS_COMPRESSION="+setting)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", strings.NewReader(`{"query": "{ paymentLinks { id url upstream } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept-Encoding", "gzip")
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("compression %s: Content-Encoding %q, want %q", setting, got, coding)
		}
	}
}

// TestTenantRate: beyond the rate a merchant gets 429 with Retry-After, also for
// what a connection could answer by itself; another is answered.
func TestTenantRate(t *testing.T) {
	s := start(t, "PAYMENTLINKS_TENANT_RATE=5", "PAYMENTLINKS_FRESH_FOR=1h")
	const body = `{"query": "{ paymentLinks { id } }"}`
	refused := 0
	for range 30 {
		status, answer := s.do(t, http.MethodPost, s.url+"/graphql", body)
		if status == http.StatusTooManyRequests && strings.Contains(answer, "RATE_LIMITED") && strings.Contains(answer, "retryAfter") {
			refused++
		} else if status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
	if refused == 0 {
		t.Error("30 requests at once are within 5 a second")
	}
	if status, answer := s.do(t, http.MethodPost, s.url+"/graphql", body, "BP-User-Token", "demo-shop", "X-Api-Key", "demo-key"); status != http.StatusOK {
		t.Errorf("another merchant: %d %s", status, answer)
	}
}

// TestMemorySetting: Go's memory limit is nine tenths of the memory.
func TestMemorySetting(t *testing.T) {
	start(t, "PAYMENTLINKS_MEMORY=50GiB")
	if got, want := debug.SetMemoryLimit(-1), int64(45<<30); got != want {
		t.Errorf("Go's memory limit = %d, want %d", got, want)
	}
}

// TestProductionTakesNoTextInGET: a GET may only name a persisted document.
func TestProductionTakesNoTextInGET(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_PRODUCTION=true", "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL)
	if status, answer := s.do(t, http.MethodGet, s.url+"/graphql?query=%7B__typename%7D", ""); status == http.StatusOK {
		t.Errorf("GET with a text in production = %d %s", status, answer)
	}
	if status, answer := s.do(t, http.MethodPost, s.url+"/graphql", `{"query": "{ __typename }"}`); status != http.StatusOK {
		t.Errorf("POST in production = %d %s", status, answer)
	}
}

// TestSnapshotSettings counts upstream calls of two requests.
func TestSnapshotSettings(t *testing.T) {
	for setting, want := range map[string]int{"FRESH_FOR=1h": 1, "FRESH_FOR=0s": 2} {
		s := start(t, config.Prefix+setting)
		for range 2 {
			s.query(t, `{ paymentLinks { id } }`)
		}
		if calls := s.upstreamCalls(t); calls != want {
			t.Errorf("%s: %d upstream calls for two requests, want %d", setting, calls, want)
		}
	}
}

// TestStaleSettings: a list that is no longer fresh stands in for a failing upstream, unless that is off.
func TestStaleSettings(t *testing.T) {
	for setting, want := range map[string]string{"STALE_FOR=5m": "isStale", "STALE_FOR=0s": "UPSTREAM_UNAVAILABLE"} {
		s := start(t, config.Prefix+setting, "PAYMENTLINKS_FRESH_FOR=0s")
		s.query(t, `{ paymentLinks { id } }`)
		if status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "status", "status": 503, "retryAfter": "300"}`); status != http.StatusNoContent {
			t.Fatalf("fault refused: %d %s", status, body)
		}
		if answer := s.query(t, `{ paymentLinksSummary { count snapshot { isStale } } }`); !strings.Contains(answer, want) {
			t.Errorf("%s: answer lacks %s:\n%s", setting, want, answer)
		}
	}
}

func TestUpstreamTimeoutSetting(t *testing.T) {
	s := start(t, "PAYMENTLINKS_UPSTREAM_TIMEOUT=10ms", "PAYMENTLINKS_DRAIN_TIMEOUT=1m")
	if status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "hang"}`); status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	// When the program stops, the sandbox lets go of what hangs: the drain does not wait for it.
	if answer := s.query(t, `{ paymentLinks { id } }`); !strings.Contains(answer, "UPSTREAM_TIMEOUT") {
		t.Errorf("answer over an upstream that hangs:\n%s", answer)
	}
}

func TestInsecureUpstreamSetting(t *testing.T) {
	start(t, "PAYMENTLINKS_UPSTREAM_URL=http://upstream.example", "PAYMENTLINKS_UPSTREAM_INSECURE=true")
}

// TestIssuerIsAChallenge: with an issuer, who brings nothing is refused and told what to bring.
func TestIssuerIsAChallenge(t *testing.T) {
	for challenge, environ := range map[string][]string{"Bearer": withIssuer(t), "BP-User-Token": nil} {
		s := start(t, environ...)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", strings.NewReader(`{"query": "{ __typename }"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("BP-User-Token", "no token")
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(got, challenge) {
			t.Errorf("challenge of %d = %q, want 401 with %s", resp.StatusCode, got, challenge)
		}
	}
}

// TestRefusedTokenIsAChallenge: a token that is not valid is told apart from none
// (RFC 6750, section 3.1), and the log says at debug which check it did not pass.
func TestRefusedTokenIsAChallenge(t *testing.T) {
	s := start(t, append(withIssuer(t), "PAYMENTLINKS_LOG_LEVEL=debug")...)
	for header, want := range map[string]string{"Bearer a.b.c": `Bearer error="invalid_token"`, "": "Bearer"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", strings.NewReader(`{"query": "{ __typename }"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Request-Id", "id-1")
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || got != want {
			t.Errorf("%q is answered with %d and %q, want 401 and %q", header, resp.StatusCode, got, want)
		}
	}
	if line := lineOf(s.log(t), "request refused", "check form"); !strings.Contains(line, "request_id=id-1") {
		t.Errorf("line of the refusal: %s", line)
	}
}

// publishedKey is the public key of an issuer, that of RFC 7517, appendix A.1.
const publishedKey = `{"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`

// withIssuer are the settings of callers with bearer tokens.
func withIssuer(t *testing.T) []string {
	t.Helper()
	merchants := filepath.Join(t.TempDir(), "merchants.yaml")
	if err := os.WriteFile(merchants, []byte("shop:\n  userToken: demo-seed\n  apiKey: demo-key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, publishedKey) }))
	t.Cleanup(keys.Close)
	return []string{
		"PAYMENTLINKS_JWT_ISSUER=https://id.example", "PAYMENTLINKS_JWT_AUDIENCE=links",
		"PAYMENTLINKS_JWKS_URL=" + keys.URL, "PAYMENTLINKS_CREDENTIALS_FILE=" + merchants,
	}
}

// TestTrustedDocumentsAreChecked: a manifest with a document beyond the limits is no manifest.
func TestTrustedDocumentsAreChecked(t *testing.T) {
	manifest := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(manifest, []byte(`{"deep": "{ paymentLinksConnection { nodes { amount { value } } } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), nil, []string{
		"PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=off", "PAYMENTLINKS_MAX_DEPTH=2", "PAYMENTLINKS_TRUSTED_DOCUMENTS=" + manifest,
	}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "PAYMENTLINKS_TRUSTED_DOCUMENTS") {
		t.Errorf("run = %v, want an error that names the manifest's setting", err)
	}
}

// TestStartIsLogged: doubtful settings, limits that are off, and the addresses.
func TestStartIsLogged(t *testing.T) {
	s := start(t, "PAYMENTLINKS_MAX_DEPHT=3", "PAYMENTLINKS_MAX_DEPTH=0")
	s.cancel()
	if err := s.stopped(); err != nil { // only then all of the log is written
		t.Fatal(err)
	}
	for _, want := range []string{"PAYMENTLINKS_MAX_DEPHT", "nearest=PAYMENTLINKS_MAX_DEPTH", "settings.max_depth=0", "no upstream URL is set", strings.TrimPrefix(s.admin, "http://")} {
		if log := s.stderr.String(); !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}

// TestDefaultAdminPortYields: the program can be tried out beside another.
func TestDefaultAdminPortYields(t *testing.T) {
	if taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:8081"); err == nil {
		defer func() { _ = taken.Close() }()
	}
	s := start(t, "PAYMENTLINKS_ADMIN_LISTEN=") // empty: the default
	if s.admin == "" || strings.HasSuffix(s.admin, ":8081") {
		t.Errorf("probes are at %q, want a free port", s.admin)
	}
	if status, _ := s.do(t, http.MethodGet, s.admin+"/livez", ""); status != http.StatusOK {
		t.Errorf("/livez = %d", status)
	}
}

func TestAdminListenOff(t *testing.T) {
	if s := start(t, "PAYMENTLINKS_ADMIN_LISTEN=off"); s.admin != "" {
		t.Errorf("probes are at %s although they are off", s.admin)
	}
}

// TestSandboxMaySlowDown: it answers as slowly as it is told to.
func TestSandboxMaySlowDown(t *testing.T) {
	_, cfg, err := config.Parse(nil, nil, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got := newSandbox(cfg, cfg.Log.Logger(io.Discard)).WriteTimeout; got != 0 {
		t.Errorf("the sandbox has %s to write an answer", got)
	}
}

func TestSchemaForClients(t *testing.T) {
	var printed bytes.Buffer
	if err := run(t.Context(), []string{"schema", "--api"}, nil, &printed, io.Discard); err != nil {
		t.Fatal(err)
	}
	s := start(t)
	_, api := s.do(t, http.MethodGet, s.url+"/schema.graphql?api", "")
	_, subgraph := s.do(t, http.MethodGet, s.url+"/schema.graphql", "")
	if api != printed.String() || api == subgraph || !strings.Contains(subgraph, "@link") || strings.Contains(api, "@link") {
		t.Errorf("?api serves %d bytes, schema --api prints %d, and /schema.graphql serves %d", len(api), printed.Len(), len(subgraph))
	}
	for _, want := range []string{"type Query {", "type PaymentLink"} {
		if !strings.Contains(api, want) {
			t.Errorf("the clients' schema lacks %q:\n%.300s", want, api)
		}
	}
}
