package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const secret = "s3cr3tPlanted"

// hostileUpstream answers with a secret wherever upstream has room for one. It
// is told which answer by the user token, whose last word names it.
func hostileUpstream(t *testing.T) *httptest.Server {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Secret", secret)
		token := r.Header.Get("BP-User-Token")
		switch token[strings.LastIndexByte(token, '-')+1:] {
		case "redirect":
			http.Redirect(w, r, "http://127.0.0.1:1/"+secret, http.StatusFound)
		case "refused":
			w.Header().Set("WWW-Authenticate", secret)
			http.Error(w, secret, http.StatusUnauthorized)
		case "failing":
			http.Error(w, secret, http.StatusServiceUnavailable)
		case "limited":
			w.Header().Set("Retry-After", secret)
			http.Error(w, secret, http.StatusTooManyRequests)
		case "html":
			_, _ = io.WriteString(w, "<html>"+secret)
		case "cutoff":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `[{"id": "`+secret)
		case "unreadable":
			_, _ = fmt.Fprintf(w, `[{"id": 5, "%[1]s": "%[1]s"}, {"url": "%[1]s"}, "%[1]s"]`, secret)
		case "partly":
			_, _ = fmt.Fprintf(w, `[{"id": "a", "custom_link_path": "https://pay.example/a", "amount": "%[1]s", "created_at": "%[1]s"}, {"x": "%[1]s"}]`, secret)
		}
	}))
	t.Cleanup(upstream.Close)
	return upstream
}

// What callers and upstream bring in confidence comes out nowhere: not in an
// answer, not in what the program prints and logs from start to stop.
func TestPlantedSecrets(t *testing.T) {
	s := start(t,
		"PAYMENTLINKS_UPSTREAM_URL="+hostileUpstream(t).URL, "PAYMENTLINKS_API_KEY="+secret,
		"PAYMENTLINKS_LOG_LEVEL=debug", "PAYMENTLINKS_BREAKER=off", "PAYMENTLINKS_SUGGESTIONS=false")

	kinds := map[string]string{
		"redirect": "UPSTREAM_MALFORMED_RESPONSE", "refused": "UNAUTHENTICATED", "failing": "UPSTREAM_UNAVAILABLE",
		"limited": "UPSTREAM_RATE_LIMITED", "html": "UPSTREAM_MALFORMED_RESPONSE", "cutoff": "UPSTREAM_MALFORMED_RESPONSE",
		"unreadable": "UPSTREAM_MALFORMED_RESPONSE", "partly": "",
	}
	for kind, code := range kinds {
		answer := s.query(t, `{ paymentLinks { id amount { value } createdAt } }`, "BP-User-Token", secret+"-"+kind)
		if !strings.Contains(answer, code) || strings.Contains(answer, secret) {
			t.Errorf("%s: want %q and no secret: %s", kind, code, answer)
		}
	}
	for name, body := range map[string]string{
		"variable": `{"query": "query($c: CurrencyCodeAlpha) { paymentLinks(currency: $c) { id } }", "variables": {"c": "` + secret + `"}}`,
		"literal":  `{"query": "{ paymentLinksConnection(after: \"` + secret + `\") { totalCount } }"}`,
		"document": `{"query": "{ ` + secret + ` }"}`,
		"body":     secret,
	} {
		for _, token := range []string{"any-partly", "any " + secret} { // a pair, and one that is none
			_, answer := s.do(t, http.MethodPost, s.url+"/graphql", body, "BP-User-Token", token)
			if !strings.Contains(answer, `"errors"`) || strings.Contains(answer, secret) {
				t.Errorf("%s: want an error without the secret: %s", name, answer)
			}
		}
	}

	// What a caller brings that is refused at the edge is not printed either.
	for _, header := range [][]string{
		{"Authorization", "Bearer " + secret},
		{"Authorization", "Bearer " + secret, "BP-User-Token", secret},
		{"BP-User-Token", secret, "X-Api-Key", ""},
		{"Content-Type", "text/" + secret},
		{"X-Request-Id", secret + "!"}, // not an id: it is replaced
	} {
		s.do(t, http.MethodPost, s.url+"/graphql?"+secret, `{"query": "{ __typename }", "operationName": "`+secret+`"}`, header...)
	}

	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	printed := s.stdout.String() + s.stderr.String()
	if !strings.Contains(printed, "list of payment links not fetched") {
		t.Errorf("the failures were not logged:\n%s", printed)
	}
	for line := range strings.Lines(printed) {
		if strings.Contains(line, secret) {
			t.Errorf("a secret was printed: %s", line)
		}
	}
}
