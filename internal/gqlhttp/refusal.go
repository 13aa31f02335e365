package gqlhttp

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"paymentlinks/internal/fault"
)

const (
	// maxRefusalBytes bounds the body that they make.
	maxRefusalBytes = 4 << 10
	// maxLocations bounds the places of one error.
	maxLocations = 50
)

// faultsOf unpacks the error of a request that was not executed: one fault, or
// those that errors.Join holds together. What was not classified becomes an
// internal error. It is logged by its type alone, for its text may quote
// anything.
func (c *call) faultsOf(ctx context.Context, err error) []*fault.Error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var faults []*fault.Error
		for _, part := range joined.Unwrap() {
			faults = append(faults, c.faultsOf(ctx, part)...)
		}
		return faults
	}
	if classified, ok := errors.AsType[*fault.Error](err); ok {
		if classified.Kind == fault.Internal && classified.Err != nil { // else it is logged already
			c.logFailure(ctx, err)
		}
		return []*fault.Error{classified}
	}
	switch kind := fault.KindOf(err); kind { //nolint:exhaustive // KindOf knows no others for an error that is not a fault
	case fault.Canceled:
		return []*fault.Error{fault.New(kind, "")}
	case fault.Timeout:
		return []*fault.Error{fault.New(kind, "The request took too long.")}
	}
	c.logFailure(ctx, err)
	return []*fault.Error{fault.NewInternal(nil)}
}

// refuse is the one writer of requests that were not executed. Their answers
// have no data entry.
func (c *call) refuse(ctx context.Context, err error) {
	faults, status := c.settle(ctx, err)
	if status == statusClientGone {
		c.send(status)
		return
	}
	body := c.t.buffers.get()
	defer c.t.buffers.put(body)
	c.encodeFaults(body, faults)
	c.send(status, body.Bytes())
}

// settle returns why a request is refused, and with which status. It sets the
// header fields of the refusal and what the log tells of it.
func (c *call) settle(ctx context.Context, err error) (faults []*fault.Error, status int) {
	faults = c.faultsOf(ctx, err)
	c.tellLimits(faults)
	c.source = "" // what was to be answered is not
	first := *faults[0]
	if first.RetryAfter == 0 && (first.Kind == fault.RateLimited || first.Kind == fault.Overloaded) {
		first.RetryAfter = fault.MinRetryAfter // these two always say when (RFC 9110, 10.2.3)
		faults[0] = &first
	}
	c.kind = first.Kind
	if status = statusOf(first.Kind, c.media); status == 0 {
		status = http.StatusInternalServerError
	}
	c.logRefusal(ctx, &first, status)
	header := c.w.Header()
	c.setHeader("Cache-Control", noStore)
	switch status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", c.t.cfg.Challenge(err))
	case http.StatusRequestTimeout:
		header.Set("Connection", "close") // the rest of the body may yet come (RFC 9110, 15.5.9)
	}
	if first.RetryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(wholeSeconds(first.RetryAfter), 10))
	}
	return faults, status
}

// encodeFaults writes as many errors as there may be, and says when there are more.
func (c *call) encodeFaults(body *bytes.Buffer, faults []*fault.Error) {
	body.WriteString(`{"errors":[`)
	more := append([]byte{','}, c.appendFault(nil, fault.New(faults[0].Kind, "There are more errors: they are left out."))...)
	scratch := make([]byte, 0, 512)
	for i, f := range faults {
		scratch = scratch[:0]
		if i > 0 {
			scratch = append(scratch, ',')
		}
		scratch = c.appendFault(scratch, f)
		isFull := body.Len()+len(scratch)+len(more)+len("]}") > maxRefusalBytes
		if i == c.t.cfg.MaxErrors || isFull && i > 0 {
			body.Write(more)
			break
		}
		body.Write(scratch)
	}
	body.WriteString("]}")
}

// logRefusal says at level debug why a request was refused.
func (c *call) logRefusal(ctx context.Context, f *fault.Error, status int) {
	if !c.t.cfg.Logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	reason := fault.ReasonOf(f)
	if reason == "" && !quotes(f.Kind) {
		reason = f.Public
	}
	c.t.cfg.Logger.LogAttrs(ctx, slog.LevelDebug, "request refused",
		slog.String("request_id", c.exchange.RequestID), slog.Int("status", status), slog.String("code", string(f.Kind)),
		slog.String("limit", f.Limit), slog.String("reason", reason))
}

// quotes reports whether the sentences of a kind may hold parts of the request.
func quotes(kind fault.Kind) bool {
	return kind == fault.ValidationFailed || kind == fault.BadUserInput || kind == fault.OperationResolution
}

func (c *call) appendFault(b []byte, f *fault.Error) []byte {
	b = appendString(append(b, `{"message":`...), f.Public)
	if len(f.At) > 0 {
		b = append(b, `,"locations":[`...)
		for i, at := range f.At[:min(len(f.At), maxLocations)] {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(append(b, `{"line":`...), int64(at.Line), 10)
			b = strconv.AppendInt(append(b, `,"column":`...), int64(at.Column), 10)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	b = appendString(append(b, `,"extensions":{"code":`...), string(f.Kind))
	b = appendString(append(b, `,"requestId":`...), c.exchange.RequestID)
	if f.RetryAfter > 0 {
		b = strconv.AppendInt(append(b, `,"retryAfter":`...), wholeSeconds(f.RetryAfter), 10)
	}
	return append(b, "}}"...)
}

// wholeSeconds rounds up: to come back too early is to be refused again.
func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }

// appendString appends s as a JSON string. s is valid UTF-8.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		if c := s[i]; c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}
