package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/doctor"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/tenant"
)

func pair(t *testing.T, token string) tenant.Credentials {
	t.Helper()
	c, err := tenant.NewCredentials(token, sandbox.APIKey)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newUpstream(t *testing.T) (*sandbox.Server, string) {
	t.Helper()
	demo := sandbox.New(sandbox.Config{})
	t.Cleanup(demo.Close)
	server := httptest.NewServer(demo)
	t.Cleanup(server.Close)
	return demo, server.URL
}

// noProxy keeps the tests' own environment out.
func noProxy(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // how a transport is told that there is none

// text is the report as a person reads it.
func text(t *testing.T, r *doctor.Report) string {
	t.Helper()
	var b strings.Builder
	_ = r.Write(&b, false) // the verdict
	return b.String()
}

// code is the exit code of a report.
func code(t *testing.T, r *doctor.Report) int {
	t.Helper()
	err := r.Write(io.Discard, false)
	if verdict, ok := errors.AsType[doctor.VerdictError](err); ok {
		return verdict.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// check looks for lines of the report; in each, for a status and words.
func check(t *testing.T, r *doctor.Report, wantCode int, want ...string) {
	t.Helper()
	got := text(t, r)
	if got := code(t, r); got != wantCode {
		t.Errorf("exit code %d, want %d", got, wantCode)
	}
	for _, line := range want {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), line) {
			t.Errorf("%q is missing", line)
		}
	}
	if t.Failed() {
		t.Logf("the report:\n%s", got)
	}
}

func TestWell(t *testing.T) {
	demo, upstream := newUpstream(t)
	r := doctor.Examine(t.Context(), doctor.Config{
		Settings: maps.All(map[string]string{"PAYMENTLINKS_USER_TOKEN": "[redacted]"}),
		Parts:    []doctor.Part{{Name: "documents", Check: func(context.Context, bool) error { return nil }}},
		Client:   billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}, Pair: pair(t, sandbox.SeedToken),
	})
	check(t, r, 0,
		"PAYMENTLINKS_USER_TOKEN=[redacted]", "ok settings accepted", "ok documents readable", "ok proxy none",
		"ok connection 127.0.0.1:", "ok upstream answered status 200, the first byte after", "ok credentials accepted",
		"ok list 5 links", "The list has 5 elements", "currencies MXN: 5", "link types 2: 5", "zones of times none: 10",
		"skipped none", "All is well.")
	if calls := demo.Calls().Total; calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

func TestFindings(t *testing.T) {
	status := func(status int) sandbox.Fault { return sandbox.Fault{Mode: sandbox.ModeStatus, Status: status} }
	tests := map[string]struct {
		token string
		fault sandbox.Fault
		code  int
		want  string
	}{
		"unauthenticated": {"unknown", sandbox.Fault{}, 2, "failure credentials Upstream does not accept the credentials."},
		"forbidden":       {sandbox.SeedToken, status(403), 2, "failure credentials Upstream does not let"},
		"no links":        {sandbox.SeedToken, status(204), 0, "ok upstream answered status 204"},
		"down":            {sandbox.SeedToken, status(503), 2, "failure upstream Upstream is not available."},
		"no list":         {sandbox.SeedToken, sandbox.Fault{Mode: sandbox.ModeMalformed}, 2, "failure upstream Upstream sent an answer that cannot be read."},
		"disconnected":    {sandbox.SeedToken, sandbox.Fault{Mode: sandbox.ModeDisconnect}, 2, "failure upstream Upstream is not available."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			demo, upstream := newUpstream(t)
			if test.fault != (sandbox.Fault{}) {
				if err := demo.Fail(test.fault); err != nil {
					t.Fatal(err)
				}
			}
			check(t, doctor.Examine(t.Context(), doctor.Config{
				Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}, Pair: pair(t, test.token),
			}), test.code, test.want)
		})
	}
}

// TestList counts a list that has everything in it that is left out.
func TestList(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	demo, upstream := newUpstream(t)
	demo.SetBody(sandbox.SeedToken, []byte(`[
		{"id":"1","custom_link_path":"https://p.example/m/a","status":1,"currency":"MXN","link_type":2,"created_at":"2026-05-04T17:58:00"},
		{"id":"1","custom_link_path":"https://p.example/m/b","status":0,"currency":" usd ","link_type":"SECRET-WORDS","created_at":"2026-05-04T11:00:00Z"},
		{"id":"2","domain":"https://p.example","main_link":"m","secondary_link":"c","status":7.5,"created_at":"2026-05-04T11:00:00-06:00","updated_at":"SECRET"},
		{"id":"3"}, {"custom_link_path":"https://p.example/m/d"}, null, 5
	]`))
	r := doctor.Examine(t.Context(), doctor.Config{
		Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}, Pair: pair(t, sandbox.SeedToken),
		Now: func() time.Time { return now },
	})
	check(t, r, 1,
		"doubt list 5 of 7 elements are left out",
		"skipped id repeated: 1, not an object: 2, without a URL: 1, without an id: 1",
		"status codes 0: 1, 1: 1, none: 2, other: 1", "currencies MXN: 1, USD: 1, none: 3", "link types 2: 1, none: 3, other: 1",
		"zones of times -06:00: 1, Z: 1, none: 1, unreadable: 1",
		"doubt time zone the newest link seems to have been created 5h58m0s from now", "6h0m0s further east",
		"There are doubts.")
	if strings.Contains(text(t, r), "SECRET") {
		t.Error("upstream's words got out")
	}
}

// TestClocksMayDiffer: a few minutes are no other zone.
func TestClocksMayDiffer(t *testing.T) {
	demo, upstream := newUpstream(t)
	demo.SetBody(sandbox.SeedToken, []byte(`[{"id":"1","custom_link_path":"https://p.example/m/a","created_at":"2026-05-04T12:05:00"}]`))
	check(t, doctor.Examine(t.Context(), doctor.Config{
		Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}, Pair: pair(t, sandbox.SeedToken),
		Now: func() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) },
	}), 0, "ok list 1 links")
}

func TestWithoutAPair(t *testing.T) {
	_, upstream := newUpstream(t)
	check(t, doctor.Examine(t.Context(), doctor.Config{Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}}), 0,
		"ok upstream answered status 401", "skipped credentials no pair is configured")
}

func TestOffline(t *testing.T) {
	demo, upstream := newUpstream(t)
	check(t, doctor.Examine(t.Context(), doctor.Config{
		Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}}, Pair: pair(t, sandbox.SeedToken), Offline: true,
	}), 0, "skipped upstream not called: offline")
	if calls := demo.Calls().Total; calls != 0 {
		t.Errorf("%d calls", calls)
	}
	check(t, doctor.Examine(t.Context(), doctor.Config{
		Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream, CAFile: filepath.Join(t.TempDir(), "absent")}}, Offline: true,
	}), 2, "failure upstream upstream CA file")
	check(t, doctor.Examine(t.Context(), doctor.Config{
		Warnings: []string{"PAYMENTLINKS_X: is not known"},
		Parts:    []doctor.Part{{Name: "documents", Check: func(context.Context, bool) error { return errors.New("no manifest") }}},
	}), 2, "doubt settings PAYMENTLINKS_X: is not known", "failure documents no manifest", "skipped upstream no upstream URL", "It does not work.")
	check(t, doctor.Examine(t.Context(), doctor.Config{Warnings: []string{"odd"}}), 1, "doubt settings odd")
}

func TestRefusedSettings(t *testing.T) {
	check(t, doctor.Refused(errors.New("PAYMENTLINKS_X is wrong")), 2, "failure settings PAYMENTLINKS_X is wrong")
}

func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(proxy.Close)
	u, _ := url.Parse(strings.Replace(proxy.URL, "http://", "http://user:SECRET@", 1))
	r := doctor.Examine(t.Context(), doctor.Config{
		Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: "http://upstream.example", Insecure: true}, Proxy: http.ProxyURL(u)}, Pair: pair(t, "t"),
	})
	check(t, r, 0, "ok proxy "+u.Host, "status 204")
	if strings.Contains(text(t, r), "SECRET") {
		t.Error("the proxy's password got out")
	}
	bad := func(*http.Request) (*url.URL, error) { return nil, errors.New("SECRET") }
	r = doctor.Examine(t.Context(), doctor.Config{Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: "http://127.0.0.1:1"}, Proxy: bad}})
	check(t, r, 2, "failure proxy HTTPS_PROXY or HTTP_PROXY holds no URL")
	if strings.Contains(text(t, r), "SECRET") {
		t.Error("the proxy's setting got out")
	}
}

func TestNobodyListens(t *testing.T) {
	check(t, doctor.Examine(t.Context(), doctor.Config{Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: "http://localhost:1"}, Proxy: noProxy}}), 2,
		"ok DNS 127.0.0.1", "failure upstream Upstream is not available.", "connection refused")
}

func TestJSON(t *testing.T) {
	_, upstream := newUpstream(t)
	var b strings.Builder
	r := doctor.Examine(t.Context(), doctor.Config{Client: billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}, Pair: pair(t, sandbox.SeedToken)})
	if err := r.Write(&b, true); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Status string
		Checks []struct{ Name, Status, Message string }
		List   struct {
			Elements   int
			Currencies map[string]int
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil {
		t.Fatal(err)
	}
	if back.Status != "ok" || len(back.Checks) == 0 || back.List.Elements != 5 || back.List.Currencies["MXN"] != 5 {
		t.Errorf("got %+v", back)
	}
}

// newTLS is an upstream with a certificate for loopback that ends at a time,
// and the file of the authority that signed it.
func newTLS(t *testing.T, ends time.Time) (upstream, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "upstream of a test"},
		NotBefore: ends.Add(-90 * 24 * time.Hour), NotAfter: ends, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, certificate, certificate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	demo := sandbox.New(sandbox.Config{})
	t.Cleanup(demo.Close)
	server := httptest.NewUnstartedServer(demo)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}} //nolint:gosec // the client sets the version
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, caFile
}

func TestTLS(t *testing.T) {
	tests := map[string]struct {
		left    time.Duration
		trusted bool
		code    int
		want    []string
	}{
		"valid":        {60 * 24 * time.Hour, true, 0, []string{"ok TLS TLS 1.3", "ok certificate 0: valid from", `subject "upstream of a test"`}},
		"expires soon": {20 * 24 * time.Hour, true, 1, []string{"ok TLS", "doubt certificate 0:"}},
		"expired":      {-time.Hour, true, 2, []string{"failure TLS the handshake failed", "failure certificate 0:", "failure upstream", "expired"}},
		"not trusted":  {60 * 24 * time.Hour, false, 2, []string{"failure TLS", "ok certificate 0:", "unknown authority"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			upstream, caFile := newTLS(t, time.Now().Add(test.left))
			c := billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream}, Proxy: noProxy}
			if test.trusted {
				c.CAFile = caFile
			}
			check(t, doctor.Examine(t.Context(), doctor.Config{Client: c, Pair: pair(t, sandbox.SeedToken)}), test.code, test.want...)
		})
	}
}
