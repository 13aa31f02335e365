package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/sandbox"
)

// stdio builds the program and starts it as an assistant does.
func stdio(t *testing.T, environ ...string) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "paymentlinks")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), program, "mcp")
	cmd.Env = append([]string{"HOME=" + t.TempDir()}, environ...)
	return cmd
}

func TestAgentOverStandardInput(t *testing.T) {
	cmd := stdio(t)
	errors := newOutput()
	cmd.Stderr = errors
	session := connect(t, &mcp.CommandTransport{Command: cmd, TerminateDuration: 10 * time.Second})
	if got := words(use(t, session, "search_payment_links", `{"first":1}`)); !strings.Contains(got, `"totalCount":5`) {
		t.Errorf("got %s", got)
	}
	if got := words(use(t, session, "get_payment_link", `{"id":"a","code":"b"}`)); !strings.HasPrefix(got, "BAD_USER_INPUT: ") {
		t.Errorf("two keys: %s", got)
	}
	if ports := listening(t, cmd.Process.Pid); len(ports) > 0 {
		t.Errorf("it listens: %v", ports)
	}
	if err := session.Close(); err != nil {
		t.Errorf("the program does not end well: %v", err)
	}
	if !strings.Contains(errors.String(), "msg=starting") {
		t.Errorf("the log is not on standard error: %s", errors)
	}
}

// listening returns the sockets of a process that others can connect to.
func listening(t *testing.T, pid int) []string {
	t.Helper()
	entries, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "fd", "*"))
	if err != nil || len(entries) == 0 {
		t.Fatalf("cannot look at the process: %v", err)
	}
	table, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "net", "tcp"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		inode, ok := strings.CutPrefix(link(entry), "socket:[")
		if !ok {
			continue
		}
		for line := range strings.Lines(string(table)) {
			fields := strings.Fields(line)
			const listen = "0A"
			if len(fields) > 9 && fields[3] == listen && fields[9] == strings.TrimSuffix(inode, "]") {
				found = append(found, fields[1])
			}
		}
	}
	return found
}

func link(path string) string {
	target, err := os.Readlink(path)
	if err != nil {
		return "" // closed meanwhile
	}
	return target
}

func TestAgentOverStandardInputNeedsAPair(t *testing.T) {
	demo := httptest.NewServer(sandbox.New(sandbox.Config{}))
	t.Cleanup(demo.Close)
	for name, environ := range map[string][]string{
		"no pair":   {"PAYMENTLINKS_UPSTREAM_URL=" + demo.URL},
		"an issuer": {"PAYMENTLINKS_JWT_ISSUER=https://issuer.example", "PAYMENTLINKS_JWT_AUDIENCE=a", "PAYMENTLINKS_JWKS_URL=http://127.0.0.1:1/", "PAYMENTLINKS_CREDENTIALS_FILE=none"},
	} {
		stdout, stderr := newOutput(), newOutput()
		if err := run(t.Context(), []string{"mcp"}, environ, stdout, stderr); err == nil || !strings.Contains(err.Error(), "standard input") {
			t.Errorf("%s: run = %v", name, err)
		}
		if stdout.String() != "" {
			t.Errorf("%s: on standard output: %s", name, stdout)
		}
	}
}

// With an issuer, an assistant that brings no token learns where to get one.
func TestAgentsLearnOfTheIssuer(t *testing.T) {
	credentials := filepath.Join(t.TempDir(), "credentials.yaml")
	if err := os.WriteFile(credentials, []byte("anna: {userToken: demo-seed, apiKey: demo-key}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := []string{
		"PAYMENTLINKS_JWT_ISSUER=https://issuer.example", "PAYMENTLINKS_JWT_AUDIENCE=links", "PAYMENTLINKS_JWKS_URL=http://127.0.0.1:1/keys",
		"PAYMENTLINKS_CREDENTIALS_FILE=" + credentials, "PAYMENTLINKS_MCP=on",
	}
	if err := run(t.Context(), nil, issuer, newOutput(), newOutput()); err == nil || !strings.Contains(err.Error(), "PAYMENTLINKS_PUBLIC_URL") {
		t.Errorf("without a public URL: run = %v", err)
	}
	s := start(t, append(issuer, "PAYMENTLINKS_PUBLIC_URL=https://pay.example/links/")...)
	for _, path := range []string{"/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource/links/mcp"} {
		status, metadata, err := s.try(t.Context(), http.MethodGet, s.url+path, "")
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Resource             string   `json:"resource"`
			AuthorizationServers []string `json:"authorization_servers"`
		}
		if err := json.Unmarshal([]byte(metadata), &got); err != nil || status != http.StatusOK ||
			got.Resource != "https://pay.example/links/mcp" || len(got.AuthorizationServers) != 1 || got.AuthorizationServers[0] != "https://issuer.example" {
			t.Errorf("%s: %d %s, %v", path, status, metadata, err)
		}
	}
	for name, test := range map[string]struct{ authorization, want string }{
		"no token":    {"", `Bearer resource_metadata="https://pay.example/.well-known/oauth-protected-resource/links/mcp"`},
		"a bad token": {"Bearer @@", `Bearer error="invalid_token", resource_metadata="https://pay.example/.well-known/oauth-protected-resource/links/mcp"`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/mcp", strings.NewReader(listTools))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}}
		if test.authorization != "" {
			req.Header.Set("Authorization", test.authorization)
		}
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || got != test.want {
			t.Errorf("%s: %d %s, want 401 %s", name, resp.StatusCode, got, test.want)
		}
	}
}

// A trusted document whose operation is described is a tool; those that are
// not, that are invalid or that take a taken name, are none.
func TestTrustedDocumentsAreTools(t *testing.T) {
	manifest, err := json.Marshal(map[string]string{
		"1": "\"Titles of a campaign.\"\nquery campaign(\n\"A word in the titles.\"\n$word: String!\n$first: Int = 5, $all: Boolean! = false) { paymentLinksConnection(filter: {search: $word}, first: $first) { totalCount nodes { title url @include(if: $all) } } }",
		"2": `query undescribed { paymentLinks { id } }`,
		"3": "\"Taken.\" query search_payment_links { paymentLinks { id } }",
		"4": "\"Invalid.\" query invalid { nothing }",
		"5": "\"All of them.\" query all_links { paymentLinks { id } }",
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, manifest, 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "PAYMENTLINKS_TRUSTED_DOCUMENTS="+file, "PAYMENTLINKS_TRUSTED_ONLY=true", "PAYMENTLINKS_USER_TOKEN=demo-shop")
	session := assistant(t, s)
	tools := map[string]*mcp.Tool{}
	for tool, err := range session.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		tools[tool.Name] = tool
	}
	if len(tools) != 7 || tools["undescribed"] != nil || tools["invalid"] != nil || tools["campaign"] == nil {
		t.Fatalf("tools %v", tools)
	}
	if got := tools["campaign"].Description; got != "Titles of a campaign." {
		t.Errorf("description %q", got)
	}
	input, err := json.Marshal(tools["campaign"].InputSchema)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"required":["word"]`, `"description":"A word in the titles."`, `"maximum":50`, `"default":5`} {
		if !strings.Contains(string(input), want) {
			t.Errorf("arguments %s, want %s", input, want)
		}
	}
	for arguments, want := range map[string]string{
		`{"word":""}`:                      `"totalCount":`,
		`{"word":"zzzz","all":true}`:       `"totalCount":0`,
		`{}`:                               `BAD_USER_INPUT: "word" is missing.`,
		`{"word":"a","first":51}`:          `BAD_USER_INPUT: `,
		`{"word":"a","all":"yes, please"}`: `BAD_USER_INPUT: `,
	} {
		if got := words(use(t, session, "campaign", arguments)); !strings.Contains(got, want) {
			t.Errorf("campaign %s: %s, want %s", arguments, got, want)
		}
	}
	if got := words(use(t, session, "all_links", `{}`)); !strings.HasPrefix(got, "LIMIT_EXCEEDED: ") {
		t.Errorf("more than 50 links: %.200s", got)
	}
	if got := words(use(t, session, "search_payment_links", `{}`)); !strings.Contains(got, `"totalCount"`) {
		t.Errorf("the tools that are always there: %.200s", got)
	}
}
