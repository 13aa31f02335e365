package gqlhttp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/tenant"
)

// Execution that ends when the deadline passes is answered: a field's own error
// leaves the rest of the data.
func TestDeadlineOfAField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *gqlhttp.Config) { c.RequestTimeout = 3 * time.Second })
		start := time.Now()
		a := decoded(t, e.do(query(`{hello waits}`)).Body)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("answered after %v, want 3s", took)
		}
		if a.Data == nil || string(*a.Data) != `{"hello":"world","waits":null}` || len(a.Errors) != 1 {
			t.Errorf("answer = %+v, want the rest of the data and an error", a)
		}
	})
}

// Execution that was never begun before the deadline has no answer: 504 is the
// last resort.
func TestDeadlineOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		e.fixture.before = func(ctx context.Context) { <-ctx.Done() }
		start := time.Now()
		w := e.do(query(`{hello}`))
		if took := time.Since(start); took != gqlhttp.DefaultRequestTimeout {
			t.Errorf("answered after %v, want %v", took, gqlhttp.DefaultRequestTimeout)
		}
		if a := decoded(t, w.Body); w.Code != http.StatusGatewayTimeout || a.code() != "TIMEOUT" || a.Data != nil {
			t.Errorf("got %d %+v, want 504 TIMEOUT without data", w.Code, a)
		}
	})
}

// The check of a token waits for the issuer no longer than the request may take.
func TestDeadlineOfIdentification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *gqlhttp.Config) {
			c.Callers = waitingCallers{}
			c.RequestTimeout = 3 * time.Second
		})
		start := time.Now()
		w := e.do(query(`{hello}`))
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("answered after %v, want 3s", took)
		}
		if a := decoded(t, w.Body); w.Code != http.StatusGatewayTimeout || a.code() != "TIMEOUT" {
			t.Errorf("got %d %+v, want 504 TIMEOUT", w.Code, a)
		}
	})
}

// waitingCallers wait for keys that never come.
type waitingCallers struct{}

func (waitingCallers) Identify(ctx context.Context, _ *http.Request) (tenant.Tenant, error) {
	<-ctx.Done()
	return tenant.Tenant{}, fault.Wrap(fault.Timeout, "Bearer tokens could not be checked in time.", ctx.Err())
}

// A caller that leaves is a 499 in the log, and nothing else.
func TestClientGone(t *testing.T) {
	e := newEdge(t)
	ctx, cancel := context.WithCancel(t.Context())
	e.fixture.before = func(context.Context) { cancel() }
	w := e.do(query(`{hello}`).WithContext(ctx))
	if w.Body.Len() > 0 {
		t.Errorf("body = %s, want none", w.Body)
	}
	logged := lines(t, e.log)
	if len(logged) != 1 || logged[0]["status"] != 499.0 || logged[0]["level"] != "INFO" || logged[0]["code"] != "CANCELED" {
		t.Errorf("log = %v, want one line of status 499", logged)
	}
}

func TestClientGoneWhileWriting(t *testing.T) {
	e := newEdge(t)
	e.handler.ServeHTTP(brokenWriter{httptest.NewRecorder()}, query(`{hello}`))
	if logged := lines(t, e.log); len(logged) != 1 || logged[0]["status"] != 499.0 {
		t.Errorf("log = %v, want one line of status 499", logged)
	}
}

type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// serve starts a server on loopback, as http.Server would in production.
func serve(t *testing.T, e *edge) string {
	t.Helper()
	s := httptest.NewServer(e.handler)
	t.Cleanup(func() {
		s.Close()
		goleak.VerifyNone(t)
	})
	return s.Listener.Addr().String()
}

// send writes text to a new connection and reads one answer.
func send(t *testing.T, address, text string) (*http.Response, string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

const slow = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

// A body that does not come in time is 408, however its length is told; one
// that nobody wants holds nothing up either.
func TestSlowBody(t *testing.T) {
	e := newEdge(t, func(c *gqlhttp.Config) { c.BodyTimeout = 50 * time.Millisecond })
	address := serve(t, e)
	for name, test := range map[string]struct {
		request string
		status  int
		code    string
	}{
		"with a length":  {slow + "Content-Length: 30\r\n\r\n{\"query\":", 408, "REQUEST_TIMEOUT"},
		"in chunks":      {slow + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"query\":\r\n", 408, "REQUEST_TIMEOUT"},
		"refused before": {strings.Replace(slow, "json", "xml", 1) + "Content-Length: 30\r\n\r\n{\"query\":", 415, "UNSUPPORTED_MEDIA_TYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := send(t, address, test.request)
			if resp.StatusCode != test.status || !strings.Contains(body, test.code) {
				t.Errorf("got %d %s, want %d %s", resp.StatusCode, body, test.status, test.code)
			}
			if test.status == 408 && !resp.Close {
				t.Error("the connection is kept, with half a request on it")
			}
			if resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("Content-Type = %q, want JSON", resp.Header.Get("Content-Type"))
			}
		})
	}
}

// The time for the body is not the time for the answer.
func TestBodyTimeoutEndsWithTheBody(t *testing.T) {
	e := newEdge(t, func(c *gqlhttp.Config) {
		c.BodyTimeout = 20 * time.Millisecond
		c.RequestTimeout = 100 * time.Millisecond
	})
	const body = `{"query":"{hello waits}"}`
	resp, text := send(t, serve(t, e), fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", slow, len(body), body))
	if resp.StatusCode != http.StatusOK || !strings.Contains(text, `"hello":"world"`) {
		t.Errorf("got %d %s, want 200 with data", resp.StatusCode, text)
	}
}

func TestChunkedBody(t *testing.T) {
	address := serve(t, newEdge(t))
	resp, body := send(t, address, slow+"Transfer-Encoding: chunked\r\n\r\n9\r\n{\"query\":\r\na\r\n\"{hello}\"}\r\n0\r\n\r\n")
	if resp.StatusCode != http.StatusOK || body != `{"data":{"hello":"world"}}` {
		t.Errorf("in chunks: %d %s, want the data", resp.StatusCode, body)
	}
	resp, body = send(t, address, slow+"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
	if resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, "BAD_REQUEST") {
		t.Errorf("malformed chunks: %d %s, want 400 BAD_REQUEST", resp.StatusCode, body)
	}
}

// A connection that is good for another request is kept, also after an error.
func TestConnectionIsKept(t *testing.T) {
	address := serve(t, newEdge(t))
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	for _, body := range []string{`{"query":"{hello}"}`, `{"query":`, `{"query":"{nothing}"}`, `{"query":"{hello}"}`} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Close {
			t.Errorf("%s: the connection is closed", body)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}
