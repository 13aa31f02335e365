package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph"
	"paymentlinks/graph/cost"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// newStockServer is newServer with every list left to gqlgen.
func newStockServer(links *source, change ...func(*graph.Config)) server {
	var config graph.Config
	s := newServer(links, append(slices.Clone(change), func(c *graph.Config) { config = *c })...)
	s.Executor = graph.NewStockExecutor(config)
	return s
}

// countFields counts the fields of links that gqlgen resolves from now on: none
// for a list that is written serially.
func (s server) countFields() *atomic.Int64 {
	var count atomic.Int64
	s.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		switch graphql.GetFieldContext(ctx).Object {
		case "PaymentLink", "PaymentLinkAmount", "PaymentLinkEdge", "PaymentLinkCurrencySummary", "PaymentLinkPeriodSummary",
			"PaymentLinkSlugSummary", "PaymentLinkEnvironmentSummary":
			count.Add(1)
		}
		return next(ctx)
	})
	return &count
}

// oddLinks have what lists rarely hold: everything missing, everything there,
// text to escape, numbers at their bounds.
func oddLinks(tb testing.TB) []paymentlink.Record {
	tb.Helper()
	decimal := func(text string) paymentlink.Optional[money.Decimal] {
		d, err := money.ParseDecimal(text)
		if err != nil {
			tb.Fatal(err)
		}
		return paymentlink.Some(d)
	}
	full := paymentlink.Record{
		ID: "full", URL: "https://pay.billpocket.com/shop/full", Code: "full", Slug: "shop", Currency: "MXN", UserID: "7", PurchaseID: "8",
		Description: "a \"quoted\" \\ text\twith\nlines \x01, ñ, \u2028 and </script> (FULL)", Amount: decimal("30"),
		StatusCode: paymentlink.Some(int32(1)), LinkType: paymentlink.Some(int32(-1 << 31)), FixedTerm: paymentlink.Some(true),
		CreatedAt: instant, UpdatedAt: instant.Add(120 * time.Millisecond), ExpiresAt: instant.AddDate(200, 0, 0),
		AvailableRates: []byte(`[1, {"a": null}]`), ExtraInfo: []byte(`{"b": "\u00e9"}`), Upstream: []byte(`{"id": "full"}`),
	}
	wide, digits, expired := full, full, full
	wide.ID, wide.Currency, wide.Amount = "wide", "JPY", decimal("1234567890123456.123")
	digits.ID, digits.Currency, digits.Amount, digits.FixedTerm = "digits", "XTS", decimal("-0.125"), paymentlink.Some(false)
	expired.ID, expired.URL, expired.ExpiresAt = "expired", "https://sandbox.example/x", instant.AddDate(-300, 0, 0)
	expired.Amount, expired.StatusCode = paymentlink.Optional[money.Decimal]{}, paymentlink.Some(int32(5))
	unreadable := full
	unreadable.ID, unreadable.ExpiresAt, unreadable.UnreadableExpiry = "unreadable", time.Time{}, true
	return []paymentlink.Record{{ID: "bare", URL: "https://x.example/", Upstream: []byte(`null`)}, full, wide, digits, expired, unreadable}
}

func TestSerialListsOfTheGoldenQueries(t *testing.T) {
	files, err := filepath.Glob("testdata/*.graphql")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d queries, %v", len(files), err)
	}
	odd := newSource(oddLinks(t)...)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".graphql"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			req, links, introspection := readRequest(string(text))
			switches := func(c *graph.Config) { c.Introspection = introspection }
			for _, links := range []*source{newSource(readLinks(t, "testdata/"+links+".json")...), odd} {
				want, got := newStockServer(links, switches).do(t, req), newServer(links, switches).do(t, req)
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("-gqlgen +serial:\n%s", diff)
				}
			}
		})
	}
}

// Links are written serially wherever they stand: gqlgen resolves none of their
// fields.
func TestLinksAreSerial(t *testing.T) {
	for name, query := range map[string]string{
		"paymentLinks":            `{ paymentLinks { id amount { value } } }`,
		"paymentLinks, aliased":   `{ a: paymentLinks(status: ACTIVE) { id } b: paymentLinks { title } }`,
		"_entities":               `{ _entities(representations: [{ __typename: "PaymentLink", id: "full" }]) { ... on PaymentLink { id } } }`,
		"nodes":                   `{ paymentLinksConnection { nodes { id } } }`,
		"edges":                   `{ paymentLinksConnection { edges { cursor node { id amount { value } } } } }`,
		"a unit":                  `{ paymentLinks { expiresIn(unit: DAYS) amount { formatted(locale: "en") } } }`,
		"every plain field":       `{ paymentLinks { ` + strings.Join(plainFields(), " ") + ` } }`,
		"one link":                `{ paymentLink(id: "full") { id qrCode { modules } } }`,
		"one link by its code":    `{ paymentLinkByCode(code: "full") { id amount { value } } }`,
		"one link by a key":       `{ paymentLinkBy(key: { url: "http://pay.billpocket.com/shop/full/" }) { id amount { value } } }`,
		"links by their keys":     `{ paymentLinksBy(keys: [{ id: "bare" }, { code: "nobody" }, { code: "FULL" }]) { id share { text } } }`,
		"changes":                 `{ paymentLinkChanges { changes { kind id link { id amount { value } } } } }`,
		"the next to expire":      `{ paymentLinksSummary { nextToExpire { id amount { value } } } }`,
		"totals":                  `{ paymentLinksSummary { byCurrency { currency count total { value formatted } openTotal { value } } } }`,
		"figures":                 `{ paymentLinksSummary { byEnvironment { environment count byCurrency { currency } } bySlug { slug byCurrency { max { value } } } } }`,
		"periods":                 `{ paymentLinksSummary { byPeriod(unit: MONTH) { from to count byCurrency { currency min { value } average { formatted(locale: "en") } } } } }`,
		"QR codes":                `{ paymentLinks { id qrCode { mediaType dataUri modules matrix } } }`,
		"messages":                `{ paymentLinksConnection { edges { node { id share { text whatsapp email sms } } } } }`,
		"a field that is skipped": `{ paymentLinks { id upstream @skip(if: true) } }`,
		"a wrong argument":        `{ paymentLinks { id share(message: "") { text } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			records := oddLinks(t)
			records[2].Upstream = nil
			s := newServer(newSource(records...))
			fields := s.countFields()
			got := s.do(t, request{query: query})
			if n := fields.Load(); n > 0 {
				t.Errorf("gqlgen resolved %d fields", n)
			}
			want := newStockServer(newSource(records...)).do(t, request{query: query})
			if diff := cmp.Diff(asTold(t, want), asTold(t, got)); diff != "" {
				t.Errorf("-gqlgen +serial:\n%s", diff)
			}
		})
	}
}

// asTold is an answer in which errors that say the same of the same place in
// the document are one, as a serial list tells them, and in a fixed order.
func asTold(t *testing.T, written []byte) (told []string) {
	t.Helper()
	var a answer
	if err := json.Unmarshal(written, &a); err != nil {
		t.Fatalf("%v in %s", err, written)
	}
	first := map[string]string{}
	for _, e := range a.Errors {
		what, where := fmt.Sprint(e.Message, e.Locations, e.Extensions), fmt.Sprintf("%q", e.Path)
		if at, ok := first[what]; !ok || where < at {
			first[what] = where
		}
	}
	for what, where := range first {
		told = append(told, what+" at "+where)
	}
	slices.Sort(told)
	return append(told, string(a.Data))
}

// plainFields are the fields of a link that need no selection or arguments.
func plainFields() []string {
	return []string{
		"id", "url", "code", "slug", "title", "description", "currency", "status", "state", "isExpired", "expiresAt", "expiresIn", "createdAt",
		"updatedAt", "environment", "isFixedTerm", "userId", "purchaseId", "statusCode", "linkType", "availableRates", "extraInfo", "upstream",
	}
}

// comparison answers generated operations both ways.
type comparison struct {
	serial, stock server
	fields        *atomic.Int64 // that gqlgen resolved for serial
}

func newComparison(links *source) comparison {
	generous := func(c *graph.Config) {
		c.Limits = cost.Limits{Complexity: -1, QRCodes: -1, Modules: -1, TextBytes: -1, Errors: -1}
	}
	c := comparison{serial: newServer(links, generous), stock: newStockServer(links, generous)}
	c.fields = c.serial.countFields()
	return c
}

// check generates an operation and compares the answers. It reports whether
// gqlgen resolved no field of a link.
func (c comparison) check(t *testing.T, choices []byte) (isSerial bool) {
	t.Helper()
	query, variables := writeQuery(choices)
	written, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	c.fields.Store(0)
	req := request{query: query, variables: string(written)}
	want, got := c.stock.do(t, req), c.serial.do(t, req)
	if diff := cmp.Diff(asTold(t, want), asTold(t, got)); diff != "" {
		t.Errorf("%s\n%s\n-gqlgen +serial:\n%s", query, written, diff)
	}
	if !strings.Contains(string(want), `"data":`) {
		t.Errorf("the generator wrote an invalid document: %s\n%s", query, want)
	}
	return c.fields.Load() == 0
}

// holed are odd links of which one has what the schema does not allow.
func holed(tb testing.TB) []paymentlink.Record {
	tb.Helper()
	records := oddLinks(tb)
	records[3].Upstream = nil
	return records
}

func TestSerialListsOfGeneratedSelections(t *testing.T) {
	const operations = 200
	for name, links := range map[string]*source{"odd": newSource(oddLinks(t)...), "holed": newSource(holed(t)...), "none": newSource()} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			c := newComparison(links)
			for range operations {
				choices := make([]byte, 10+random.IntN(300))
				for i := range choices {
					choices[i] = byte(random.Uint32())
				}
				if !c.check(t, choices) {
					t.Error("gqlgen resolved fields of links")
				}
			}
		})
	}
}

func FuzzSerialLists(f *testing.F) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		choices := make([]byte, 20*seed)
		for i := range choices {
			choices[i] = byte(random.Uint32())
		}
		f.Add(choices)
	}
	odd, hole := newComparison(newSource(oddLinks(f)...)), newComparison(newSource(holed(f)...))
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) > 500 {
			return // longer than documents get
		}
		odd.check(t, choices)
		hole.check(t, choices)
	})
}

// withoutFragments takes the fragments out of validated documents, which is
// what no document can do: compiling the selection panics.
type withoutFragments struct{}

func (withoutFragments) ExtensionName() string                   { return "WithoutFragments" }
func (withoutFragments) Validate(graphql.ExecutableSchema) error { return nil }
func (withoutFragments) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	document := *op.Doc
	document.Fragments = nil
	op.Doc = &document
	return nil
}

func TestAPanicInASerialListIsItsFields(t *testing.T) {
	s := newServer(published(t))
	s.Use(withoutFragments{})
	a := s.ask(t, request{query: `{ __typename paymentLinks { ...F } } fragment F on PaymentLink { id }`})
	if len(a.Errors) != 1 || fmt.Sprint(a.Errors[0].Path) != "[paymentLinks]" || string(a.Data) != `{"__typename":"Query","paymentLinks":null}` {
		t.Errorf("got %s, %+v; want one error at paymentLinks", a.Data, a.Errors)
	}
}

// One executor answers many at once, each with its own variables.
func TestSerialListsConcurrently(t *testing.T) {
	s := newServer(published(t))
	stock := newStockServer(published(t))
	const query = `query ($yes: Boolean!) { a: paymentLinks { id title @include(if: $yes) } b: paymentLinks { id title @include(if: $yes) } }`
	var running sync.WaitGroup
	for i := range 16 {
		running.Go(func() {
			req := request{query: query, variables: fmt.Sprintf(`{"yes": %v}`, i%2 == 0)}
			if got, want := s.do(t, req), stock.do(t, req); !slices.Equal(got, want) {
				t.Errorf("%s: got %s, want %s", req.variables, got, want)
			}
		})
	}
	running.Wait()
}
