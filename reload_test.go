package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// eventually asks until the answer has a part.
func (s *service) eventually(t *testing.T, body, want string) {
	t.Helper()
	var answer string
	for began := time.Now(); time.Since(began) < patience; {
		if _, answer = s.do(t, http.MethodPost, s.url+"/graphql", body); strings.Contains(answer, want) {
			return
		}
	}
	t.Fatalf("%s is still answered with %s, want %q", body, answer, want)
}

// Limits, trusted documents and secrets are read again when their files change;
// a bad file keeps what was. Answers that were kept under the limits of before
// are not given any more.
func TestFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings := write("settings.yaml", "max-depth: 3\n")
	token := write("token", "demo-seed\n")
	documents := filepath.Join(dir, "documents")
	if err := os.Mkdir(documents, 0o700); err != nil {
		t.Fatal(err)
	}
	write("documents/a.json", `{"a": "{ __typename }"}`)
	s := start(t, "PAYMENTLINKS_CONFIG_FILE="+settings, "PAYMENTLINKS_TRUSTED_DOCUMENTS="+documents,
		"PAYMENTLINKS_USER_TOKEN_FILE="+token, "PAYMENTLINKS_API_KEY=demo-key", "PAYMENTLINKS_FRESH_FOR=1m", "PAYMENTLINKS_ACCESS_LOG=off")

	const deep = `{"query": "{ paymentLinks { amount { value } } }"}`
	for range 4 {
		s.eventually(t, deep, `"value"`)
	}
	write("settings.yaml", "max-depth: 2\n")
	s.eventually(t, deep, "LIMIT_EXCEEDED")
	write("settings.yaml", "max-dept: 3\n") // a slip: all stays as it was
	for began := time.Now(); s.metric(t, `paymentlinks_reloads_total{file="settings",result="failed"}`) != "1"; {
		if time.Since(began) > patience {
			t.Fatal("the bad file is not noticed")
		}
	}
	s.eventually(t, deep, "LIMIT_EXCEEDED")
	write("settings.yaml", "max-depth: 3\nstale-for: 1m\n")
	s.eventually(t, deep, `"value"`)

	s.eventually(t, `{"documentId": "b"}`, "errors")
	write("documents/b.json", `{"b": "{ b: __typename }"}`)
	s.eventually(t, `{"documentId": "b"}`, `"Query"`)

	write("token", "demo-empty\n")
	s.eventually(t, `{"query": "{ paymentLinks { id } }"}`, `"paymentLinks":[]`)

	if got := s.metric(t, `paymentlinks_reloads_total{file="settings",result="OK"}`); got != "4" {
		t.Errorf("%s readings, want 4", got)
	}
	log := s.log(t)
	for _, want := range []string{"settings read again", "perhaps max-depth was meant", "setting=PAYMENTLINKS_STALE_FOR"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if n := strings.Count(log, "settings not read again"); n != 1 {
		t.Errorf("the bad file is logged %d times", n)
	}
}
