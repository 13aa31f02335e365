package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	prombridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// shutdownBound is how long the end of the program waits for a collector. The
// exporters themselves would wait 10 s for each.
const shutdownBound = 2 * time.Second

// OTLP sends traces and metrics to a collector of OpenTelemetry, by HTTP. It is
// off unless an endpoint is set. It is safe for concurrent use.
type OTLP struct {
	tracer  trace.Tracer
	traces  *sdktrace.TracerProvider // nil where none are sent
	metrics *sdkmetric.MeterProvider // the same
}

// NewOTLP reads the usual variables out of environ (KEY=value):
// OTEL_EXPORTER_OTLP_ENDPOINT, or those for traces and metrics alone; and
// OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER, where none switches one off and
// otlp switches it on with the endpoint that the specification names.
// OTEL_SDK_DISABLED=true switches all off. The exporters read the other OTEL
// variables by themselves. What cannot be sent is logged at level debug.
func NewOTLP(ctx context.Context, environ []string, version string, m *Metrics, logger *slog.Logger) (*OTLP, error) {
	env := map[string]string{}
	for _, entry := range environ {
		if key, value, _ := strings.Cut(entry, "="); strings.HasPrefix(key, "OTEL_") && value != "" {
			env[key] = value
		}
	}
	o := &OTLP{tracer: noop.NewTracerProvider().Tracer("")}
	of, err := resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithAttributes(serviceAttributes(env, version)...))
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	sends := false
	if url, ok := endpointOf(env, "TRACES", "/v1/traces"); ok {
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url))
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		o.traces = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(of))
		o.tracer = o.traces.Tracer(namespace)
		sends = true
	}
	if url, ok := endpointOf(env, "METRICS", "/v1/metrics"); ok {
		exporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(url))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err), o.shutdown(ctx))
		}
		reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithProducer(prombridge.NewMetricProducer(prombridge.WithGatherer(m.registry))))
		o.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(of))
		sends = true
	}
	if sends {
		// The library's own words go to the standard log otherwise.
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {
			logger.Debug("a batch was not sent to the collector") // its error may quote the collector
		}))
	}
	return o, nil
}

// endpointOf returns where a signal is sent to; false for nowhere.
func endpointOf(env map[string]string, signal, path string) (url string, ok bool) {
	exporter := env["OTEL_"+signal+"_EXPORTER"]
	if strings.EqualFold(env["OTEL_SDK_DISABLED"], "true") || exporter == "none" {
		return "", false
	}
	if own := env["OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT"]; own != "" {
		return own, true
	}
	if all := env["OTEL_EXPORTER_OTLP_ENDPOINT"]; all != "" {
		return strings.TrimSuffix(all, "/") + path, true
	}
	return "http://localhost:4318" + path, exporter == "otlp"
}

// Close sends what is left, for 2 s at most.
func (o *OTLP) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownBound)
	defer cancel()
	_ = o.shutdown(ctx) // a collector that does not answer is its own reason
}

// shutdown ends both signals at the same time.
func (o *OTLP) shutdown(ctx context.Context) error {
	ended := make(chan error, 2)
	go func() {
		if o.traces == nil {
			ended <- nil
			return
		}
		ended <- o.traces.Shutdown(ctx)
	}()
	go func() {
		if o.metrics == nil {
			ended <- nil
			return
		}
		ended <- o.metrics.Shutdown(ctx)
	}()
	return errors.Join(<-ended, <-ended)
}
