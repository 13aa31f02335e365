package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/telemetry"
)

func newMetrics() *telemetry.Metrics {
	return telemetry.NewMetrics(telemetry.Words{
		Version: "v1", Sources: []string{"front", "built"}, States: []string{"closed", "open"}, Checks: []string{"issuer", "expiry"}, Files: []string{"keys"},
	})
}

// series returns what is written of a metric: its series and values, a line each.
func series(t *testing.T, m *telemetry.Metrics, metric string) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	var found strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, metric+" ") || strings.HasPrefix(line, metric+"{") {
			found.WriteString(line)
		}
	}
	return found.String()
}

func TestMetricsCount(t *testing.T) {
	m := newMetrics()
	m.Answered("", http.StatusOK, "front", false, 2*time.Second)
	m.Answered("", http.StatusNotModified, "front", false, time.Second)
	m.Answered(fault.UpstreamTimeout, http.StatusOK, "built", true, time.Second)
	m.Answered(fault.BadRequest, http.StatusBadRequest, "", false, 500*time.Millisecond)
	m.LimitReached("depth")
	m.TokenRefused("expiry")
	m.UpstreamTried("", time.Second)
	m.UpstreamTried(fault.UpstreamTimeout, 3*time.Second)
	m.UpstreamRetried()
	m.BreakerChanged("open")
	m.Reloaded("keys")(true)
	m.Reloaded("keys")(false)
	m.Reloaded("keys")(false)
	for metric, want := range map[string]string{
		"paymentlinks_requests_total": `{code="BAD_REQUEST",status="400"} 1 {code="OK",status="200"} 1 {code="OK",status="304"} 1` +
			` {code="UPSTREAM_TIMEOUT",status="200"} 1`,
		"paymentlinks_request_duration_seconds_sum":          "4.5",
		"paymentlinks_request_duration_seconds_count":        "4",
		"paymentlinks_answers_total":                         `{source="built"} 1 {source="front"} 2`,
		"paymentlinks_stale_answers_total":                   "1",
		"paymentlinks_limits_total":                          `{limit="depth"} 1`,
		"paymentlinks_tokens_refused_total":                  `{cause="expiry"} 1 {cause="issuer"} 0`,
		"paymentlinks_upstream_requests_total":               `{outcome="OK"} 1 {outcome="UPSTREAM_TIMEOUT"} 1`,
		"paymentlinks_upstream_request_duration_seconds_sum": "4",
		"paymentlinks_upstream_retries_total":                "1",
		"paymentlinks_breaker_state":                         `{state="closed"} 0 {state="open"} 1`,
		"paymentlinks_reloads_total":                         `{file="keys",result="OK"} 1 {file="keys",result="failed"} 2`,
	} {
		got := strings.Join(strings.Fields(strings.ReplaceAll(series(t, m, metric), metric, "")), " ")
		if got != want {
			t.Errorf("%s: %s\nwant %s", metric, got, want)
		}
	}
	if got := series(t, m, "paymentlinks_build_info"); !strings.Contains(got, `version="v1"`) {
		t.Errorf("build_info = %s", got)
	}
	for _, metric := range []string{"go_goroutines", "process_open_fds"} {
		if series(t, m, metric) == "" {
			t.Errorf("%s is missing", metric)
		}
	}
}

// Series are there before anything is counted, so that a first event shows.
func TestSeriesAreThereFromTheStart(t *testing.T) {
	m := newMetrics()
	for metric, want := range map[string]string{
		"paymentlinks_requests_total":          `paymentlinks_requests_total{code="OK",status="200"} 0`,
		"paymentlinks_answers_total":           `paymentlinks_answers_total{source="front"} 0`,
		"paymentlinks_breaker_state":           `paymentlinks_breaker_state{state="closed"} 1`,
		"paymentlinks_tokens_refused_total":    `paymentlinks_tokens_refused_total{cause="issuer"} 0`,
		"paymentlinks_reloads_total":           `paymentlinks_reloads_total{file="keys",result="failed"} 0`,
		"paymentlinks_upstream_requests_total": `paymentlinks_upstream_requests_total{outcome="OK"} 0`,
	} {
		if got := series(t, m, metric); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", metric, got, want)
		}
	}
}

// The front answers a hundred thousand times a second: counting that must not
// make work for the collector of garbage.
func TestCountingAHitAllocatesNothing(t *testing.T) {
	m := newMetrics()
	if n := testing.AllocsPerRun(1000, func() { m.Answered("", http.StatusOK, "front", false, time.Microsecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCountingAHit(b *testing.B) {
	m := newMetrics()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Answered("", http.StatusOK, "front", false, time.Microsecond)
		}
	})
}

func TestReadings(t *testing.T) {
	noon := time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
	m := newMetrics()
	var keysAt time.Time
	m.Read(telemetry.Readings{
		Snapshots:       func() (int, int64, int) { return 2, 4096, 3 },
		CredentialsFile: func() time.Time { return noon.Add(-time.Minute) },
		Keys:            func() time.Time { return keysAt },
		DroppedLogLines: func() uint64 { return 7 },
		Now:             func() time.Time { return noon },
	})
	check := func(metric, want string) {
		t.Helper()
		if got := strings.TrimSpace(strings.TrimPrefix(series(t, m, metric), metric)); got != want {
			t.Errorf("%s = %q, want %q", metric, got, want)
		}
	}
	check("paymentlinks_snapshots", "2")
	check("paymentlinks_snapshot_bytes", "4096")
	check("paymentlinks_skipped_links", "3")
	check("paymentlinks_credentials_file_age_seconds", "60")
	check("paymentlinks_log_lines_dropped_total", "7")
	check("paymentlinks_jwks_age_seconds", "") // not fetched yet
	check("paymentlinks_upstream_certificate_age_seconds", "")
	keysAt = noon.Add(-time.Hour)
	m.Certified(noon.Add(-time.Hour), noon.Add(time.Second))
	check("paymentlinks_jwks_age_seconds", "3600")
	check("paymentlinks_upstream_certificate_age_seconds", "3600")
	check("paymentlinks_upstream_certificate_remaining_seconds", "1")
}

// What nobody knows has no series.
func TestReadingsAreOptional(t *testing.T) {
	m := newMetrics()
	m.Read(telemetry.Readings{})
	for _, metric := range []string{"paymentlinks_snapshots", "paymentlinks_credentials_file_age_seconds", "paymentlinks_jwks_age_seconds", "paymentlinks_log_lines_dropped_total"} {
		if got := series(t, m, metric); got != "" {
			t.Errorf("%s: %s", metric, got)
		}
	}
}

func TestProfiles(t *testing.T) {
	for path, want := range map[string]int{
		"/debug/pprof/":                    http.StatusOK,
		"/debug/pprof/heap":                http.StatusOK,
		"/debug/pprof/profile?seconds=1":   http.StatusOK,
		"/debug/pprof/trace?seconds=0.001": http.StatusOK,
		"/debug/pprof/symbol":              http.StatusOK,
		"/debug/pprof/cmdline":             http.StatusNotFound, // secrets may stand there
	} {
		w := httptest.NewRecorder()
		telemetry.Profiles().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if w.Code != want {
			t.Errorf("%s = %d, want %d", path, w.Code, want)
		}
	}
}
