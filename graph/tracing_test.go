package graph_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/apollofederatedtracingv1/generated"
	"google.golang.org/protobuf/proto"

	"paymentlinks/internal/fault"
)

// traced executes a query as a gateway asks for it, and returns extensions.ftv1.
func traced(t *testing.T, s server, asked, query string) (string, bool) {
	t.Helper()
	params := &graphql.RawParams{Query: query, Headers: http.Header{"Apollo-Federation-Include-Trace": {asked}}}
	ctx := graphql.StartOperationTrace(caller(t))
	operation, errs := s.CreateOperationContext(ctx, params)
	if errs != nil {
		t.Fatal(errs)
	}
	handler, inner := s.DispatchOperation(ctx, operation)
	response := handler(inner)
	extension, ok := response.Extensions["ftv1"]
	if !ok {
		return "", false
	}
	text, isText := extension.(*string)
	if !isText {
		t.Fatalf("extensions.ftv1 is a %T", extension)
	}
	return *text, true
}

func TestFederatedTracing(t *testing.T) {
	encoded, ok := traced(t, newServer(published(t)), "ftv1", `{ paymentLinks { title } }`)
	if !ok {
		t.Fatal("no trace was given")
	}
	trace := readTrace(t, encoded)
	field := trace.GetRoot().GetChild()[0]
	if field.GetResponseName() != "paymentLinks" || len(field.GetChild()) != 5 || trace.GetDurationNs() == 0 {
		t.Errorf("traced %s with %d children in %d ns", field.GetResponseName(), len(field.GetChild()), trace.GetDurationNs())
	}
}

func readTrace(t *testing.T, encoded string) *generated.Trace {
	t.Helper()
	written, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	trace := &generated.Trace{}
	if err := proto.Unmarshal(written, trace); err != nil {
		t.Fatal(err)
	}
	return trace
}

// Any caller may ask for a trace: a long list is one field of it, whose links
// are not traced but written as always.
func TestTracesOfLongLists(t *testing.T) {
	s := newServer(newSource(manyLinks(600)...))
	fields := s.countFields()
	encoded, ok := traced(t, s, "ftv1", `{ a: paymentLinks { title } b: paymentLinks { title } }`)
	if !ok {
		t.Fatal("no trace was given")
	}
	var children int
	for _, list := range readTrace(t, encoded).GetRoot().GetChild() {
		children += len(list.GetChild())
	}
	if children != 600 || fields.Load() != 600 {
		t.Errorf("%d links in the trace, %d fields resolved one by one; want one list of 600", children, fields.Load())
	}
}

func TestTracesAreGivenOnlyWhenAskedFor(t *testing.T) {
	for _, asked := range []string{"", "ftv2"} {
		if _, ok := traced(t, newServer(published(t)), asked, `{ paymentLinks { title } }`); ok {
			t.Errorf("%q gets a trace", asked)
		}
	}
}

// What an error says is for the answer; a trace travels to other hands.
func TestTracesMaskErrors(t *testing.T) {
	links := published(t)
	links.set(func(s *source) { s.err = fault.New(fault.UpstreamUnavailable, "SECRET sentence") })
	encoded, _ := traced(t, newServer(links), "ftv1", `{ paymentLinks { title } }`)
	written, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if len(written) == 0 || strings.Contains(string(written), "SECRET") {
		t.Errorf("the trace of %d bytes holds the error's text", len(written))
	}
}
