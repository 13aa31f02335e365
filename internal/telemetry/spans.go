package telemetry

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"paymentlinks/internal/fault"
)

// serviceAttributes name the program, unless OTEL_SERVICE_NAME does.
func serviceAttributes(env map[string]string, version string) []attribute.KeyValue {
	attributes := []attribute.KeyValue{semconv.ServiceVersion(version)}
	if env["OTEL_SERVICE_NAME"] == "" {
		attributes = append(attributes, semconv.ServiceName(namespace))
	}
	return attributes
}

// IsTracing reports whether spans are sent anywhere.
func (o *OTLP) IsTracing() bool { return o.traces != nil }

// Operation begins the span of a request. Its parent is the one that the
// request's traceparent names. end takes what it turned out to be: the
// operation's type and name, the document's hash, and the kind of the first
// error. The document itself is never told.
func (o *OTLP) Operation(ctx context.Context, header http.Header) (_ context.Context, end func(operation, name, document string, kind fault.Kind)) {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(header))
	ctx, span := o.tracer.Start(ctx, "GraphQL Operation", trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(operation, name, document string, kind fault.Kind) {
		if operation != "" {
			span.SetName(operation)
			span.SetAttributes(attribute.String("graphql.operation.type", operation))
		}
		for key, value := range map[string]string{"graphql.operation.name": name, "graphql.document.hash": document} {
			if value != "" {
				span.SetAttributes(attribute.String(key, value))
			}
		}
		finish(span, kind)
	}
}

// Fetch begins the span of a list's fetch, which several requests may share. link
// tells a request's span of it.
func (o *OTLP) Fetch(ctx context.Context) (_ context.Context, link func(context.Context), end func(kind fault.Kind)) {
	ctx, span := o.tracer.Start(ctx, "fetch list")
	return ctx, func(sharer context.Context) {
		trace.SpanFromContext(sharer).AddLink(trace.Link{SpanContext: span.SpanContext()})
	}, func(kind fault.Kind) { finish(span, kind) }
}

// Try begins the span of one call to upstream.
func (o *OTLP) Try(ctx context.Context) (_ context.Context, end func(kind fault.Kind)) {
	ctx, span := o.tracer.Start(ctx, "GET", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(semconv.HTTPRequestMethodGet))
	return ctx, func(kind fault.Kind) { finish(span, kind) }
}

func finish(span trace.Span, kind fault.Kind) {
	if kind != "" {
		span.SetAttributes(semconv.ErrorTypeKey.String(string(kind)))
		if kind != fault.Canceled {
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}

// Traceparent puts the trace of ctx into a request's header, where there is one:
// traceparent alone. What tracestate and baggage hold is for others.
func Traceparent(ctx context.Context, header http.Header) {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	if parent := carrier["traceparent"]; parent != "" {
		header["Traceparent"] = []string{parent}
	}
}
