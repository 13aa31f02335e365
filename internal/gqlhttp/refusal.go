package gqlhttp

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/guard"
)

const (
	// maxRefusalBytes bounds the body that they make.
	maxRefusalBytes = 4 << 10
	// maxLocations bounds the places of one error.
	maxLocations = 50
)

// refusal is one error of a request that was not executed.
type refusal struct {
	kind       fault.Kind
	message    string // ours, nothing of the request
	locations  []gqlerror.Location
	retryAfter time.Duration
}

// refuse makes the refusal for an error. An error that nobody classified is
// logged, by its type alone: its text may quote anything.
func (c *call) refuse(ctx context.Context, err error) []refusal {
	kind := fault.KindOf(err)
	classified, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return []refusal{c.unclassified(ctx, kind, err)}
	}
	r := refusal{kind: kind, message: classified.Public, retryAfter: classified.RetryAfter}
	if at, ok := guard.LocationOf(err); ok {
		r.locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	if kind == fault.Internal {
		c.logFailure(ctx, err)
	}
	return []refusal{r}
}

func (c *call) unclassified(ctx context.Context, kind fault.Kind, err error) refusal {
	switch kind { //nolint:exhaustive // KindOf knows no others for an error that is no fault
	case fault.Canceled:
		return refusal{kind: kind}
	case fault.Timeout:
		return refusal{kind: kind, message: "The request took too long."}
	}
	c.logFailure(ctx, err)
	return refusal{kind: fault.Internal, message: fault.NewInternal(nil).Public}
}

// writeRefusal is the one writer of requests that were not executed. Their
// answers have no data entry.
func (c *call) writeRefusal(refusals []refusal) {
	first := &refusals[0]
	if first.retryAfter == 0 && (first.kind == fault.RateLimited || first.kind == fault.Overloaded) {
		first.retryAfter = fault.MinRetryAfter // these two always say when (RFC 9110, 10.2.3)
	}
	c.kind = first.kind
	status := statusOf(first.kind, c.media)
	if status == 0 {
		status = http.StatusInternalServerError
	}
	header := c.w.Header()
	header["Cache-Control"] = []string{noStore}
	if status == statusClientGone {
		c.send(status)
		return
	}
	switch status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", c.t.cfg.Challenge)
	case http.StatusRequestTimeout:
		header.Set("Connection", "close") // the rest of the body may yet come (RFC 9110, 15.5.9)
	}
	if first.retryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(wholeSeconds(first.retryAfter), 10))
	}
	body := c.t.buffers.get()
	defer c.t.buffers.put(body)
	body.WriteString(`{"errors":[`)
	more := append([]byte{','}, c.appendRefusal(nil, refusal{kind: first.kind, message: "There are more errors: they are left out."})...)
	scratch := make([]byte, 0, 512)
	for i, r := range refusals {
		scratch = scratch[:0]
		if i > 0 {
			scratch = append(scratch, ',')
		}
		scratch = c.appendRefusal(scratch, r)
		isFull := body.Len()+len(scratch)+len(more)+len("]}") > maxRefusalBytes
		if i == c.t.cfg.MaxErrors || isFull && i > 0 {
			body.Write(more)
			break
		}
		body.Write(scratch)
	}
	body.WriteString("]}")
	c.send(status, body.Bytes())
}

func (c *call) appendRefusal(b []byte, r refusal) []byte {
	b = appendString(append(b, `{"message":`...), r.message)
	if len(r.locations) > 0 {
		b = append(b, `,"locations":[`...)
		for i, at := range r.locations[:min(len(r.locations), maxLocations)] {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(append(b, `{"line":`...), int64(at.Line), 10)
			b = strconv.AppendInt(append(b, `,"column":`...), int64(at.Column), 10)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	b = appendString(append(b, `,"extensions":{"code":`...), string(r.kind))
	b = appendString(append(b, `,"requestId":`...), c.exchange.RequestID)
	if r.retryAfter > 0 {
		b = strconv.AppendInt(append(b, `,"retryAfter":`...), wholeSeconds(r.retryAfter), 10)
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
