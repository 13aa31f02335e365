package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/config"
)

// upstream is the least that a server without the sandbox needs.
const upstream = "PAYMENTLINKS_UPSTREAM_URL=https://api.example.com"

// parse expects the settings to be accepted.
func parse(t *testing.T, args []string, environ ...string) config.Config {
	t.Helper()
	_, c, err := config.Parse(args, environ, io.Discard, io.Discard)
	if err != nil {
		t.Fatalf("Parse(%q, %q): %v", args, environ, err)
	}
	return c
}

func TestParseWithNothingSet(t *testing.T) {
	command, c, err := config.Parse(nil, nil, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if command != config.Serve {
		t.Errorf("command = %q, want serve", command)
	}
	if c.HasUpstream() || !c.ServesAnonymous() {
		t.Errorf("HasUpstream, ServesAnonymous = %v, %v; want false, true", c.HasUpstream(), c.ServesAnonymous())
	}
	if got := c.Callers.UserToken + " " + c.Callers.APIKey; got != "demo-seed demo-key" {
		t.Errorf("credentials of the sandbox = %q", got)
	}
	wantServer := config.Server{
		Listen: "127.0.0.1:8080", AdminListen: "127.0.0.1:8081", AdminListenElse: "127.0.0.1:0", SandboxListen: "127.0.0.1:0",
		RequestTimeout: 10 * time.Second, HeaderTimeout: 5 * time.Second, DrainTimeout: 15 * time.Second,
	}
	if diff := cmp.Diff(wantServer, c.Server); diff != "" {
		t.Errorf("Server (-want +got):\n%s", diff)
	}
	const mib = 1 << 20
	wantDocument := config.Document{
		Bytes: 32 << 10, Tokens: 1000, Aliases: 30, RootFields: 30, Directives: 50, Depth: 15, Repetitions: 100,
		ValueDepth: 10, Visits: 10_000, Comparisons: 10_000, Introspection: 200_000, MemoryBytes: 2 * mib,
	}
	if diff := cmp.Diff(wantDocument, c.Document); diff != "" {
		t.Errorf("Document (-want +got):\n%s", diff)
	}
	wantOperation := config.Operation{
		Complexity: 20_000, Representations: 5000, QRCodes: 250, Links: 100_000, AnswerBytes: 32 * mib,
		Modules: 450_000, TextBytes: 16 * mib, Errors: 100,
	}
	if diff := cmp.Diff(wantOperation, c.Operation); diff != "" {
		t.Errorf("Operation (-want +got):\n%s", diff)
	}
	wantEdge := config.Edge{
		AnswerBytes:  128 << 20,
		LeadBrowsers: true, AllowedHosts: []string{"localhost"}, MaxBodyBytes: mib, MaxHeaderBytes: 64 << 10, MaxAnswerBytes: 32 * mib,
		MaxErrors: 10, RequestTimeout: 10 * time.Second, BodyTimeout: 5 * time.Second, ReaderTimeout: 10 * time.Second,
	}
	if diff := cmp.Diff(wantEdge, c.Edge); diff != "" {
		t.Errorf("Edge (-want +got):\n%s", diff)
	}
	wantGraph := config.Graph{Introspection: true, Suggestions: true, DocumentCacheBytes: 14 * mib}
	if diff := cmp.Diff(wantGraph, c.Graph); diff != "" {
		t.Errorf("Graph (-want +got):\n%s", diff)
	}
	if got, want := c.Snapshots.FetchTimeout, 9*time.Second; got != want {
		t.Errorf("FetchTimeout = %s, want %s", got, want)
	}
	if got := c.Upstream.Location; got != time.UTC {
		t.Errorf("TimeZone = %v, want UTC", got)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("Warnings = %v, want none", c.Warnings)
	}
}

func TestParseValues(t *testing.T) {
	tests := map[string]struct {
		args    []string
		environ []string
		get     func(config.Config) any
		want    any
	}{
		"variable":              {nil, []string{"PAYMENTLINKS_MAX_DEPTH=7"}, func(c config.Config) any { return c.Document.Depth }, 7},
		"flag":                  {[]string{"--max-depth", "8"}, nil, func(c config.Config) any { return c.Document.Depth }, 8},
		"flag before variable":  {[]string{"--max-depth=8"}, []string{"PAYMENTLINKS_MAX_DEPTH=7"}, func(c config.Config) any { return c.Document.Depth }, 8},
		"flag after command":    {[]string{"serve", "--max-depth=8"}, nil, func(c config.Config) any { return c.Document.Depth }, 8},
		"nought is off":         {nil, []string{"PAYMENTLINKS_MAX_DEPTH=0"}, func(c config.Config) any { return c.Document.Depth }, -1},
		"nought bytes are off":  {nil, []string{"PAYMENTLINKS_PERSISTED_CACHE_BYTES=0"}, func(c config.Config) any { return c.Persisted.MaxBytes }, int64(-1)},
		"empty is absent":       {nil, []string{"PAYMENTLINKS_MAX_DEPTH="}, func(c config.Config) any { return c.Document.Depth }, 15},
		"the last counts":       {nil, []string{"PAYMENTLINKS_MAX_DEPTH=1", "PAYMENTLINKS_MAX_DEPTH=2"}, func(c config.Config) any { return c.Document.Depth }, 2},
		"bytes":                 {nil, []string{"PAYMENTLINKS_MAX_BODY_BYTES=4096"}, func(c config.Config) any { return c.Edge.MaxBodyBytes }, int64(4096)},
		"bytes with a unit":     {nil, []string{"PAYMENTLINKS_SNAPSHOT_BYTES=2GiB"}, func(c config.Config) any { return c.Snapshots.MaxBytes }, int64(2 << 30)},
		"duration":              {nil, []string{"PAYMENTLINKS_FRESH_FOR=1m30s"}, func(c config.Config) any { return c.Snapshots.FreshFor }, 90 * time.Second},
		"never stale":           {nil, []string{"PAYMENTLINKS_STALE_FOR=0"}, func(c config.Config) any { return c.Snapshots.StaleFor }, time.Duration(0)},
		"long freshness alone":  {nil, []string{"PAYMENTLINKS_FRESH_FOR=10m"}, func(c config.Config) any { return c.Snapshots.FreshFor }, 10 * time.Minute},
		"list":                  {nil, []string{"PAYMENTLINKS_LIVE_HOSTS=pay.example.com,links.example.com"}, func(c config.Config) any { return c.Upstream.LiveHosts }, []string{"pay.example.com", "links.example.com"}},
		"breaker":               {nil, []string{"PAYMENTLINKS_BREAKER=off"}, func(c config.Config) any { return c.Policies.BreakerOff }, true},
		"zone":                  {nil, []string{"PAYMENTLINKS_TIME_ZONE=America/Mexico_City"}, func(c config.Config) any { return c.Upstream.Location.String() }, "America/Mexico_City"},
		"log":                   {nil, []string{"PAYMENTLINKS_LOG_LEVEL=WARN"}, func(c config.Config) any { return c.Log.LogLevel }, slog.LevelWarn},
		"log format":            {[]string{"--log-format", "json"}, nil, func(c config.Config) any { return c.Log.LogFormat }, "json"},
		"port":                  {nil, []string{"PORT=9000"}, func(c config.Config) any { return c.Server.Listen }, "127.0.0.1:9000"},
		"port with upstream":    {nil, []string{"PORT=9000", upstream}, func(c config.Config) any { return c.Server.Listen }, ":9000"},
		"listen before port":    {nil, []string{"PORT=9000", "PAYMENTLINKS_LISTEN=127.0.0.1:1"}, func(c config.Config) any { return c.Server.Listen }, "127.0.0.1:1"},
		"listen with upstream":  {nil, []string{upstream}, func(c config.Config) any { return c.Server.Listen }, ":8080"},
		"no credentials":        {nil, []string{upstream}, func(c config.Config) any { return c.Callers.UserToken+c.Callers.APIKey != "" }, false},
		"any host":              {nil, []string{upstream}, func(c config.Config) any { return len(c.Edge.AllowedHosts) }, 0},
		"some hosts":            {nil, []string{upstream, "PAYMENTLINKS_ALLOWED_HOSTS=a.example"}, func(c config.Config) any { return c.Edge.AllowedHosts }, []string{"a.example"}},
		"suggestions":           {nil, nil, func(c config.Config) any { return c.Graph.Suggestions }, true},
		"suggestions off":       {nil, []string{"PAYMENTLINKS_SUGGESTIONS=false"}, func(c config.Config) any { return c.Graph.Suggestions }, false},
		"suggestions follow":    {nil, []string{upstream, "PAYMENTLINKS_PRODUCTION=true"}, func(c config.Config) any { return c.Graph.Suggestions }, false},
		"suggestions by name":   {nil, []string{upstream, "PAYMENTLINKS_PRODUCTION=true", "PAYMENTLINKS_SUGGESTIONS=true"}, func(c config.Config) any { return c.Graph.Suggestions }, true},
		"loopback alone":        {nil, nil, func(c config.Config) any { return c.Edge.AllowedHosts }, []string{"localhost"}},
		"other sandbox token":   {nil, []string{"PAYMENTLINKS_USER_TOKEN=demo-shop"}, func(c config.Config) any { return c.Callers.UserToken + " " + c.Callers.APIKey }, "demo-shop demo-key"},
		"sandbox alone":         {[]string{"sandbox"}, nil, func(c config.Config) any { return c.Server.SandboxListen }, "127.0.0.1:8090"},
		"sandbox for others":    {[]string{"sandbox", "--sandbox-listen=:8090"}, nil, func(c config.Config) any { return c.Server.SandboxListen }, ":8090"},
		"anonymous by name":     {nil, []string{"PAYMENTLINKS_LISTEN=:8080", "PAYMENTLINKS_ALLOW_ANONYMOUS=true"}, func(c config.Config) any { return c.Server.Listen }, ":8080"},
		"API key alone":         {nil, []string{upstream, "PAYMENTLINKS_API_KEY=k"}, func(c config.Config) any { return c.ServesAnonymous() }, false},
		"admin by name":         {nil, []string{"PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:8081"}, func(c config.Config) any { return c.Server.AdminListenElse }, ""},
		"admin, upstream":       {nil, []string{upstream}, func(c config.Config) any { return c.Server.AdminListenElse }, ""},
		"admin off":             {[]string{"--admin-listen=off"}, nil, func(c config.Config) any { return c.Server.AdminListen }, "off"},
		"schema reads no value": {[]string{"schema"}, []string{"PAYMENTLINKS_MAX_DEPTH=wrong"}, func(c config.Config) any { return c.Server.Listen }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := parse(t, test.args, test.environ...)
			if diff := cmp.Diff(test.want, test.get(c)); diff != "" {
				t.Errorf("Parse(%q, %q) (-want +got):\n%s", test.args, test.environ, diff)
			}
		})
	}
}

// TestParseRefuses gives each wrong setting and what its error must name.
func TestParseRefuses(t *testing.T) {
	tests := map[string]struct {
		args    []string
		environ []string
		want    string
	}{
		"unknown flag":         {[]string{"--max-dept=3"}, nil, "--max-dept"},
		"unknown command":      {[]string{"serv"}, nil, "serv"},
		"no number":            {nil, []string{"PAYMENTLINKS_MAX_DEPTH=deep"}, "PAYMENTLINKS_MAX_DEPTH"},
		"no number in a flag":  {[]string{"--max-depth=deep"}, nil, "--max-depth"},
		"negative":             {nil, []string{"PAYMENTLINKS_MAX_DEPTH=-1"}, "PAYMENTLINKS_MAX_DEPTH"},
		"too large":            {nil, []string{"PAYMENTLINKS_MAX_DEPTH=1001"}, "PAYMENTLINKS_MAX_DEPTH"},
		"nought is not legal":  {nil, []string{"PAYMENTLINKS_MAX_BODY_BYTES=0"}, "PAYMENTLINKS_MAX_BODY_BYTES"},
		"no bytes":             {nil, []string{"PAYMENTLINKS_MAX_BODY_BYTES=1MB"}, "PAYMENTLINKS_MAX_BODY_BYTES"},
		"bytes overflow":       {nil, []string{"PAYMENTLINKS_SNAPSHOT_BYTES=9999999999TiB"}, "PAYMENTLINKS_SNAPSHOT_BYTES"},
		"no unit":              {nil, []string{"PAYMENTLINKS_FRESH_FOR=15"}, "PAYMENTLINKS_FRESH_FOR"},
		"negative duration":    {nil, []string{"PAYMENTLINKS_STALE_FOR=-1s"}, "PAYMENTLINKS_STALE_FOR"},
		"no bool":              {nil, []string{"PAYMENTLINKS_PRODUCTION=perhaps"}, "PAYMENTLINKS_PRODUCTION"},
		"no switch":            {nil, []string{"PAYMENTLINKS_BREAKER=half"}, "PAYMENTLINKS_BREAKER"},
		"no level":             {nil, []string{"PAYMENTLINKS_LOG_LEVEL=loud"}, "PAYMENTLINKS_LOG_LEVEL"},
		"no format":            {nil, []string{"PAYMENTLINKS_LOG_FORMAT=xml"}, "PAYMENTLINKS_LOG_FORMAT"},
		"no zone":              {nil, []string{"PAYMENTLINKS_TIME_ZONE=Mexico"}, "PAYMENTLINKS_TIME_ZONE"},
		"machine's own zone":   {nil, []string{"PAYMENTLINKS_TIME_ZONE=Local"}, "PAYMENTLINKS_TIME_ZONE"},
		"no address":           {nil, []string{"PAYMENTLINKS_LISTEN=8080"}, "PAYMENTLINKS_LISTEN"},
		"no port":              {nil, []string{"PORT=http"}, "PORT"},
		"no admin address":     {nil, []string{"PAYMENTLINKS_ADMIN_LISTEN=here"}, "PAYMENTLINKS_ADMIN_LISTEN"},
		"one address for two":  {nil, []string{"PAYMENTLINKS_LISTEN=127.0.0.1:8081"}, "PAYMENTLINKS_ADMIN_LISTEN"},
		"sandbox for everyone": {nil, []string{"PAYMENTLINKS_SANDBOX_LISTEN=:8090"}, "PAYMENTLINKS_SANDBOX_LISTEN"},
		"sandbox and upstream": {nil, []string{upstream, "PAYMENTLINKS_SANDBOX_LISTEN=127.0.0.1:1"}, "PAYMENTLINKS_SANDBOX_LISTEN"},
		"host with a scheme":   {nil, []string{"PAYMENTLINKS_ALLOWED_HOSTS=https://a.example"}, "PAYMENTLINKS_ALLOWED_HOSTS"},
		"live host with path":  {nil, []string{"PAYMENTLINKS_LIVE_HOSTS=a.example/x"}, "PAYMENTLINKS_LIVE_HOSTS"},
		"origin with a path":   {nil, []string{"PAYMENTLINKS_ALLOWED_ORIGINS=https://a.example/"}, "PAYMENTLINKS_ALLOWED_ORIGINS"},
		"any origin":           {nil, []string{"PAYMENTLINKS_ALLOWED_ORIGINS=*"}, "PAYMENTLINKS_ALLOWED_ORIGINS"},

		"production without upstream":  {nil, []string{"PAYMENTLINKS_PRODUCTION=true"}, "PAYMENTLINKS_PRODUCTION"},
		"insecure without upstream":    {nil, []string{"PAYMENTLINKS_UPSTREAM_INSECURE=true"}, "PAYMENTLINKS_UPSTREAM_INSECURE"},
		"CA file without upstream":     {nil, []string{"PAYMENTLINKS_UPSTREAM_CA_FILE=ca.pem"}, "PAYMENTLINKS_UPSTREAM_CA_FILE"},
		"user token without API key":   {nil, []string{upstream, "PAYMENTLINKS_USER_TOKEN=t"}, "PAYMENTLINKS_USER_TOKEN"},
		"user token no header value":   {nil, []string{upstream, "PAYMENTLINKS_USER_TOKEN=a b", "PAYMENTLINKS_API_KEY=k"}, "PAYMENTLINKS_USER_TOKEN"},
		"issuer alone":                 {nil, []string{upstream, "PAYMENTLINKS_JWT_ISSUER=https://id.example"}, "PAYMENTLINKS_JWT_ISSUER"},
		"JWKS without issuer":          {nil, []string{upstream, "PAYMENTLINKS_JWKS_URL=https://id.example/keys"}, "PAYMENTLINKS_JWKS_URL"},
		"claim without issuer":         {nil, []string{upstream, "PAYMENTLINKS_JWT_MERCHANT_CLAIM=m"}, "PAYMENTLINKS_JWT_MERCHANT_CLAIM"},
		"credentials without issuer":   {nil, []string{upstream, "PAYMENTLINKS_CREDENTIALS_FILE=c.yaml"}, "PAYMENTLINKS_CREDENTIALS_FILE"},
		"trusted only without any":     {nil, []string{"PAYMENTLINKS_TRUSTED_ONLY=true"}, "PAYMENTLINKS_TRUSTED_ONLY"},
		"stale before it is not fresh": {nil, []string{"PAYMENTLINKS_FRESH_FOR=1m", "PAYMENTLINKS_STALE_FOR=30s"}, "PAYMENTLINKS_STALE_FOR"},
		"stale by name as by default":  {nil, []string{"PAYMENTLINKS_FRESH_FOR=10m", "PAYMENTLINKS_STALE_FOR=5m"}, "PAYMENTLINKS_STALE_FOR"},
		"stale by flag as by default":  {[]string{"--fresh-for=10m", "--stale-for=5m"}, nil, "PAYMENTLINKS_STALE_FOR"},
		"anonymous beyond loopback":    {nil, []string{"PAYMENTLINKS_LISTEN=0.0.0.0:8080"}, "PAYMENTLINKS_ALLOW_ANONYMOUS"},
		"anonymous to upstream": {
			nil, []string{upstream, "PAYMENTLINKS_USER_TOKEN=t", "PAYMENTLINKS_API_KEY=k"}, "PAYMENTLINKS_ALLOW_ANONYMOUS",
		},
		"JWKS in the clear": {nil, []string{
			upstream, "PAYMENTLINKS_JWT_ISSUER=i", "PAYMENTLINKS_JWT_AUDIENCE=a", "PAYMENTLINKS_CREDENTIALS_FILE=c.yaml",
			"PAYMENTLINKS_JWKS_URL=http://id.example/keys",
		}, "PAYMENTLINKS_JWKS_URL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Parse(test.args, test.environ, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse(%q, %q): error = %v, want one that names %s", test.args, test.environ, err, test.want)
			}
		})
	}
}

func TestUpstreamURL(t *testing.T) {
	tests := map[string]struct {
		url      string
		insecure bool
		valid    bool
	}{
		"https":                   {"https://api.example.com", false, true},
		"path prefix":             {"https://api.example.com/billpocket/", false, true},
		"port":                    {"https://api.example.com:8443", false, true},
		"http to loopback":        {"http://127.0.0.1:9000", false, true},
		"http to IPv6 loopback":   {"http://[::1]:9000", false, true},
		"http to localhost":       {"http://localhost:9000", false, true},
		"http elsewhere":          {"http://api.example.com", false, false},
		"http elsewhere, by name": {"http://api.example.com", true, true},
		"looks like loopback":     {"http://localhost.example.com", false, false},
		"user":                    {"https://SECRET@api.example.com", false, false},
		"password":                {"https://me:SECRET@api.example.com", false, false},
		"query":                   {"https://api.example.com?key=SECRET", false, false},
		"empty query":             {"https://api.example.com?", false, false},
		"fragment":                {"https://api.example.com#SECRET", false, false},
		"relative":                {"api.example.com", false, false},
		"other scheme":            {"ftp://api.example.com", true, false},
		"no host":                 {"https:///v1", false, false},
		"bad port":                {"https://api.example.com:99999", false, false},
		"bad escape":              {"https://api.example.com/%SECRET", false, false},
		"the call itself":         {"https://api.example.com/v1/custom-link", false, false},
		"the call, slash":         {"https://api.example.com/billpocket/v1/custom-link/", false, false},
		"like the call":           {"https://api.example.com/v1/custom-links", false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			environ := []string{"PAYMENTLINKS_UPSTREAM_URL=" + test.url, fmt.Sprintf("PAYMENTLINKS_UPSTREAM_INSECURE=%v", test.insecure)}
			_, _, err := config.Parse(nil, environ, io.Discard, io.Discard)
			if (err == nil) != test.valid {
				t.Fatalf("upstream URL %q: error = %v, want valid = %v", test.url, err, test.valid)
			}
			if err != nil && (!strings.Contains(err.Error(), "PAYMENTLINKS_UPSTREAM_URL") || strings.Contains(err.Error(), "SECRET")) {
				t.Errorf("error = %q, want one that names the setting and leaves its value out", err)
			}
		})
	}
}

func TestBearerSettingsComeTogether(t *testing.T) {
	environ := []string{
		upstream, "PAYMENTLINKS_JWT_ISSUER=https://id.example", "PAYMENTLINKS_JWT_AUDIENCE=payments",
		"PAYMENTLINKS_JWKS_URL=https://id.example/keys", "PAYMENTLINKS_CREDENTIALS_FILE=credentials.yaml",
	}
	c := parse(t, nil, environ...)
	if c.Callers.MerchantClaim != "merchant" || c.ServesAnonymous() {
		t.Errorf("claim = %q, ServesAnonymous() = %v", c.Callers.MerchantClaim, c.ServesAnonymous())
	}
	c = parse(t, nil, append(environ, "PAYMENTLINKS_USER_TOKEN=t", "PAYMENTLINKS_API_KEY=k")...)
	if c.ServesAnonymous() || len(c.Warnings) != 1 || c.Warnings[0].Setting != "PAYMENTLINKS_USER_TOKEN" {
		t.Errorf("with a pair that is never used: ServesAnonymous() = %v, Warnings = %v", c.ServesAnonymous(), c.Warnings)
	}
	for i := 1; i < len(environ); i++ {
		less := append([]string{}, environ[:i]...)
		less = append(less, environ[i+1:]...)
		if _, _, err := config.Parse(nil, less, io.Discard, io.Discard); err == nil {
			t.Errorf("Parse accepted the settings without %s", environ[i])
		}
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	token, key, empty := write("token", "SECRET-token\n"), write("key", "  SECRET-key\r\n"), write("empty", "\n")
	large := write("large", strings.Repeat("x", 70<<10))

	c := parse(t, nil, upstream, "PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_USER_TOKEN_FILE="+token, "PAYMENTLINKS_API_KEY_FILE="+key)
	if c.Callers.UserToken != "SECRET-token" || c.Callers.APIKey != "SECRET-key" {
		t.Errorf("secrets read from files: %q and %q", c.Callers.UserToken, c.Callers.APIKey)
	}

	refused := map[string][]string{
		"both given":   {"PAYMENTLINKS_API_KEY_FILE=" + key, "PAYMENTLINKS_API_KEY=SECRET-key"},
		"empty file":   {"PAYMENTLINKS_API_KEY_FILE=" + empty},
		"large file":   {"PAYMENTLINKS_API_KEY_FILE=" + large},
		"no such file": {"PAYMENTLINKS_API_KEY_FILE=" + filepath.Join(dir, "none")},
		"a directory":  {"PAYMENTLINKS_API_KEY_FILE=" + dir},
	}
	for name, environ := range refused {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Parse(nil, append(environ, upstream), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), "PAYMENTLINKS_API_KEY_FILE") || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("error = %v, want one that names the setting and no secret", err)
			}
		})
	}
}

func TestUnknownVariablesAreWarnings(t *testing.T) {
	c := parse(t, nil, "PAYMENTLINKS_FRESHFOR=1s", "PAYMENTLINKS_FRESH=1s", "PAYMENTLINKS_SERVICE_HOST=10.0.0.1",
		"PAYMENTLINKS_PORT_8080_TCP=tcp://10.0.0.1:8080", "PAYMENTLINKS_=x", "OTHER_FRESH_FOR=1s")
	const message = "There is no such setting."
	want := config.Warnings{
		{Setting: "PAYMENTLINKS_", Message: message},
		{Setting: "PAYMENTLINKS_FRESH", Message: message, Nearest: "PAYMENTLINKS_FRESH_FOR"},
		{Setting: "PAYMENTLINKS_FRESHFOR", Message: message, Nearest: "PAYMENTLINKS_FRESH_FOR"},
		{Setting: "PAYMENTLINKS_PORT_8080_TCP", Message: message},
		{Setting: "PAYMENTLINKS_SERVICE_HOST", Message: message},
	}
	if diff := cmp.Diff(want, c.Warnings); diff != "" {
		t.Errorf("Warnings (-want +got):\n%s", diff)
	}
	if c = parse(t, nil, "PORT=1", "PAYMENTLINKS_LISTEN=127.0.0.1:2"); len(c.Warnings) != 1 || c.Warnings[0].Setting != "PORT" {
		t.Errorf("a PORT that is not used: Warnings = %v", c.Warnings)
	}
}

func TestConfigNeverPrintsSecrets(t *testing.T) {
	c := parse(t, []string{"--api-key=SECRET-key", "--user-token", "SECRET-token"}, "PAYMENTLINKS_MAX_DEPTH=9")
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", c.Callers)
		fmt.Fprintf(&out, verb+"\n", &c.Callers)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("settings", "settings", c, "callers", c.Callers)
	slog.New(slog.NewTextHandler(&out, nil)).Info("settings", "settings", c, "callers", c.Callers)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "SECRET") || strings.Contains(text, fmt.Sprintf("%x", "SECRET")) {
		t.Errorf("a secret was printed:\n%s", text)
	}
	want := "PAYMENTLINKS_USER_TOKEN=[redacted]\nPAYMENTLINKS_API_KEY=[redacted]\nPAYMENTLINKS_MAX_DEPTH=9\n"
	if got := c.String(); got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// TestParseReadsWhatItIsHanded: the process's own environment does not count.
func TestParseReadsWhatItIsHanded(t *testing.T) {
	t.Setenv("PAYMENTLINKS_MAX_DEPTH", "3")
	t.Setenv("PORT", "9")
	if c := parse(t, nil); c.Document.Depth != 15 || c.Server.Listen != "127.0.0.1:8080" {
		t.Errorf("MaxDepth = %d and Listen = %s come from the process's environment", c.Document.Depth, c.Server.Listen)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"--listen", ":1", "--help"}, {"serve", "--help"}, {"sandbox", "--help"}} {
		var stdout, stderr bytes.Buffer
		command, _, err := config.Parse(args, []string{"PAYMENTLINKS_MAX_DEPTH=wrong"}, &stdout, &stderr)
		if err != nil || command != config.Help || stderr.Len() != 0 {
			t.Fatalf("Parse(%q): command %q, error %v, stderr %q", args, command, err, stderr.String())
		}
		named := args[0] == "serve" || args[0] == "sandbox"
		if listsAll := strings.Contains(stdout.String(), "\n  version "); listsAll == named {
			t.Errorf("Parse(%q) lists all commands: %v", args, listsAll)
		}
		// Lines are wrapped, so a variable stands whole on one of them.
		for _, s := range settings(t) {
			if help := stdout.String(); !strings.Contains(help, "--"+s.Flag) || !strings.Contains(help, "$"+s.Env) {
				t.Errorf("Parse(%q) prints no help for %s", args, s.Env)
			}
		}
	}
}

func TestCommands(t *testing.T) {
	tests := map[string]config.Command{
		"": config.Serve, "serve": config.Serve, "sandbox": config.Sandbox, "schema": config.Schema, "version": config.Version,
		"schema --api": config.APISchema, "schema --scopes": config.ScopedSchema, "--version": config.Version, "help": config.Help, "help sandbox": config.Help,
	}
	for arg, want := range tests {
		// A setting that is wrong is no matter to a command that uses none.
		var wrong []string
		if want != config.Serve && want != config.Sandbox {
			wrong = []string{"PAYMENTLINKS_MAX_DEPTH=wrong", "PAYMENTLINKS_FRESH_FOR=1000h"}
		}
		if got, _, err := config.Parse(strings.Fields(arg), wrong, io.Discard, io.Discard); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v, want %q", arg, got, err, want)
		}
	}
}

// People write spaces after commas.
func TestSpacesInLists(t *testing.T) {
	c := parse(t, []string{"--live-hosts=a.example, b.example"},
		"PAYMENTLINKS_ALLOWED_ORIGINS=https://a.example, capacitor://localhost ,https://b.example", "PAYMENTLINKS_ALLOWED_HOSTS= a.example,	b.example")
	if got := c.Edge.AllowedOrigins; !slices.Equal(got, []string{"https://a.example", "capacitor://localhost", "https://b.example"}) {
		t.Errorf("origins %q", got)
	}
	if got := c.Edge.AllowedHosts; !slices.Equal(got, []string{"a.example", "b.example"}) {
		t.Errorf("hosts %q", got)
	}
	if got := c.Upstream.LiveHosts; !slices.Equal(got, []string{"a.example", "b.example"}) {
		t.Errorf("live hosts %q", got)
	}
}

// TestAllProblemsAtOnce: each problem is a line, and what may follow from
// another alone is left out.
func TestAllProblemsAtOnce(t *testing.T) {
	_, _, err := config.Parse([]string{"--max-links=0"}, []string{
		"PAYMENTLINKS_FRESH_FOR=soon", "PAYMENTLINKS_STALE_FOR=1s", // of the two, only the first is known to be wrong
		"PAYMENTLINKS_MAX_DEPTH=-1", "PAYMENTLINKS_LISTEN=here", "PAYMENTLINKS_TRUSTED_ONLY=true",
		"PAYMENTLINKS_UPSTREAM_URL=ftp://x.example", "PAYMENTLINKS_ALLOWED_HOSTS=*",
	}, io.Discard, io.Discard)
	if err == nil {
		t.Fatal("Parse accepted it all")
	}
	var got []string
	for line := range strings.Lines(err.Error()) {
		name, _, _ := strings.Cut(line, " ")
		got = append(got, strings.Trim(name, ":"))
	}
	want := []string{
		"PAYMENTLINKS_FRESH_FOR", "PAYMENTLINKS_MAX_DEPTH", "PAYMENTLINKS_MAX_LINKS", "PAYMENTLINKS_UPSTREAM_URL",
		"PAYMENTLINKS_TRUSTED_ONLY", "PAYMENTLINKS_ALLOWED_HOSTS", "PAYMENTLINKS_LISTEN",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%v", diff, err)
	}
}
