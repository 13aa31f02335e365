package telemetry

import (
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"paymentlinks/internal/fault"
)

// ok is the code, outcome or result of what went well.
const ok = "OK"

// Metrics counts what the rooms tell of. Its methods fit the functions of their
// Events. They return at once, allocate nothing for a request that went well,
// and are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests     *prometheus.CounterVec
	fine         prometheus.Counter // of requests: those of code OK and status 200
	durations    prometheus.Histogram
	answers      *prometheus.CounterVec
	bySource     map[string]prometheus.Counter // of answers
	staleAnswers prometheus.Counter
	limits       *prometheus.CounterVec
	refused      *prometheus.CounterVec
	resets       *prometheus.CounterVec

	tries        *prometheus.CounterVec
	tryDurations prometheus.Histogram
	retries      prometheus.Counter
	breaker      *prometheus.GaugeVec
	states       []string

	reloads     *prometheus.CounterVec
	certificate atomic.Pointer[validity]

	sharedLists, sharedWrites, sharedPurges *prometheus.CounterVec
	redisUp                                 *prometheus.GaugeVec
}

// Words are the values of labels that only the rooms know. Their series are
// there from the start, so that a first event shows as an increase.
type Words struct {
	// Sources are those of answers, States those of the breaker, of which the
	// first is the one at the start.
	Sources, States []string
	// Checks are those that a bearer token may not pass.
	Checks []string
	// Resets are why clients who follow changes begin anew.
	Resets []string
	// ListSources, Writes and Purges are what replicas share, and how.
	ListSources, Writes, Purges []string
	// Files are what is read again.
	Files []string
	// Version is the program's.
	Version string
}

// NewMetrics returns metrics that have counted nothing.
func NewMetrics(words Words) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), bySource: map[string]prometheus.Counter{}, states: words.States}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.gauges("build_info", "What runs: always 1.", "version", "goversion").WithLabelValues(words.Version, runtime.Version()).Set(1)

	m.requests = m.counters("requests_total", "Requests to the API, by the code of their first error (OK for none) and their HTTP status (499: the client left).", "code", "status")
	m.fine = m.requests.WithLabelValues(ok, strconv.Itoa(http.StatusOK))
	// From an answer of the front to the bound on a request.
	m.durations = m.histogram("request_duration_seconds", "Time from the header of a request to the end of its answer.",
		.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
	m.answers = m.counters("answers_total", "Answers, by where they came from: front (the connection itself), kept, shared (just made for another request), built.", "source")
	for _, source := range words.Sources {
		m.bySource[source] = m.answers.WithLabelValues(source)
	}
	m.staleAnswers = m.counter("stale_answers_total", "Answers made of an older list because upstream failed.")
	m.limits = m.counters("limits_total", "Limits that requests met, by name.", "limit")
	m.refused = m.counters("tokens_refused_total", "Bearer tokens that were refused, by the check that they did not pass.", "cause")
	for _, check := range words.Checks {
		m.refused.WithLabelValues(check)
	}

	m.resets = m.counters("changes_resets_total", "Answers of paymentLinkChanges that begin anew, by cause: first (without since), unknown_version (a list that this replica does not know), too_many_versions.", "cause")
	for _, cause := range words.Resets {
		m.resets.WithLabelValues(cause)
	}

	m.tries = m.counters("upstream_requests_total", "Calls to upstream, repeats included, by how they ended: OK, or the code of the error.", "outcome")
	m.tries.WithLabelValues(ok)
	m.tryDurations = m.histogram("upstream_request_duration_seconds", "Time of a call to upstream, its body included.",
		.005, .01, .025, .05, .1, .25, .5, 1, 2, 4, 8)
	m.retries = m.counter("upstream_retries_total", "Calls to upstream that repeated another.")
	m.breaker = m.gauges("breaker_state", "State of the breaker for upstream: 1 for the one that it is in.", "state")
	if len(words.States) > 0 {
		m.BreakerChanged(words.States[0])
	}

	m.newShared(words)
	m.reloads = m.counters("reloads_total", "Changed files and keys that were read again, by what they are and by result: OK or failed (what was in force stays).", "file", "result")
	for _, file := range words.Files {
		m.reloads.WithLabelValues(file, ok)
		m.reloads.WithLabelValues(file, failed)
	}
	return m
}

// failed is the result of what did not go well.
const failed = "failed"

// Handler writes all metrics in the format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Answered counts a request that has ended.
func (m *Metrics) Answered(kind fault.Kind, status int, source string, isStale bool, took time.Duration) {
	if kind == "" && status == http.StatusOK {
		m.fine.Inc()
	} else {
		m.requests.WithLabelValues(code(kind), strconv.Itoa(status)).Inc()
	}
	m.durations.Observe(took.Seconds())
	if answers, known := m.bySource[source]; known {
		answers.Inc()
	}
	if isStale {
		m.staleAnswers.Inc()
	}
}

// LimitReached counts a limit that a request met.
func (m *Metrics) LimitReached(limit string) { m.limits.WithLabelValues(limit).Inc() }

// TokenRefused counts a bearer token that did not pass a check.
func (m *Metrics) TokenRefused(check string) { m.refused.WithLabelValues(check).Inc() }

// ChangesReset counts an answer that lets a client who follows changes begin anew.
func (m *Metrics) ChangesReset(cause string) { m.resets.WithLabelValues(cause).Inc() }

// UpstreamTried counts a call to upstream; kind is "" for one that brought a list.
func (m *Metrics) UpstreamTried(kind fault.Kind, took time.Duration) {
	m.tries.WithLabelValues(code(kind)).Inc()
	m.tryDurations.Observe(took.Seconds())
}

// UpstreamRetried counts a call to upstream that repeats another.
func (m *Metrics) UpstreamRetried() { m.retries.Inc() }

// BreakerChanged takes the breaker's new state.
func (m *Metrics) BreakerChanged(state string) {
	for _, s := range m.states {
		is := 0.0
		if s == state {
			is = 1
		}
		m.breaker.WithLabelValues(s).Set(is)
	}
}

// Reloaded returns what counts the readings of a file.
func (m *Metrics) Reloaded(file string) func(isRead bool) {
	return func(isRead bool) {
		result := failed
		if isRead {
			result = ok
		}
		m.reloads.WithLabelValues(file, result).Inc()
	}
}

// code is what a kind is counted under.
func code(kind fault.Kind) string {
	if kind == "" {
		return ok
	}
	return string(kind)
}

// namespace begins the names of all metrics but those of Go and the process.
const namespace = "paymentlinks"

func (m *Metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(g)
	return g
}

func (m *Metrics) histogram(name, help string, buckets ...float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
	m.registry.MustRegister(h)
	return h
}
