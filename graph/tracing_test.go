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

// A trace tells of the fields of links as of any other.
func TestTracesOfLists(t *testing.T) {
	encoded, ok := traced(t, newServer(published(t)), "ftv1", `{ paymentLinks { id amount { value } } }`)
	if !ok {
		t.Fatal("no trace was given")
	}
	for i, link := range readTrace(t, encoded).GetRoot().GetChild()[0].GetChild() {
		fields := link.GetChild()
		if link.GetIndex() != uint32(i) || len(fields) != 2 || fields[0].GetResponseName() != "id" || fields[0].GetType() != "ID!" {
			t.Fatalf("link %d is traced as %v", i, link)
		}
		if amount := fields[1]; amount.GetParentType() != "PaymentLink" || len(amount.GetChild()) != 1 || amount.GetChild()[0].GetType() != "Decimal!" {
			t.Errorf("its amount is traced as %v", amount)
		}
	}
}

// Any caller may ask for a trace: of what is beyond a bound it does not tell.
func TestTracesAreBounded(t *testing.T) {
	s := newServer(newSource(manyLinks(3_000)...))
	encoded, ok := traced(t, s, "ftv1", `{ a: paymentLinks { title } b: paymentLinks { title } }`)
	if !ok {
		t.Fatal("no trace was given")
	}
	var links int
	for _, list := range readTrace(t, encoded).GetRoot().GetChild() {
		links += len(list.GetChild())
	}
	if links != 4_998 {
		t.Errorf("%d links in the trace, want those of 5,000 fields, two of them the lists", links)
	}
}

// Introspection is traced field by field, and bounded alike.
func TestTracesOfIntrospectionAreBounded(t *testing.T) {
	const deep = `{ __schema { types { fields { name args { name type { name } } type { name ofType { name ofType { name } } } } } } }`
	encoded, _ := traced(t, newServer(published(t)), "ftv1", deep)
	if n := countNodes(readTrace(t, encoded).GetRoot()); n < 1_000 || n > 10_000 {
		t.Errorf("%d nodes in the trace", n)
	}
}

func countNodes(node *generated.Trace_Node) int {
	n := 1
	for _, child := range node.GetChild() {
		n += countNodes(child)
	}
	return n
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
