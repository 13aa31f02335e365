package main

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	metricspb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracespb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector receives traces and metrics as OpenTelemetry's does.
type collector struct {
	*httptest.Server

	mu      sync.Mutex
	spans   []*v1.Span
	metrics map[string]bool
	raw     strings.Builder
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{metrics: map[string]bool{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(body)
		switch r.URL.Path {
		case "/v1/traces":
			var sent tracespb.ExportTraceServiceRequest
			if err := proto.Unmarshal(body, &sent); err != nil {
				t.Error(err)
			}
			for _, resource := range sent.GetResourceSpans() {
				for _, scope := range resource.GetScopeSpans() {
					c.spans = append(c.spans, scope.GetSpans()...)
				}
			}
		case "/v1/metrics":
			var sent metricspb.ExportMetricsServiceRequest
			if err := proto.Unmarshal(body, &sent); err != nil {
				t.Error(err)
			}
			for _, resource := range sent.GetResourceMetrics() {
				for _, scope := range resource.GetScopeMetrics() {
					for _, metric := range scope.GetMetrics() {
						c.metrics[metric.GetName()] = true
					}
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// byName returns the spans of a name.
func (c *collector) byName(name string) (spans []*v1.Span) {
	for _, span := range c.spans {
		if span.GetName() == name {
			spans = append(spans, span)
		}
	}
	return spans
}

// A request's span belongs to the caller's trace, a call to upstream is below it
// and tells upstream so, and who waits for another's fetch is linked to it.
func TestTraces(t *testing.T) {
	const trace = "0af7651916cd43dd8448eb211c80319c"
	c := newCollector(t)
	arrived, goOn := make(chan struct{}), make(chan struct{})
	told := make(chan http.Header, 1)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told <- r.Header.Clone()
		close(arrived)
		<-goOn
		_, _ = io.WriteString(w, "[]")
	}))
	defer upstream.Close()
	s := start(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.URL, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_LOG_LEVEL=debug")
	ask := func(done chan<- string, document string, header ...string) {
		_, answer, err := s.try(t.Context(), http.MethodPost, s.url+"/graphql", `{"query": "`+document+`"}`,
			append(header, "BP-User-Token", "t", "X-Api-Key", "k")...)
		if err != nil {
			answer = err.Error()
		}
		done <- answer
	}
	answers := make(chan string)
	go ask(answers, `query Shop { paymentLinks { id } }`, "Traceparent", "00-"+trace+"-b7ad6b7169203331-01", "Tracestate", "vendor=secret", "Baggage", "secret=1", "X-Request-Id", "id-1")
	<-arrived
	go ask(answers, `query Other { paymentLinks { code } }`)
	for began := time.Now(); !strings.Contains(s.stderr.String(), "waits for a fetch under way"); {
		if time.Since(began) > patience {
			t.Fatalf("the second request does not wait:\n%s", s.stderr)
		}
	}
	close(goOn)
	for range 2 {
		if answer := <-answers; !strings.Contains(answer, `"paymentLinks":[]`) {
			t.Errorf("answer %s", answer)
		}
	}
	log := s.log(t) // the end of the program sends what is left

	c.mu.Lock()
	defer c.mu.Unlock()
	header := <-told
	operations, fetches, tries := c.byName("query"), c.byName("fetch list"), c.byName("GET")
	if len(operations) != 2 || len(fetches) != 1 || len(tries) != 1 {
		t.Fatalf("%d operations, %d fetches, %d tries; want 2, 1, 1", len(operations), len(fetches), len(tries))
	}
	first, second := operations[0], operations[1]
	if hex.EncodeToString(first.GetTraceId()) != trace {
		first, second = second, first
	}
	if hex.EncodeToString(first.GetTraceId()) != trace || hex.EncodeToString(first.GetParentSpanId()) != "b7ad6b7169203331" {
		t.Errorf("the operation belongs to trace %x below %x", first.GetTraceId(), first.GetParentSpanId())
	}
	if string(fetches[0].GetParentSpanId()) != string(first.GetSpanId()) || string(tries[0].GetParentSpanId()) != string(fetches[0].GetSpanId()) {
		t.Error("fetch and try are not below the operation that began them")
	}
	if links := second.GetLinks(); len(links) != 1 || string(links[0].GetSpanId()) != string(fetches[0].GetSpanId()) {
		t.Errorf("the operation that waited is linked to %v", links)
	}
	attributes := map[string]string{}
	for _, attribute := range first.GetAttributes() {
		attributes[attribute.GetKey()] = attribute.GetValue().GetStringValue()
	}
	if attributes["graphql.operation.type"] != "query" || attributes["graphql.operation.name"] != "Shop" || len(attributes["graphql.document.hash"]) != 64 {
		t.Errorf("attributes %v", attributes)
	}
	want := "00-" + trace + "-" + hex.EncodeToString(tries[0].GetSpanId()) + "-01"
	if header.Get("Traceparent") != want || header.Get("X-Request-Id") != "id-1" || header.Get("Tracestate")+header.Get("Baggage") != "" {
		t.Errorf("upstream is told %v, want traceparent %s", header, want)
	}
	if strings.Contains(c.raw.String(), "paymentLinks {") || strings.Contains(log, "secret") {
		t.Error("the document is told, or tracestate is logged")
	}
	if !c.metrics["paymentlinks_requests_total"] && !c.metrics["paymentlinks_requests"] {
		t.Errorf("metrics %v", c.metrics)
	}
}

// Nothing of a trace goes out where that is switched off.
func TestUpstreamTraceSetting(t *testing.T) {
	for setting, want := range map[string]string{"on": "id-1", "off": ""} {
		told := make(chan string, 1)
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			told <- r.Header.Get("X-Request-Id") + r.Header.Get("Traceparent")
			w.WriteHeader(http.StatusNoContent)
		}))
		s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_UPSTREAM_TRACE="+setting)
		s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k", "X-Request-Id", "id-1")
		if got := <-told; got != want {
			t.Errorf("%s: upstream is told %q, want %q", setting, got, want)
		}
		upstream.Close()
	}
}

// A collector that does not answer holds up neither requests nor the end.
func TestHungCollector(t *testing.T) {
	release := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hung.Close()
	defer close(release)
	s := start(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+hung.URL)
	s.query(t, `{ paymentLinks { id } }`)
	began := time.Now()
	s.log(t)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the program took %s to end", took)
	}
}
