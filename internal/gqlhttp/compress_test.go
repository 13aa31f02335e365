package gqlhttp_test

import (
	"bytes"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"paymentlinks/internal/gqlhttp"
)

// inflated undoes a content coding.
func inflated(t testing.TB, encoding string, body io.Reader) string {
	t.Helper()
	reader := body
	switch encoding {
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = z
	case "zstd":
		z, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20)) // RFC 9659
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		reader = z
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatalf("%s: %v", encoding, err)
	}
	return string(text)
}

func largeDocument(bytes int) string { return `{large(bytes:` + strconv.Itoa(bytes) + `)}` }

func largeAnswer(bytes int) string { return `{"data":{"large":"` + strings.Repeat("x", bytes) + `"}}` }

func TestCompression(t *testing.T) {
	tests := map[string]struct {
		accept string
		bytes  int
		want   string // Content-Encoding
	}{
		"not asked for":                 {"", 100_000, ""},
		"gzip":                          {"gzip", 100_000, "gzip"},
		"zstd":                          {"zstd", 100_000, "zstd"},
		"a browser":                     {"gzip, deflate, br, zstd", 100_000, "gzip"},
		"too short to pay":              {"gzip, zstd", 100, ""},
		"short, but plain is excluded":  {"gzip, identity;q=0", 100, "gzip"},
		"long, and plain is preferred":  {"identity, gzip;q=0.1", 100_000, ""},
		"larger than what is ever kept": {"zstd", 2 * gqlhttp.MaxPooledBytes, "zstd"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newEdge(t).do(query(largeDocument(test.bytes), "Accept-Encoding", test.accept))
			got := w.Header().Get("Content-Encoding")
			if got != test.want {
				t.Fatalf("Content-Encoding = %q, want %q", got, test.want)
			}
			if length := w.Header().Get("Content-Length"); length != strconv.Itoa(w.Body.Len()) {
				t.Errorf("Content-Length = %s, but %d bytes", length, w.Body.Len())
			}
			if test.want != "" && test.bytes > 1000 && w.Body.Len() > test.bytes/10 {
				t.Errorf("%d bytes became %d", test.bytes, w.Body.Len())
			}
			if text := inflated(t, got, w.Body); text != largeAnswer(test.bytes) {
				t.Errorf("inflated: %d bytes %.40s..., want %d", len(text), text, len(largeAnswer(test.bytes)))
			}
		})
	}
}

func TestNothingAcceptableIsSentPlain(t *testing.T) {
	w := newEdge(t).do(query(`{hello}`, "Accept-Encoding", "br, identity;q=0"))
	if a := decoded(t, w.Body); w.Code != 406 || a.code() != "NOT_ACCEPTABLE" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("got %d %q, Content-Encoding %q, want a plain 406", w.Code, a.code(), w.Header().Get("Content-Encoding"))
	}
}

// Buffers and encoders go from one request to the next, and nothing with them.
func TestPoolsKeepAnswersApart(t *testing.T) {
	handler := newEdge(t).handler
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 50 {
				size := 10 + (worker*7919+i*104729)%5000
				encoding := []string{"", "gzip", "zstd"}[i%3]
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, query(largeDocument(size), "Accept-Encoding", encoding))
				text := inflated(t, w.Header().Get("Content-Encoding"), bytes.NewReader(w.Body.Bytes()))
				if text != largeAnswer(size) {
					t.Errorf("worker %d, request %d: %d bytes, want %d", worker, i, len(text), len(largeAnswer(size)))
				}
			}
		})
	}
	wait.Wait()
}
