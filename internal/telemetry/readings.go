package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Readings are asked whenever the metrics are read. Those that are nil have no
// series, and neither has the age of a zero time.
type Readings struct {
	// Snapshots counts the lists that are kept, their bytes, and the elements
	// that are missing in them.
	Snapshots func() (lists int, bytes int64, skipped int)
	// CredentialsFile and Keys are when that was read which is in force.
	CredentialsFile, Keys func() time.Time
	// DroppedLogLines counts the lines that the log had no room for.
	DroppedLogLines func() uint64
	// Now is the clock behind ages; nil means time.Now.
	Now func() time.Time
}

// Read adds the metrics that are asked for whenever they are read. It is called
// once.
func (m *Metrics) Read(r Readings) {
	if r.Now == nil {
		r.Now = time.Now
	}
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_"+name, help, nil, nil)
	}
	m.registry.MustRegister(&reader{
		Readings:        r,
		metrics:         m,
		snapshots:       describe("snapshots", "Lists of payment links that are kept."),
		snapshotBytes:   describe("snapshot_bytes", "Memory of the lists that are kept."),
		skipped:         describe("skipped_links", "Elements of upstream that could not be read, in the lists that are kept."),
		credentialsFile: describe("credentials_file_age_seconds", "Time since the credentials file was read as it is in force."),
		keys:            describe("jwks_age_seconds", "Time since the keys of the token issuer were fetched that are in force."),
		certificate:     describe("upstream_certificate_age_seconds", "Time since upstream's certificate became valid."),
		remaining:       describe("upstream_certificate_remaining_seconds", "Time until upstream's certificate ends; negative after that."),
		dropped:         describe("log_lines_dropped_total", "Lines that the log had no room for, because it is read too slowly."),
	})
}

// Certified takes the times between which upstream's certificate is valid.
func (m *Metrics) Certified(notBefore, notAfter time.Time) {
	m.certificate.Store(&validity{notBefore, notAfter})
}

// validity are the times of a certificate.
type validity struct{ notBefore, notAfter time.Time }

// reader is a prometheus.Collector of Readings.
type reader struct {
	Readings

	metrics *Metrics

	snapshots, snapshotBytes, skipped             *prometheus.Desc
	credentialsFile, keys, certificate, remaining *prometheus.Desc
	dropped                                       *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (r *reader) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		r.snapshots, r.snapshotBytes, r.skipped, r.credentialsFile, r.keys, r.certificate, r.remaining, r.dropped,
	} {
		to <- desc
	}
}

// Collect implements prometheus.Collector.
func (r *reader) Collect(to chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	now := r.Now()
	if r.Snapshots != nil {
		lists, bytes, skipped := r.Snapshots()
		gauge(r.snapshots, float64(lists))
		gauge(r.snapshotBytes, float64(bytes))
		gauge(r.skipped, float64(skipped))
	}
	age := func(desc *prometheus.Desc, of func() time.Time) {
		if of == nil {
			return
		}
		if at := of(); !at.IsZero() {
			gauge(desc, now.Sub(at).Seconds())
		}
	}
	age(r.credentialsFile, r.CredentialsFile)
	age(r.keys, r.Keys)
	if valid := r.metrics.certificate.Load(); valid != nil {
		gauge(r.certificate, now.Sub(valid.notBefore).Seconds())
		gauge(r.remaining, valid.notAfter.Sub(now).Seconds())
	}
	if r.DroppedLogLines != nil {
		to <- prometheus.MustNewConstMetric(r.dropped, prometheus.CounterValue, float64(r.DroppedLogLines()))
	}
}
