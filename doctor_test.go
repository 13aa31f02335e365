package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paymentlinks/internal/doctor"
	"paymentlinks/internal/sandbox"
)

// examined runs the doctor and returns what it prints and its exit code.
func examined(t *testing.T, args []string, environ ...string) (report string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), append([]string{"doctor"}, args...), append([]string{"PAYMENTLINKS_LISTEN=127.0.0.1:0"}, environ...), &stdout, &stderr)
	if found, ok := errors.AsType[doctor.VerdictError](err); ok {
		return stdout.String(), found.ExitCode()
	}
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return stdout.String(), 0
}

// TestDoctor: what serve would read reaches the examination.
func TestDoctor(t *testing.T) {
	demo := sandbox.New(sandbox.Config{})
	defer demo.Close()
	upstream := httptest.NewServer(demo)
	defer upstream.Close()
	demo.SetBody(sandbox.SeedToken, []byte(`[{"id":"1","custom_link_path":"https://p.example/m/a","created_at":"2999-01-01T00:00:00"}]`))
	url := "PAYMENTLINKS_UPSTREAM_URL=" + upstream.URL
	good := []string{url, "PAYMENTLINKS_USER_TOKEN=" + sandbox.SeedToken, "PAYMENTLINKS_API_KEY=" + sandbox.APIKey}
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	merchants := filepath.Join(t.TempDir(), "merchants.yaml")
	if err := os.WriteFile(merchants, []byte("shop:\n  userToken: demo-seed\n  apiKey: demo-key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := []string{url, "PAYMENTLINKS_JWT_ISSUER=https://id.example", "PAYMENTLINKS_JWT_AUDIENCE=links", "PAYMENTLINKS_JWKS_URL=" + upstream.URL + "/keys"}
	tests := map[string]struct {
		args    []string
		environ []string
		code    int
		want    string
	}{
		"the sandbox":      {nil, nil, 0, "no upstream URL is set"},
		"a doubt":          {nil, good, 1, "time zone"},
		"offline":          {[]string{"--offline"}, good, 0, "not called: offline"},
		"refused pair":     {nil, []string{url, "PAYMENTLINKS_USER_TOKEN=SECRET", "PAYMENTLINKS_API_KEY=SECRET"}, 2, "does not accept the credentials"},
		"bad setting":      {nil, []string{"PAYMENTLINKS_FRESH_FOR=SECRET"}, 2, "PAYMENTLINKS_FRESH_FOR"},
		"no CA file":       {nil, append([]string{"PAYMENTLINKS_UPSTREAM_CA_FILE=absent.pem"}, good...), 2, "CA file"},
		"broken documents": {[]string{"--offline"}, append([]string{"PAYMENTLINKS_TRUSTED_DOCUMENTS=" + broken}, good...), 2, "documents"},
		"broken merchants": {[]string{"--offline"}, append([]string{"PAYMENTLINKS_CREDENTIALS_FILE=" + broken}, issuer...), 2, "callers"},
		"no keys":          {nil, append([]string{"PAYMENTLINKS_CREDENTIALS_FILE=" + merchants}, issuer...), 2, "the keys: status 404"},
		"keys unasked":     {[]string{"--offline"}, append([]string{"PAYMENTLINKS_CREDENTIALS_FILE=" + merchants}, issuer...), 0, "callers"},
		"unknown setting":  {[]string{"--offline"}, append([]string{"PAYMENTLINKS_FRESHFOR=1s"}, good...), 1, "PAYMENTLINKS_FRESHFOR"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report, code := examined(t, test.args, test.environ...)
			if code != test.code || !strings.Contains(report, test.want) {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, test.code, test.want, report)
			}
			if strings.Contains(report, "SECRET") && name != "bad setting" {
				t.Errorf("a secret got out:\n%s", report)
			}
			asJSON, codeOfJSON := examined(t, append(test.args, "--json"), test.environ...)
			if codeOfJSON != code || !json.Valid([]byte(asJSON)) {
				t.Errorf("as JSON: exit code %d, want %d and JSON:\n%s", codeOfJSON, code, asJSON)
			}
		})
	}
}
