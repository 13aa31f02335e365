package gqlhttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/gqlhttp"
)

// A request without Host has no origin of its own.
func TestOriginOfNoHost(t *testing.T) {
	r := query(`{hello}`, "Origin", "http://")
	r.Host = ""
	if w := newEdge(t).do(r); w.Code != http.StatusForbidden {
		t.Errorf("status %d, want 403: %s", w.Code, w.Body)
	}
}

// The bound on header fields counts each line with its name, colon, space and
// line break, Host among them, and is kept to the byte.
func TestBoundOfHeaders(t *testing.T) {
	ask := func() *http.Request { return query(`{hello}`, "X-Filler", "a", "X-Filler", "bcd") }
	size := len("Host: \r\n") + len(ask().Host)
	for name, values := range ask().Header {
		for _, line := range values {
			size += len(name + ": " + line + "\r\n")
		}
	}
	for bound, want := range map[int]int{size: 200, size - 1: 431} {
		e := newEdge(t, func(c *gqlhttp.Config) { c.MaxHeaderBytes = bound })
		if w := e.do(ask()); w.Code != want {
			t.Errorf("%d bytes with a bound of %d: status %d, want %d", size, bound, w.Code, want)
		}
	}
}

// What became of the body tells who is to blame.
func TestBodyThatCannotBeRead(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, test := range map[string]struct {
		ctx    context.Context //nolint:containedctx // a table
		err    error
		status float64
		closes string
	}{
		"cut off":         {t.Context(), io.ErrUnexpectedEOF, 499, ""},
		"the client left": {gone, errors.New("reset"), 499, ""},
		"malformed":       {t.Context(), errors.New("malformed"), 400, ""},
		"late":            {t.Context(), os.ErrDeadlineExceeded, 408, "close"}, // the rest may yet come
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			r := query(`{hello}`).WithContext(test.ctx)
			r.Body = io.NopCloser(errReader{test.err})
			w := e.do(r)
			if logged := lines(t, e.log); len(logged) != 1 || logged[0]["status"] != test.status {
				t.Errorf("log = %v, want one line of status %v", logged, test.status)
			}
			if got := w.Header().Get("Connection"); got != test.closes {
				t.Errorf("Connection = %q, want %q", got, test.closes)
			}
		})
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// A caller that left while its operation ran is sent nothing of the answer.
func TestClientGoneWhileExecuting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock
			leave()
		}()
		w := e.do(query(`{hello waits}`).WithContext(ctx))
		if logged := lines(t, e.log); w.Body.Len() > 0 || len(logged) != 1 || logged[0]["status"] != 499.0 {
			t.Errorf("body %q, log %v; want no body and one line of status 499", w.Body, logged)
		}
	})
}
