package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A reader of the log that leaves ends nothing: requests are answered, and the
// program stops cleanly.
func TestReaderOfTheLogLeaves(t *testing.T) {
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(program.Environ(), "TEST_AS_PROGRAM=1", "PAYMENTLINKS_LISTEN=127.0.0.1:0",
		"PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ACCESS_LOG=all")
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := program.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	for banner := bufio.NewScanner(stdout); url == "" && banner.Scan(); {
		if fields := strings.Fields(banner.Text()); len(fields) == 3 && fields[0] == "GraphQL" {
			url = fields[2]
		}
	}
	_, _ = stdout.Close(), stderr.Close()
	s := &service{client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	for range 3 {
		if status, answer := s.do(t, http.MethodPost, url, `{"query":"{__typename}"}`); status != http.StatusOK {
			t.Fatalf("status %d: %s", status, answer)
		}
		// The log of the request before is written by now, or by the end of the program.
	}
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// Which requests are logged is a setting, and nothing is lost when the program stops.
func TestAccessLogSetting(t *testing.T) {
	for setting, want := range map[string]int{"all": 2, "failures": 1, "off": 0} {
		s := start(t, "PAYMENTLINKS_ACCESS_LOG="+setting)
		s.query(t, `{ __typename }`)
		s.query(t, `{ nothing }`)
		s.cancel()
		if err := s.stopped(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(s.stderr.String(), "msg=request "); got != want {
			t.Errorf("%s: %d requests logged, want %d", setting, got, want)
		}
	}
}

// TestKeysNotFetchedAreLogged: without the issuer's keys no token is good, and operators can see why.
func TestKeysNotFetchedAreLogged(t *testing.T) {
	issuer := httptest.NewServer(http.NotFoundHandler())
	defer issuer.Close()
	s := start(t, append(withIssuer(t), "PAYMENTLINKS_JWKS_URL="+issuer.URL)...)
	// The fetch begins with the program, and nobody waits for it.
	for start := time.Now(); !strings.Contains(s.stderr.String(), "keys of the token issuer not fetched"); {
		if time.Since(start) > patience {
			t.Fatalf("the log does not tell of it:\n%s", s.stderr.String())
		}
		s.do(t, http.MethodGet, s.admin+"/livez", "")
	}
}

// log stops the program and returns its log: only then it is whole.
func (s *service) log(t *testing.T) string {
	t.Helper()
	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	return s.stderr.String()
}

// lineOf returns the first line of a log that has all parts, "" for none.
func lineOf(log string, parts ...string) string {
	for line := range strings.Lines(log) {
		hasAll := true
		for _, part := range parts {
			hasAll = hasAll && strings.Contains(line, part)
		}
		if hasAll {
			return line
		}
	}
	return ""
}

// The line of a request tells where its answer came from and who asked, also
// where the connection answered by itself.
func TestAccessLogOfTheProgram(t *testing.T) {
	s := start(t, "PAYMENTLINKS_ACCESS_LOG=all", "PAYMENTLINKS_TRUSTED_PROXIES=127.0.0.0/8")
	for i := range 4 {
		s.query(t, `query Shop { paymentLinks { id } }`, "X-Request-Id", "id-"+strconv.Itoa(i), "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
	}
	log := s.log(t)
	document := fmt.Sprintf("document=%x ", sha256.Sum256([]byte(`query Shop { paymentLinks { id } }`)))
	for i, source := range []string{"built", "built", "kept", "front"} {
		line := lineOf(log, "msg=request ", "request_id=id-"+strconv.Itoa(i)+" ")
		for _, want := range []string{
			"cache=" + source + " ", "operation_name=Shop ", document, "client=203.0.113." + strconv.Itoa(i), "method=POST ", "route=/graphql ", "status=200 ",
		} {
			if !strings.Contains(line, want) {
				t.Errorf("the line of request %d lacks %q: %s", i, want, line)
			}
		}
		if tenant := regexp.MustCompile(` tenant=[0-9a-f]{8} `).FindString(line); tenant == "" || !strings.Contains(log, tenant) {
			t.Errorf("no tenant: %s", line)
		}
	}
	if wait := regexp.MustCompile(` upstream_wait=(\S+) `).FindStringSubmatch(lineOf(log, "request_id=id-0 ")); wait == nil || !strings.HasSuffix(wait[1], "s") || wait[1] == "0s" {
		t.Errorf("the first caller waited for upstream %v", wait)
	}
}

// A failure of upstream is logged with the id of the request that met it first.
func TestUpstreamFailuresNameTheirRequest(t *testing.T) {
	s := start(t)
	if status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "malformed"}`); status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	s.query(t, `{ paymentLinks { id } }`, "X-Request-Id", "id-first")
	s.query(t, `{ paymentLinks { id } }`, "X-Request-Id", "id-second") // is told the failure from memory
	log := s.log(t)
	if line := lineOf(log, "list of payment links not fetched"); !strings.Contains(line, "request_id=id-first") || !strings.Contains(line, "UPSTREAM_MALFORMED_RESPONSE") {
		t.Errorf("line of the failure: %s", line)
	}
}

// At level debug the log tells each decision: of who is calling, of what is done
// about its list, and of the policies for upstream.
func TestDebugTellsDecisions(t *testing.T) {
	s := start(t, "PAYMENTLINKS_LOG_LEVEL=debug", "PAYMENTLINKS_FRESH_FOR=1h")
	s.query(t, `{ paymentLinks { id } }`, "X-Request-Id", "id-a")
	s.query(t, `{ paymentLinks { code } }`, "X-Request-Id", "id-b")
	if status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "status", "status": 503}`); status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	s.query(t, `{ paymentLinks { id } }`, "X-Request-Id", "id-c", "BP-User-Token", "other", "X-Api-Key", "demo-key")
	s.do(t, http.MethodPut, s.url+"/graphql", "", "X-Request-Id", "id-d")
	log := s.log(t)
	for _, parts := range [][]string{
		{"caller identified", "by=nothing", "request_id=id-a"},
		{"caller identified", "by=pair", "request_id=id-c"},
		{"list asked for", `decision="waits for a fetch that it begins"`, "request_id=id-a"},
		{"list fetched", "links=5", "request_id=id-a"},
		{"list asked for", "decision=fresh", "request_id=id-b"},
		{"asked upstream", "first=true", "known=false", "request_id=id-c"},
		{"will ask upstream again", "kind=UPSTREAM_UNAVAILABLE", "request_id=id-c"},
		{"will not ask upstream again", `reason="it was tried often enough"`, "request_id=id-c"},
		{"request refused", "code=METHOD_NOT_ALLOWED", "request_id=id-d"},
	} {
		if lineOf(log, parts...) == "" {
			t.Errorf("no line with %q in\n%s", parts, log)
		}
	}
}

// The banner is for people: over an upstream, the log is all there is.
func TestNoBannerForMachines(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL)
	if status, _ := s.do(t, http.MethodGet, s.admin+"/livez", ""); status != http.StatusOK {
		t.Errorf("/livez = %d", status)
	}
	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	if got := s.stdout.String(); got != "" {
		t.Errorf("printed %q", got)
	}
}
