//go:build !race

// The race detector lets pools forget what they hold, so it is not tried there.

package gqlhttp_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"paymentlinks/internal/gqlhttp"
)

// What finds a kept answer costs little beside the request itself. The look-up
// allocates nothing: see internal/answer.
func TestAHitOfTheEdgeAllocatesLittle(t *testing.T) {
	// 6 are of contexts, 5 of the decoded request.
	const most = 18
	k := newKeeping(t, func(c *gqlhttp.Config) { c.AccessLog = gqlhttp.LogFailures })
	ask := func() *http.Request { return query(`{ hello }`, mine...) }
	k.warm(t, ask)
	r := ask()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	reader := bytes.NewReader(body)
	r.Body = io.NopCloser(reader)
	w := &nullWriter{header: http.Header{}}
	got := testing.AllocsPerRun(1000, func() {
		reader.Reset(body)
		clear(w.header)
		k.handler.ServeHTTP(w, r)
	})
	if w.status != http.StatusOK || k.fixture.executed.Load() != 2 {
		t.Fatalf("status %d, %d executions", w.status, k.fixture.executed.Load())
	}
	if got > most {
		t.Errorf("%v allocations, want at most %d", got, most)
	}
	t.Log(got)
}
