package gqlhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/tenant"
)

// isFree reports whether so many bytes are free, and takes none.
func isFree(t *testing.T, memory *overload.Memory, bytes int) bool {
	t.Helper()
	release, ok := memory.Hold(make([]byte, bytes))
	if ok {
		release()
	}
	return ok
}

// TestAnswersThatAreNotReadHoldMemory: while one is not read there is no room for
// another, which is refused; small ones need none. What is compressed holds
// little, and when the reader is given up all is free.
func TestAnswersThatAreNotReadHoldMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mib = 1 << 20
		memory := overload.NewMemory(3 * mib / 2)
		e := newEdge(t, func(c *gqlhttp.Config) { c.Memory, c.ReaderTimeout = memory, 10*time.Second })
		askLarge(t, over(t, e), mib)
		synctest.Wait()
		if isFree(t, memory, mib) {
			t.Error("an answer that is not read holds nothing")
		}
		w := e.do(query(largeDocument(mib)))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "OVERLOADED") {
			t.Errorf("another: %d %v %s, want 503, OVERLOADED and Retry-After", w.Code, w.Header(), w.Body)
		}
		for _, small := range []*http.Request{query(`{hello}`), query(largeDocument(mib), "Accept-Encoding", "gzip")} {
			if w := e.do(small); w.Code != http.StatusOK {
				t.Errorf("a small one beside it: %d %s", w.Code, w.Body)
			}
		}
		time.Sleep(11 * time.Second) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		if !isFree(t, memory, 3*mib/2) {
			t.Error("not all is free when the reader is given up")
		}
	})
}

// TestKeptAnswersAreHeldOnce for all who read the same.
func TestKeptAnswersAreHeldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mib = 1 << 20
		memory := overload.NewMemory(3 * mib / 2)
		k := newKeeping(t, func(c *gqlhttp.Config) { c.Memory = memory })
		ask := func() *http.Request { return query(largeDocument(mib), mine...) }
		k.warm(t, ask)
		body := fmt.Sprintf(`{"query":%q}`, largeDocument(mib))
		for range 5 {
			head := strings.Replace(slow, "\r\n", "\r\nBP-User-Token: me\r\nX-Api-Key: key\r\n", 1)
			if _, err := fmt.Fprintf(over(t, k.edge), "%sContent-Length: %d\r\n\r\n%s", head, len(body), body); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n, w := k.executed(ask()); n != 0 || w.Code != http.StatusOK {
			t.Errorf("one more reader of a kept answer: %d executions, %d", n, w.Code)
		}
		if isFree(t, memory, mib) || !isFree(t, memory, mib/4) {
			t.Error("five readers of one kept answer hold more or less than it")
		}
	})
}

// TestBodiesHoldMemoryAsTheyCome: an announced length alone holds none.
func TestBodiesHoldMemoryAsTheyCome(t *testing.T) {
	const mib = 1 << 20
	memory := overload.NewMemory(mib)
	e := newEdge(t, func(c *gqlhttp.Config) { c.Memory = memory })
	padded := `{"query":"{hello}"` + strings.Repeat(" ", mib/2) + `}`
	if w := e.do(post(padded)); w.Code != http.StatusOK {
		t.Errorf("a body alone: %d %s", w.Code, w.Body)
	}
	release, ok := memory.Hold(make([]byte, mib/2))
	if !ok {
		t.Fatal("the body's memory was not given back")
	}
	defer release()
	if w := e.do(post(padded)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without room: %d %s, want 503", w.Code, w.Body)
	}
	r := post(`{"query":"{hello}"}`)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`{"query":"{hello}"}`)), mib-1
	if w := e.do(r); w.Code != http.StatusOK {
		t.Errorf("a length that does not come: %d %s", w.Code, w.Body)
	}
}

// TestOperationsOfProtocolsGiveTheirMemoryBack when their answer is made.
func TestOperationsOfProtocolsGiveTheirMemoryBack(t *testing.T) {
	const mib = 1 << 20
	memory := overload.NewMemory(2 * mib)
	e := newEdge(t, func(c *gqlhttp.Config) { c.Memory = memory })
	api, ok := e.handler.(*gqlhttp.API)
	if !ok {
		t.Fatal("the edge is no API")
	}
	answer := api.Execute(t.Context(), tenant.Tenant{}, gqlhttp.Operation{Document: largeDocument(mib)})
	if string(answer) != largeAnswer(mib) {
		t.Fatalf("%d bytes: %.100s", len(answer), answer)
	}
	if !isFree(t, memory, 2*mib) {
		t.Error("its memory is still held")
	}
}
