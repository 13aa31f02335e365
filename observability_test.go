package main

import (
	"encoding/pem"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/sharedcache/redistest"
)

// TestMetricsThatAreLookedAtAreThere reads each metric that the dashboard, the
// alert rules and the page for operators name from the running program, and
// wants each of its own metrics explained on that page.
func TestMetricsThatAreLookedAtAreThere(t *testing.T) {
	upstream := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }))
	defer upstream.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: upstream.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	redis := redistest.Start(t)
	s := start(t, append(withIssuer(t), "PAYMENTLINKS_REDIS_URL="+redis.URL(), "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_UPSTREAM_CA_FILE="+ca)...)
	s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
	s.query(t, `{ a: __typename `+strings.Repeat("b: __typename ", 200)+`}`, "BP-User-Token", "t", "X-Api-Key", "k") // reaches a limit
	var exposed map[string]bool
	for began := time.Now(); !exposed["paymentlinks_jwks_age_seconds"]; exposed = s.metrics(t) {
		if time.Since(began) > patience {
			t.Fatal("the issuer's keys are not fetched")
		}
	}

	const page = "docs/operate.md"
	looked := map[string]string{}
	names := regexp.MustCompile(`\b(?:paymentlinks|go|process)_[a-z0-9_]+[a-z0-9]\b`)
	for _, file := range []string{"deploy/observability/dashboard.json", "deploy/observability/paymentlinks.rules.yml", page} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := names.FindAllString(string(content), -1)
		if len(found) < 15 {
			t.Errorf("%s names %d metrics: is the pattern right?", file, len(found))
		}
		for _, name := range found {
			looked[name] = file
		}
	}
	for name, file := range looked {
		if !exposed[name] {
			t.Errorf("%s names %s, which the program does not have", file, name)
		}
	}
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(exposed)) {
		whole := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "paymentlinks_") && !strings.Contains(string(content), "`"+whole) {
			t.Errorf("%s does not tell of %s", page, whole)
		}
	}
}

// Whoever is woken by an alert finds on the page what to do.
func TestAlertsAreExplained(t *testing.T) {
	rules, err := os.ReadFile("deploy/observability/paymentlinks.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(rules), -1)
	if len(alerts) < 10 {
		t.Errorf("%d alerts: is the pattern right?", len(alerts))
	}
	for _, alert := range alerts {
		if !strings.Contains(string(page), "`"+alert[1]+"`") {
			t.Errorf("docs/operate.md does not say what to do about %s", alert[1])
		}
	}
}

// metrics are the names of what /metrics tells.
func (s *service) metrics(t *testing.T) map[string]bool {
	t.Helper()
	_, text := s.do(t, http.MethodGet, s.admin+"/metrics", "")
	exposed := map[string]bool{}
	for line := range strings.Lines(text) {
		if name := regexp.MustCompile(`^[a-z_0-9]+`).FindString(line); name != "" {
			exposed[name] = true
			exposed[regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")] = true
		}
	}
	return exposed
}
