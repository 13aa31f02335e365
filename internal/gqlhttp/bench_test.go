package gqlhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/persisted"
)

// nullWriter is a connection that costs nothing.
type nullWriter struct {
	header http.Header
	status int
	bytes  int
}

func (w *nullWriter) Header() http.Header { return w.header }

func (w *nullWriter) WriteHeader(status int) { w.status = status }

func (w *nullWriter) Write(b []byte) (int, error) {
	w.bytes += len(b)
	return len(b), nil
}

func (*nullWriter) SetReadDeadline(time.Time) error { return nil }

// fixedExecutor gives the same answer to everything: what is measured is the
// edge alone.
type fixedExecutor struct{ answer *graphql.Response }

func (fixedExecutor) CreateOperationContext(context.Context, *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return &graphql.OperationContext{Operation: &ast.OperationDefinition{Operation: ast.Query}}, nil
}

func (f fixedExecutor) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	return func(context.Context) *graphql.Response { return f.answer }, ctx
}

func (f fixedExecutor) DispatchError(context.Context, gqlerror.List) *graphql.Response { return nil }

// bench sends one request over and over.
func bench(b *testing.B, e *edge, r *http.Request, status int) {
	b.Helper()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	reader := bytes.NewReader(body)
	w := &nullWriter{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(body)
		r.Body = io.NopCloser(reader)
		clear(w.header)
		e.handler.ServeHTTP(w, r)
	}
	if w.status != status {
		b.Fatalf("status %d, want %d", w.status, status)
	}
}

func BenchmarkEdge(b *testing.B) {
	const document = `query Links($first: Int) { hello }`
	taught := func(b *testing.B, e *edge) *edge {
		b.Helper()
		e.do(post(`{"query":"{hello}","extensions":` + extension(`{hello}`) + `}`))
		return e
	}
	quiet := func(c *gqlhttp.Config) { c.Logger = slog.New(slog.NewJSONHandler(&nullWriter{}, nil)) }
	answering := func(bytes int) func(*gqlhttp.Config) {
		return func(c *gqlhttp.Config) {
			c.Executor = fixedExecutor{&graphql.Response{Data: links(bytes)}}
		}
	}
	b.Run("answered", func(b *testing.B) {
		bench(b, newEdge(b, quiet, answering(200)), post(`{"query":`+quote(document)+`,"variables":{"first":20}}`), 200)
	})
	b.Run("answered 1 MiB", func(b *testing.B) {
		bench(b, newEdge(b, quiet, answering(1<<20)), query(document), 200)
	})
	for _, encoding := range []string{"gzip", "zstd"} {
		for name, size := range map[string]int{" 20 KiB": 20 << 10, " 1 MiB": 1 << 20} {
			b.Run("answered "+encoding+name, func(b *testing.B) {
				b.SetBytes(int64(size))
				bench(b, newEdge(b, quiet, answering(size)), query(document, "Accept-Encoding", encoding), 200)
			})
		}
	}
	b.Run("persisted", func(b *testing.B) {
		e := taught(b, newEdge(b, quiet, answering(200), withStore(b, persisted.Config{})))
		bench(b, e, post(`{"extensions":`+extension(`{hello}`)+`}`), 200)
	})
	b.Run("refused by the guard", func(b *testing.B) {
		bench(b, newEdge(b, quiet), query(tooDeep(), "Accept", asResponse), 400)
	})
	b.Run("refused by size", func(b *testing.B) {
		r := post(`{}`)
		r.ContentLength = gqlhttp.DefaultMaxBodyBytes + 1
		bench(b, newEdge(b, quiet), r, 413)
	})
	b.Run("refused as cross-site", func(b *testing.B) {
		bench(b, newEdge(b, quiet), query(document, "Sec-Fetch-Site", "cross-site"), 403)
	})
}

// links is data of about so many bytes that compresses like real links.
func links(bytes int) json.RawMessage {
	var b strings.Builder
	b.WriteString(`{"paymentLinks":[`)
	for i := 0; b.Len() < bytes; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		id := hashOf(strings.Repeat("x", i%977))[:36]
		b.WriteString(`{"id":"` + id + `","url":"https://pay.example/mylink/` + id[:8] + `","status":"ACTIVE","isExpired":false}`)
	}
	return json.RawMessage(b.String() + `]}`)
}
