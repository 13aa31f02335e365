package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
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
	merchants := filepath.Join(t.TempDir(), "merchants.yaml")
	if err := os.WriteFile(merchants, []byte("shop:\n  userToken: demo-seed\n  apiKey: demo-key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "PAYMENTLINKS_JWT_ISSUER=https://id.example", "PAYMENTLINKS_JWT_AUDIENCE=links",
		"PAYMENTLINKS_JWKS_URL="+issuer.URL, "PAYMENTLINKS_CREDENTIALS_FILE="+merchants)
	// The fetch begins with the program, and nobody waits for it.
	for start := time.Now(); !strings.Contains(s.stderr.String(), "keys of the token issuer not fetched"); {
		if time.Since(start) > patience {
			t.Fatalf("the log does not tell of it:\n%s", s.stderr.String())
		}
		s.do(t, http.MethodGet, s.admin+"/livez", "")
	}
}
