package gqlhttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// Protocol is another protocol at the API's address.
type Protocol struct {
	// Method is the one that requests have.
	Method string
	// Callers says who is asking; nil asks nobody.
	Callers Identifier
	// Headers are the request headers, beside those of the API's paths, that
	// pages of a named origin may send: a list for Access-Control-Allow-Headers.
	Headers string
	// Serve answers the requests that are let in. They carry their caller
	// (tenant.FromContext), and their body has been read within its bounds.
	Serve http.Handler
	// Refuse writes the body of a refusal. Its header is complete but for the
	// Content-Type, and may be changed.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, f *fault.Error)
}

// maxOperations bounds what one request of another protocol may have executed.
const maxOperations = 10

// Beside returns a handler of another protocol. Its requests are let in by the
// rules of the API's paths: of header size, host, origin, body and caller. Those
// that are refused or execute nothing are told of in log and figures here, and
// others by Execute.
func (a *API) Beside(p Protocol) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := a.t.receive(w, r)
		defer c.memory.Release()
		c.media = mediaResponse
		v := &visit{
			requestID: c.exchange.RequestID, remoteAddr: r.RemoteAddr, forwardedFor: r.Header["X-Forwarded-For"],
			onLeave: func(leave func()) func() bool { return context.AfterFunc(r.Context(), leave) },
		}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), visitKey{}, v), a.t.cfg.RequestTimeout)
		defer cancel()
		v.deadline, _ = ctx.Deadline()
		defer c.finishBeside(ctx, p, v)
		if err := c.let(ctx, p); err != nil {
			c.refuseBeside(ctx, p, err)
		}
	})
}

// finishBeside is finish for another protocol.
func (c *call) finishBeside(ctx context.Context, p Protocol, v *visit) {
	if panicked := recover(); panicked != nil {
		c.logPanic(ctx, panicked)
		c.refuseBeside(ctx, p, fault.NewInternal(nil))
	}
	if v.executed.Load() == 0 {
		c.end(ctx)
	}
}

// let serves a request of another protocol, or returns why it does not.
func (c *call) let(ctx context.Context, p Protocol) error {
	if c.r.ContentLength != 0 {
		c.t.limitReading(c.w)
	}
	if err := c.admitFrom(); err != nil {
		return err
	}
	allowed := p.Method + ", OPTIONS"
	switch c.r.Method {
	case http.MethodOptions:
		c.answerOptionsBeside(p, allowed)
		return nil
	case p.Method:
	default:
		c.w.Header().Set("Allow", allowed)
		return fault.New(fault.MethodNotAllowed, "The method must be "+p.Method+".")
	}
	if p.Callers != nil {
		caller, err := p.Callers.Identify(exchange.NewContext(ctx, c.exchange), c.r)
		if err != nil {
			return err
		}
		c.caller = caller.Key
		if !caller.IsZero() {
			ctx = tenant.NewContext(ctx, caller)
		}
	}
	r := c.r.WithContext(ctx)
	if c.r.Method == http.MethodPost {
		if err := checkContentType(c.r.Header); err != nil {
			c.w.Header().Set("Accept-Post", "application/json")
			return err
		}
		var body bytes.Buffer // not one that is used again: others may hold on to it
		if err := c.readBody(&body); err != nil {
			return err
		}
		r.Body = io.NopCloser(&body)
	}
	watched := &watched{ResponseWriter: c.w, status: http.StatusOK}
	p.Serve.ServeHTTP(watched, r)
	c.status, c.bytes = watched.status, watched.bytes
	if c.r.Context().Err() != nil {
		c.status = statusClientGone
	}
	return nil
}

// answerOptionsBeside is answerOptions for another protocol.
func (c *call) answerOptionsBeside(p Protocol, allowed string) {
	header := c.w.Header()
	if isPreflight(c.r) {
		allowPreflight(header)
		header.Set("Access-Control-Allow-Methods", p.Method)
		if p.Headers != "" {
			header.Set("Access-Control-Allow-Headers", corsHeaders+", "+p.Headers)
		}
	} else {
		header.Set("Allow", allowed)
	}
	header["Cache-Control"] = []string{noStore}
	c.send(http.StatusNoContent)
}

// refuseBeside refuses a request in the words of its protocol.
func (c *call) refuseBeside(ctx context.Context, p Protocol, err error) {
	faults, status := c.settle(ctx, err)
	if status == statusClientGone {
		c.send(status)
		return
	}
	watched := &watched{ResponseWriter: c.w}
	p.Refuse(watched, c.r, status, faults[0])
	c.status, c.bytes = status, watched.bytes
}

// watched remembers what the access log tells of a response.
type watched struct {
	http.ResponseWriter

	status, bytes int
}

// WriteHeader implements http.ResponseWriter.
func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *watched) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// visit is what the operations of one request of another protocol share.
type visit struct {
	requestID    string
	remoteAddr   string
	forwardedFor []string
	deadline     time.Time
	// onLeave calls its argument once the client has left.
	onLeave  func(leave func()) (stop func() bool)
	executed atomic.Int32
}

type visitKey struct{}

func visitFrom(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// RequestID returns the id of the request that ctx belongs to, "" for none.
func RequestID(ctx context.Context) string {
	if v := visitFrom(ctx); v != nil {
		return v.requestID
	}
	return ""
}
