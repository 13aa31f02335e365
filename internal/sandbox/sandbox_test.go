package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/sandbox"
)

// start is the instant of every sandbox of these tests.
func start() time.Time { return time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC) }

func newServer(t *testing.T) (*sandbox.Server, *httptest.Server) {
	t.Helper()
	s := sandbox.New(sandbox.Config{Now: start})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(s.Close)
	return s, server
}

// answer is what a test looks at of a response.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body
}

// ask makes a list call without the transport's own gzip and redirects.
func ask(t *testing.T, url, token, key string, header ...string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("BP-User-Token", token)
	req.Header.Set("X-Api-Key", key)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, body: body, err: err}, nil
}

func mustAsk(t *testing.T, url, token string, header ...string) answer {
	t.Helper()
	a, err := ask(t, url, token, sandbox.APIKey, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A page whose name was rebound to loopback is not answered, neither by the list
// nor by the control.
func TestForeignHostOverLoopback(t *testing.T) {
	_, server := newServer(t)
	for host, want := range map[string]int{"evil.example": 421, "evil.example:80": 421, "LOCALHOST:80": 200, "[::1]": 200, "127.0.0.1": 200} {
		for _, path := range []string{"/v1/custom-link", "/_sandbox/calls"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			req.Header.Set("BP-User-Token", sandbox.SeedToken)
			req.Header.Set("X-Api-Key", sandbox.APIKey)
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s of host %s: status %d, want %d", path, host, resp.StatusCode, want)
			}
		}
	}
}

func TestRouting(t *testing.T) {
	_, server := newServer(t)
	tests := map[string]struct {
		method, path, token, key string
		want                     int
	}{
		"list":                {"GET", "/v1/custom-link", sandbox.SeedToken, sandbox.APIKey, 200},
		"list below a prefix": {"GET", "/card/present/v1/custom-link", sandbox.SeedToken, sandbox.APIKey, 200},
		"large":               {"GET", "/v1/custom-link", sandbox.LargeToken, sandbox.APIKey, 200},
		"empty":               {"GET", "/v1/custom-link", sandbox.EmptyToken, sandbox.APIKey, 204},
		"forbidden":           {"GET", "/v1/custom-link", sandbox.ForbiddenToken, sandbox.APIKey, 403},
		"forbidden, bad key":  {"GET", "/v1/custom-link", sandbox.ForbiddenToken, "other", 401},
		"unknown token":       {"GET", "/v1/custom-link", "demo-other", sandbox.APIKey, 401},
		"wrong key":           {"GET", "/v1/custom-link", sandbox.SeedToken, "other", 401},
		"no credentials":      {"GET", "/v1/custom-link", "", "", 401},
		"other path":          {"GET", "/v1/custom-links", sandbox.SeedToken, sandbox.APIKey, 404},
		"path below the list": {"GET", "/v1/custom-link/7", sandbox.SeedToken, sandbox.APIKey, 404},
		"root":                {"GET", "/", sandbox.SeedToken, sandbox.APIKey, 404},
		"post":                {"POST", "/v1/custom-link", sandbox.SeedToken, sandbox.APIKey, 405},
		"head":                {"HEAD", "/v1/custom-link", sandbox.SeedToken, sandbox.APIKey, 405},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), test.method, server.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("BP-User-Token", test.token)
			req.Header.Set("X-Api-Key", test.key)
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("%s %s = %d, want %d", test.method, test.path, resp.StatusCode, test.want)
			}
			if allow := resp.Header.Get("Allow"); test.want == 405 && allow != "GET" {
				t.Errorf("Allow = %q, want GET", allow)
			}
		})
	}
}

func TestSeedIsThePublishedExample(t *testing.T) {
	want, err := os.ReadFile("seed.json")
	if err != nil {
		t.Fatal(err)
	}
	_, server := newServer(t)
	got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken)
	if !bytes.Equal(got.body, want) {
		t.Errorf("body differs from the published bytes: %s", cmp.Diff(string(want), string(got.body)))
	}
	if got.header.Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type = %q", got.header.Get("Content-Type"))
	}
	var links []map[string]any
	if err := json.Unmarshal(got.body, &links); err != nil || len(links) != 5 {
		t.Errorf("%d links, error %v; want 5", len(links), err)
	}
}

func TestGzip(t *testing.T) {
	_, server := newServer(t)
	plain := mustAsk(t, server.URL+"/v1/custom-link", sandbox.LargeToken)
	tests := map[string]struct {
		offer string
		want  string
	}{
		"offered":       {"gzip", "gzip"},
		"in a list":     {"br, gzip;q=0.5", "gzip"},
		"upper case":    {"GZIP", "gzip"},
		"refused":       {"gzip;q=0", ""},
		"other":         {"br", ""},
		"bad weight":    {"gzip;q=x", ""},
		"not mentioned": {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.LargeToken, "Accept-Encoding", test.offer)
			if coding := got.header.Get("Content-Encoding"); coding != test.want {
				t.Fatalf("Content-Encoding = %q, want %q", coding, test.want)
			}
			body := got.body
			if test.want == "gzip" {
				if len(body)*4 > len(plain.body) {
					t.Errorf("%d bytes compressed of %d", len(body), len(plain.body))
				}
				body = gunzip(t, body)
			}
			if !bytes.Equal(body, plain.body) {
				t.Error("another body than without an offer")
			}
		})
	}
}

func gunzip(t *testing.T, body []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	inflated, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return inflated
}

func TestCalls(t *testing.T) {
	s, server := newServer(t)
	url := server.URL + "/v1/custom-link"
	for range 3 {
		mustAsk(t, url, sandbox.SeedToken)
	}
	mustAsk(t, url, sandbox.ForbiddenToken)
	mustAsk(t, url, "stranger")
	mustAsk(t, server.URL+"/elsewhere", sandbox.SeedToken)

	want := sandbox.Calls{Total: 5, ByToken: map[string]int{sandbox.SeedToken: 3, sandbox.ForbiddenToken: 1}, Unknown: 1}
	if diff := cmp.Diff(want, s.Calls()); diff != "" {
		t.Errorf("Calls() (-want +got):\n%s", diff)
	}
	s.Calls().ByToken[sandbox.SeedToken] = 99
	if got := s.Calls().ByToken[sandbox.SeedToken]; got != 3 {
		t.Errorf("a caller changed the count to %d", got)
	}
	s.ResetCalls()
	if diff := cmp.Diff(sandbox.Calls{ByToken: map[string]int{}}, s.Calls()); diff != "" {
		t.Errorf("after ResetCalls (-want +got):\n%s", diff)
	}
}

func TestMerchants(t *testing.T) {
	s, server := newServer(t)
	url := server.URL + "/v1/custom-link"
	body := func(token, key string) string {
		t.Helper()
		a, err := ask(t, url, token, key)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(a.status) + " " + string(a.body)
	}

	s.AddMerchant("t1", "k1", []byte(`["one"]`))
	if got := body("t1", "k1"); got != `200 ["one"]` {
		t.Errorf("added merchant: %s", got)
	}
	if got := body("t1", sandbox.APIKey); got[:3] != "401" {
		t.Errorf("added merchant under another's key: %s", got)
	}
	s.SetBody("t1", []byte(`["two"]`))
	if got := body("t1", "k1"); got != `200 ["two"]` {
		t.Errorf("list set: %s", got)
	}
	s.SetBody("t1", nil)
	if got := body("t1", "k1"); got != "204 " {
		t.Errorf("empty list set: %s", got)
	}
	s.RestoreBody("t1")
	if got := body("t1", "k1"); got[:3] != "401" {
		t.Errorf("merchant removed: %s", got)
	}
	s.SetBody(sandbox.EmptyToken, []byte(`["three"]`))
	if got := body(sandbox.EmptyToken, sandbox.APIKey); got != `200 ["three"]` {
		t.Errorf("demo merchant changed: %s", got)
	}
	s.RestoreBody(sandbox.EmptyToken)
	if got := body(sandbox.EmptyToken, sandbox.APIKey); got != "204 " {
		t.Errorf("demo merchant restored: %s", got)
	}
	s.SetBody("t2", []byte(`[]`))
	if got := body("t2", sandbox.APIKey); got != "200 []" {
		t.Errorf("merchant made by SetBody: %s", got)
	}
}
