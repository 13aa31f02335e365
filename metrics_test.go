package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// metric returns a series of the running program as /metrics writes it, "" for
// none. A name ends at the space before its value.
func (s *service) metric(t *testing.T, series string) string {
	t.Helper()
	status, text := s.do(t, http.MethodGet, s.admin+"/metrics", "")
	if status != http.StatusOK {
		t.Fatalf("/metrics = %d %s", status, text)
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// What happens shows in the metrics of the running program.
func TestMetricsOfTheProgram(t *testing.T) {
	s := start(t, "PAYMENTLINKS_BREAKER=off", "PAYMENTLINKS_FRESH_FOR=0s")
	s.query(t, `{ paymentLinks { id } }`)
	s.query(t, `{ nothing }`)
	var aliases strings.Builder
	for i := range 31 {
		fmt.Fprintf(&aliases, "a%d: id ", i)
	}
	s.query(t, `{ paymentLinks { `+aliases.String()+`} }`)
	s.query(t, `{ __typename }`, "Authorization", "Bearer x")
	if status, body := s.do(t, http.MethodPost, s.sandbox+"/_sandbox/faults", `{"mode": "status", "status": 503}`); status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	s.query(t, `{ paymentLinks { id } }`)
	for series, want := range map[string]string{
		`paymentlinks_requests_total{code="OK",status="200"}`:                        "2",
		`paymentlinks_requests_total{code="GRAPHQL_VALIDATION_FAILED",status="200"}`: "1",
		`paymentlinks_requests_total{code="UNAUTHENTICATED",status="401"}`:           "1",
		`paymentlinks_request_duration_seconds_count`:                                "5",
		`paymentlinks_answers_total{source="built"}`:                                 "2",
		`paymentlinks_upstream_requests_total{outcome="OK"}`:                         "1",
		`paymentlinks_upstream_requests_total{outcome="UPSTREAM_UNAVAILABLE"}`:       "3",
		`paymentlinks_upstream_request_duration_seconds_count`:                       "4",
		`paymentlinks_upstream_retries_total`:                                        "2",
		`paymentlinks_breaker_state{state="closed"}`:                                 "1",
		`paymentlinks_breaker_state{state="open"}`:                                   "0",
		`paymentlinks_snapshots`:                                                     "1",
		`paymentlinks_skipped_links`:                                                 "0",
		`paymentlinks_stale_answers_total`:                                           "1",
		`paymentlinks_limits_total{limit="aliases"}`:                                 "1",
		`paymentlinks_tokens_refused_total{cause="not_taken"}`:                       "1",
		`paymentlinks_reloads_total{file="credentials_file",result="failed"}`:        "0",
		`paymentlinks_log_lines_dropped_total`:                                       "0",
	} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s is %q, want %q", series, got, want)
		}
	}
	if got := s.metric(t, "paymentlinks_snapshot_bytes"); got == "" || got == "0" {
		t.Errorf("paymentlinks_snapshot_bytes is %q", got)
	}
}

// An answer that the connection sends by itself is counted like any other.
func TestHitsOfTheFrontAreCounted(t *testing.T) {
	s := start(t)
	for range 5 {
		s.query(t, `{ paymentLinks { id } }`)
	}
	want := map[string]string{"built": "2", "kept": "1", "front": "2"}
	for source, n := range want {
		if got := s.metric(t, `paymentlinks_answers_total{source="`+source+`"}`); got != n {
			t.Errorf("answers of %s: %s, want %s", source, got, n)
		}
	}
	if got := s.metric(t, `paymentlinks_requests_total{code="OK",status="200"}`); got != "5" {
		t.Errorf("%s requests, want 5", got)
	}
}

func TestProfilesAreForOperators(t *testing.T) {
	s := start(t)
	if status, _ := s.do(t, http.MethodGet, s.admin+"/debug/pprof/goroutine?debug=1", ""); status != http.StatusOK {
		t.Errorf("on the admin address: %d", status)
	}
	for _, path := range []string{"/debug/pprof/", "/metrics"} {
		if status, _ := s.do(t, http.MethodGet, s.url+path, ""); status != http.StatusNotFound {
			t.Errorf("%s on the API's address: %d, want 404", path, status)
		}
	}
}
