package gqlhttp_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/guard"
	"paymentlinks/internal/tenant"
)

// The schema of these tests: small, and with a field for each thing that the
// edge has to cope with.
const fixtureSchema = `
	scalar Decimal
	type Query {
		hello: String
		echo(text: String, number: Int, amount: Decimal, tags: [String!]): String
		token: String
		listed: String
		fails(kind: String!): String
		mustFail(kind: String!): String!
		large(bytes: Int!): String
		waits: String
		panics: String
		exceeds: String
	}
	type Mutation { poke: String }`

// fixture is an executable schema whose fields tests can replace.
type fixture struct {
	schema *ast.Schema
	// before, when set, sees each operation first.
	before func(ctx context.Context)
	// freshness is what the field "listed" reports.
	freshness exchange.Freshness
	executed  atomic.Int64
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "fixture", Input: fixtureSchema})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{schema: schema}
}

func (f *fixture) Schema() *ast.Schema { return f.schema }

func (f *fixture) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec answers the root fields in a row.
func (f *fixture) Exec(ctx context.Context) graphql.ResponseHandler {
	f.executed.Add(1)
	if f.before != nil {
		f.before(ctx)
	}
	answered := false
	return func(ctx context.Context) *graphql.Response {
		if answered {
			return nil
		}
		answered = true
		op := graphql.GetOperationContext(ctx)
		var data bytes.Buffer
		data.WriteByte('{')
		for i, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query", "Mutation"}) {
			value := f.resolve(ctx, op, field)
			if value == nil && field.Definition.Type.NonNull {
				return &graphql.Response{Data: json.RawMessage("null")}
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				panic(err)
			}
			if i > 0 {
				data.WriteByte(',')
			}
			fmt.Fprintf(&data, "%q:%s", field.Alias, encoded)
		}
		data.WriteByte('}')
		return &graphql.Response{Data: data.Bytes()}
	}
}

func (f *fixture) resolve(ctx context.Context, op *graphql.OperationContext, field graphql.CollectedField) any {
	arguments := field.ArgumentMap(op.Variables)
	switch field.Name {
	case "__typename":
		return field.ObjectDefinition.Name
	case "hello":
		return "world"
	case "echo":
		given := make([]string, 0, len(arguments))
		for _, name := range slices.Sorted(maps.Keys(arguments)) {
			given = append(given, fmt.Sprintf("%s=%v", name, arguments[name]))
		}
		return strings.Join(given, " ")
	case "token":
		credentials, _ := tenant.FromContext(ctx)
		return credentials.UserToken()
	case "listed":
		exchange.FromContext(ctx).Report(f.freshness)
		return "links"
	case "fails", "mustFail":
		graphql.AddError(ctx, &gqlerror.Error{
			Message:    "A sentence of ours.",
			Path:       ast.Path{ast.PathName(field.Alias)},
			Extensions: map[string]any{"code": arguments["kind"]},
		})
	case "large":
		n, _ := arguments["bytes"].(int64)
		return strings.Repeat("x", int(n))
	case "waits":
		<-ctx.Done()
		graphql.AddError(ctx, fault.New(fault.Timeout, "Late."))
	case "exceeds":
		graphql.AddError(ctx, fault.NewLimit("links", "Too many."))
	case "panics":
		panic(errors.New("secret-in-a-panic"))
	}
	return nil
}

// present classifies what gqlgen and gqlparser refuse, as an executor has to
// for the edge to tell it.
func present(ctx context.Context, err error) *gqlerror.Error {
	met := graphql.DefaultErrorPresenter(ctx, err)
	kind := fault.OperationResolution
	switch {
	case met.Err != nil || (met.Rule == "" && len(met.Path) == 1):
		return met // of a field
	case met.Rule != "":
		kind = fault.ValidationFailed
	case len(met.Path) == 0 && !strings.Contains(graphql.GetOperationContext(ctx).RawQuery, "{"):
		kind = fault.ParseFailed
	case len(met.Path) > 0:
		kind = fault.BadUserInput
	}
	return &gqlerror.Error{Err: fault.New(kind, "Refused."), Locations: met.Locations}
}

// headerCallers takes the two credential headers at their word, and a third that
// says that the caller is limited.
type headerCallers struct{}

func (headerCallers) Identify(_ context.Context, r *http.Request) (tenant.Tenant, error) {
	token, key := r.Header.Get("BP-User-Token"), r.Header.Get("X-Api-Key")
	if token == "" && key == "" {
		return tenant.Tenant{}, nil
	}
	credentials, err := tenant.NewCredentials(token, key)
	if err != nil {
		return tenant.Tenant{}, fault.Wrap(fault.Unauthenticated, "The credentials are malformed.", err)
	}
	limited := r.Header.Get("X-Limited") != ""
	return tenant.Tenant{Credentials: credentials, Key: sha256.Sum256([]byte(token + " " + key)), Limited: limited}, nil
}

type (
	noExecutor struct{ graphql.GraphExecutor }
	noGuard    struct{}
)

func (noGuard) Parse(string) (*ast.QueryDocument, error) { return nil, nil } //nolint:nilnil // not parsed

// edge is a handler over the fixture with all that tests look at.
type edge struct {
	handler http.Handler
	fixture *fixture
	log     *bytes.Buffer
}

// newEdge makes a handler; change adjusts its settings.
func newEdge(t testing.TB, change ...func(*gqlhttp.Config)) *edge {
	t.Helper()
	e := &edge{fixture: newFixture(t), log: new(bytes.Buffer)}
	limits, err := guard.New(guard.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	exec := executor.New(e.fixture)
	exec.SetErrorPresenter(present)
	cfg := gqlhttp.Config{
		Executor:  exec,
		Callers:   headerCallers{},
		Guard:     limits,
		Logger:    slog.New(slog.NewJSONHandler(e.log, nil)),
		Now:       func() time.Time { return noon },
		AccessLog: gqlhttp.LogAll,
	}
	for _, c := range change {
		c(&cfg)
	}
	if e.handler, err = gqlhttp.New(cfg); err != nil {
		t.Fatal(err)
	}
	return e
}

// noon is when the clock of these tests stands still.
var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // never written

// do sends a request and returns the answer.
func (e *edge) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return w
}

// post makes a POST of a JSON body; headers are pairs of name and value.
func post(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return with(r, headers...)
}

// query makes a POST of a document.
func query(document string, headers ...string) *http.Request {
	return post(`{"query":`+quote(document)+`}`, headers...)
}

// get makes a GET with the URL's query as given.
func get(rawQuery string, headers ...string) *http.Request {
	return with(httptest.NewRequest(http.MethodGet, "/graphql?"+rawQuery, http.NoBody), headers...)
}

func with(r *http.Request, headers ...string) *http.Request {
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// answer is the shape of every body.
type answer struct {
	Errors []struct {
		Message    string         `json:"message"`
		Locations  []any          `json:"locations"`
		Path       []any          `json:"path"`
		Extensions map[string]any `json:"extensions"`
	} `json:"errors"`
	Data       *json.RawMessage `json:"data"`
	Extensions json.RawMessage  `json:"extensions"`
}

// decoded reads a body; data is nil when there is no data entry, "null" when
// the entry is null.
func decoded(t testing.TB, body io.Reader) answer {
	t.Helper()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("body %q: %v", text, err)
	}
	if bytes.Contains(text, []byte(`"data":null`)) {
		null := json.RawMessage("null")
		a.Data = &null
	}
	return a
}

// code returns the code of the first error, "" when there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}
