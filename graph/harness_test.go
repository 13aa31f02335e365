package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// instant is the "now" of every test that does not say otherwise.
var instant = time.Date(2023, 8, 9, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// source is a LinkSource whose list and faults a test sets. The zero value
// answers an empty list.
type source struct {
	mu        sync.Mutex
	snapshot  paymentlink.Snapshot
	err       error
	wait      func(ctx context.Context) error // runs before an answer
	calls     int
	notBefore time.Time
}

// newSource answers with a list that is 3 seconds old and fresh for 12 more.
func newSource(records ...paymentlink.Record) *source {
	return &source{snapshot: paymentlink.Snapshot{
		Set:       paymentlink.NewSet(records, []string{"pay.billpocket.com"}),
		FetchedAt: instant.Add(-3 * time.Second), FreshUntil: instant.Add(12 * time.Second), Version: "0123456789abcdef",
	}}
}

func (s *source) Snapshot(ctx context.Context, _ tenant.Tenant, notBefore time.Time) (*paymentlink.Snapshot, error) {
	s.mu.Lock()
	s.calls++
	s.notBefore = notBefore
	wait, err, snapshot := s.wait, s.err, s.snapshot
	s.mu.Unlock()
	if wait != nil {
		if err := wait(ctx); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return &snapshot, nil
}

// set changes what the source holds from the next call on.
func (s *source) set(change func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *source) callCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// server is an executor with what a test looks at afterwards.
type server struct {
	*graph.Executor
	source *source
	log    *bytes.Buffer
}

func newServer(links *source, change ...func(*graph.Config)) server {
	log := &bytes.Buffer{}
	config := graph.Config{
		Source: links, Now: func() time.Time { return instant }, Logger: slog.New(slog.NewTextHandler(log, nil)), Settings: graph.Settings{Introspection: true},
	}
	for _, c := range change {
		c(&config)
	}
	return server{Executor: graph.NewExecutor(config), source: links, log: log}
}

// request is one operation as a transport would read it.
type request struct {
	query     string
	variables string // JSON; none when empty
	operation string
	anonymous bool // without credentials
}

// answer is what comes back, the data still as it was written.
type answer struct {
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []answerError   `json:"errors,omitempty"`
}

type answerError struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Locations  []any          `json:"locations"`
	Extensions map[string]any `json:"extensions"`
}

// line returns the line of the first location; 0 when there is none.
func (e answerError) line() float64 {
	if len(e.Locations) == 0 {
		return 0
	}
	line, _ := e.Locations[0].(map[string]any)["line"].(float64)
	return line
}

func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

// caller returns a context with credentials and an exchange, as the edge makes it.
func caller(tb testing.TB) context.Context {
	tb.Helper()
	credentials, err := tenant.NewCredentials("token", "key")
	if err != nil {
		tb.Fatal(err)
	}
	ctx := exchange.NewContext(tb.Context(), &exchange.Exchange{RequestID: "req-1", ReceivedAt: instant})
	return tenant.NewContext(ctx, tenant.Tenant{Credentials: credentials})
}

// do executes a request and returns the answer's bytes.
func (s server) do(tb testing.TB, req request) []byte {
	tb.Helper()
	ctx := caller(tb)
	if req.anonymous {
		ctx = tenant.NewContext(ctx, tenant.Tenant{})
	}
	return s.doIn(ctx, tb, req)
}

func (s server) doIn(ctx context.Context, tb testing.TB, req request) []byte {
	tb.Helper()
	params := &graphql.RawParams{Query: req.query, OperationName: req.operation}
	if req.variables != "" {
		decoder := json.NewDecoder(bytes.NewReader([]byte(req.variables)))
		decoder.UseNumber()
		if err := decoder.Decode(&params.Variables); err != nil {
			tb.Fatalf("variables %s: %v", req.variables, err)
		}
	}
	ctx = graphql.StartOperationTrace(ctx)
	var response *graphql.Response
	operation, errs := s.CreateOperationContext(ctx, params)
	if errs != nil {
		response = s.DispatchError(graphql.WithOperationContext(ctx, operation), errs)
	} else {
		handler, inner := s.DispatchOperation(ctx, operation)
		response = handler(inner)
	}
	// Fields are resolved concurrently, so their errors come in any order.
	slices.SortStableFunc(response.Errors, func(a, b *gqlerror.Error) int {
		return strings.Compare(a.Path.String(), b.Path.String())
	})
	var shown any = response
	if errs != nil {
		shown = map[string]any{"errors": response.Errors} // a request error has no data
	}
	written, err := json.Marshal(shown)
	if err != nil {
		tb.Fatalf("the answer is no JSON: %v", err)
	}
	return written
}

// askIn is ask under a context of the test's own.
func (s server) askIn(ctx context.Context, tb testing.TB, req request) answer {
	tb.Helper()
	var a answer
	if err := json.Unmarshal(s.doIn(ctx, tb, req), &a); err != nil {
		tb.Fatal(err)
	}
	return a
}

// ask executes a request and reads the answer.
func (s server) ask(tb testing.TB, req request) answer {
	tb.Helper()
	var a answer
	if err := json.Unmarshal(s.do(tb, req), &a); err != nil {
		tb.Fatal(err)
	}
	return a
}

// data executes a query that must not fail and decodes its data.
func data[T any](tb testing.TB, s server, query, variables string) T {
	tb.Helper()
	var got T
	a := s.ask(tb, request{query: query, variables: variables})
	if len(a.Errors) > 0 {
		tb.Fatalf("%s: %+v", query, a.Errors)
	}
	if err := json.Unmarshal(a.Data, &got); err != nil {
		tb.Fatalf("%s: %v in %s", query, err, a.Data)
	}
	return got
}

// readLinks reads a file of upstream's format, with no tolerance for faults:
// that is billpocket's job.
func readLinks(tb testing.TB, name string) []paymentlink.Record {
	tb.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err != nil {
		tb.Fatal(err)
	}
	records := make([]paymentlink.Record, len(elements))
	for i, element := range elements {
		records[i] = readLink(tb, element)
	}
	return records
}

func readLink(tb testing.TB, element json.RawMessage) paymentlink.Record {
	tb.Helper()
	var sent struct {
		ID             string          `json:"id"`
		UserID         json.Number     `json:"user_id"`
		Domain         string          `json:"domain"`
		Main           string          `json:"main_link"`
		Secondary      string          `json:"secondary_link"`
		Description    string          `json:"description"`
		Amount         *json.Number    `json:"amount"`
		Currency       string          `json:"currency"`
		Status         *int32          `json:"status"`
		LinkType       *int32          `json:"link_type"`
		FixedTerm      *bool           `json:"is_fixed_term"`
		PurchaseID     json.Number     `json:"purchase_id"`
		CreatedAt      string          `json:"created_at"`
		UpdatedAt      string          `json:"updated_at"`
		ExpiresAt      string          `json:"expired_at"`
		AvailableRates json.RawMessage `json:"available_rates"`
		ExtraInfo      json.RawMessage `json:"extra_info"`
	}
	if err := json.Unmarshal(element, &sent); err != nil {
		tb.Fatal(err)
	}
	r := paymentlink.Record{
		ID: sent.ID, URL: sent.Domain + "/" + sent.Main + "/" + sent.Secondary, Code: sent.Secondary, Slug: sent.Main,
		Description: sent.Description, UserID: sent.UserID.String(), PurchaseID: sent.PurchaseID.String(),
		StatusCode: optional(sent.Status), LinkType: optional(sent.LinkType), FixedTerm: optional(sent.FixedTerm),
		CreatedAt: readTime(tb, sent.CreatedAt), UpdatedAt: readTime(tb, sent.UpdatedAt), ExpiresAt: readTime(tb, sent.ExpiresAt),
		AvailableRates: sent.AvailableRates, ExtraInfo: sent.ExtraInfo, Upstream: element,
	}
	if sent.Amount != nil {
		amount, err := money.ParseDecimal(sent.Amount.String())
		if err != nil {
			tb.Fatal(err)
		}
		r.Amount = paymentlink.Some(amount)
	}
	if sent.Currency != "" {
		currency, err := money.ParseCurrency(sent.Currency)
		if err != nil {
			tb.Fatal(err)
		}
		r.Currency = currency
	}
	return r
}

func readTime(tb testing.TB, s string) time.Time {
	tb.Helper()
	if s == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02T15:04:05.999999999", s)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

func optional[T any](v *T) paymentlink.Optional[T] {
	if v == nil {
		return paymentlink.Optional[T]{}
	}
	return paymentlink.Some(*v)
}

// manyLinks makes n links of all states and three currencies.
func manyLinks(n int) []paymentlink.Record {
	currencies := []money.Currency{"MXN", "USD", "JPY"}
	records := make([]paymentlink.Record, n)
	for i := range records {
		id := "id-" + strconv.Itoa(i)
		amount, _ := money.ParseDecimal(strconv.Itoa(i%97) + ".50")
		created := instant.Add(-time.Duration(i) * time.Minute)
		records[i] = paymentlink.Record{
			ID: id, URL: "https://pay.billpocket.com/shop/" + id, Code: id, Slug: "shop", Description: "Link number " + id,
			Amount: paymentlink.Some(amount), Currency: currencies[i%3], StatusCode: paymentlink.Some(int32(i % 2)),
			CreatedAt: created, UpdatedAt: created, Upstream: []byte(`{"id":"` + id + `"}`),
		}
		if i%5 == 0 {
			records[i].ExpiresAt = instant.Add(time.Duration(i-n/2) * time.Minute)
		}
	}
	return records
}

// bySender gives every caller one link, named for its token.
type bySender struct{}

func (bySender) Snapshot(_ context.Context, c tenant.Tenant, _ time.Time) (*paymentlink.Snapshot, error) {
	return &paymentlink.Snapshot{Set: paymentlink.NewSet([]paymentlink.Record{{ID: c.UserToken(), URL: "https://x.example/a"}}, nil)}, nil
}

// errBoom is an error that nobody classified.
var errBoom = errors.New("boom")
