package sandbox_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/sandbox"
)

// control makes one control call and returns status and body.
func control(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

func TestControlFaults(t *testing.T) {
	s, server := newServer(t)
	url := server.URL + "/_sandbox/faults"
	fault := `{"token":"demo-seed","mode":"status","calls":2,"delayMs":20,"status":429,"retryAfter":"1","body":"{}"}`
	if status, body := control(t, "POST", url, fault); status != 204 {
		t.Fatalf("POST = %d %s", status, body)
	}
	want := []sandbox.Fault{{
		Token: "demo-seed", Mode: sandbox.ModeStatus, Calls: 2, Delay: 20 * time.Millisecond,
		Status: 429, RetryAfter: "1", Body: "{}",
	}}
	if diff := cmp.Diff(want, s.Faults()); diff != "" {
		t.Errorf("Faults() (-want +got):\n%s", diff)
	}
	if status, body := control(t, "GET", url, ""); status != 200 || body != "["+fault+"]" {
		t.Errorf("GET = %d %s, want the fault as it was sent", status, body)
	}
	if got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken).status; got != 429 {
		t.Errorf("status %d, want 429", got)
	}

	control(t, "POST", url, `{"mode":"hang"}`)
	if status, _ := control(t, "DELETE", url+"?token=demo-seed", ""); status != 204 || len(s.Faults()) != 1 {
		t.Errorf("DELETE of one token = %d, faults left %v", status, s.Faults())
	}
	if status, _ := control(t, "DELETE", url, ""); status != 204 || len(s.Faults()) != 0 {
		t.Errorf("DELETE = %d, faults left %v", status, s.Faults())
	}
	if _, body := control(t, "GET", url, ""); body != "[]" {
		t.Errorf("GET of none = %s, want []", body)
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	s, server := newServer(t)
	tests := map[string]struct {
		method, path, body string
		want               int
	}{
		"no JSON":        {"POST", "faults", "fail!", 400},
		"unknown key":    {"POST", "faults", `{"moed":"hang"}`, 400},
		"unknown mode":   {"POST", "faults", `{"mode":"explode"}`, 400},
		"too large":      {"POST", "faults", `{"body":"` + strings.Repeat("x", 70_000) + `"}`, 413},
		"wrong method":   {"PATCH", "faults", "", 405},
		"unknown path":   {"GET", "elsewhere", "", 404},
		"list of nobody": {"PUT", "lists/", "[]", 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if status, body := control(t, test.method, server.URL+"/_sandbox/"+test.path, test.body); status != test.want {
				t.Errorf("%s %s = %d %s, want %d", test.method, test.path, status, body, test.want)
			}
		})
	}
	if got := s.Faults(); len(got) != 0 {
		t.Errorf("faults were taken: %v", got)
	}
}

func TestControlCallsAndLists(t *testing.T) {
	s, server := newServer(t)
	list, lists, calls := server.URL+"/v1/custom-link", server.URL+"/_sandbox/lists/", server.URL+"/_sandbox/calls"
	seed := mustAsk(t, list, sandbox.SeedToken).body

	if status, _ := control(t, "PUT", lists+"demo-seed", `["mine"]`); status != 204 {
		t.Errorf("PUT = %d", status)
	}
	if got := mustAsk(t, list, sandbox.SeedToken).body; string(got) != `["mine"]` {
		t.Errorf("list after PUT = %s", got)
	}
	if status, _ := control(t, "PUT", lists+"newcomer", `[]`); status != 204 {
		t.Errorf("PUT of a new merchant = %d", status)
	}
	if got := mustAsk(t, list, "newcomer"); got.status != 200 {
		t.Errorf("new merchant = %d", got.status)
	}
	if status, _ := control(t, "DELETE", lists+"demo-seed", ""); status != 204 {
		t.Errorf("DELETE = %d", status)
	}
	if got := mustAsk(t, list, sandbox.SeedToken).body; string(got) != string(seed) {
		t.Errorf("list after DELETE = %.80s", got)
	}

	if _, body := control(t, "GET", calls, ""); body != `{"total":4,"byToken":{"demo-seed":3,"newcomer":1},"unknown":0}` {
		t.Errorf("calls = %s", body)
	}
	if status, _ := control(t, "DELETE", calls, ""); status != 204 || s.Calls().Total != 0 {
		t.Errorf("DELETE of calls = %d, %d left", status, s.Calls().Total)
	}
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeHang})
	if status, _ := control(t, "DELETE", server.URL+"/_sandbox/", ""); status != 204 || len(s.Faults()) != 0 {
		t.Errorf("reset = %d, faults %v", status, s.Faults())
	}
	if got := mustAsk(t, list, "newcomer").status; got != 401 {
		t.Errorf("newcomer after reset = %d, want 401", got)
	}
}

// A page could send a fault as plain text, which no browser asks leave for.
func TestControlIsNotForPages(t *testing.T) {
	s, server := newServer(t)
	for name, value := range map[string]string{"Origin": "http://shop.example", "Sec-Fetch-Site": "cross-site"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/_sandbox/faults", strings.NewReader(`{"mode":"hang"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || len(s.Faults()) > 0 {
			t.Errorf("with %s: status %d, faults %v; want 403 and none", name, resp.StatusCode, s.Faults())
		}
	}
}
