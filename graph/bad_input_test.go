package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/relay"
)

// marker stands in bad values; no answer may repeat it.
const marker = "SECRETVALUE"

func TestBadArguments(t *testing.T) {
	ids := strings.Repeat(`"x",`, 251)
	long := strings.Repeat("é", 101)
	otherOrder := relay.EncodeCursor("AMOUNT_ASC", "MXN", "1", "s-01")
	tests := map[string]struct {
		query string
		names string // the argument that the message names
	}{
		"currency":              {`{ paymentLinks(currency: "` + marker + `") { id } }`, "currency"},
		"currency as a number":  {`{ paymentLinks(currency: 123) { id } }`, "currency"},
		"currency in a list":    {`{ paymentLinksSummary(filter: { currency: ["MXN", "` + marker + `"] }) { count } }`, "filter.currency[1]"},
		"decimal":               {`{ paymentLinksSummary(filter: { amount: { from: "` + marker + `" } }) { count } }`, "filter.amount.from"},
		"decimal too long":      {`{ paymentLinksSummary(filter: { amount: { to: 12345678901234567890.5 } }) { count } }`, "filter.amount.to"},
		"decimal out of range":  {`{ paymentLinksSummary(filter: { amount: { to: 1e400 } }) { count } }`, "filter.amount.to"},
		"decimal overflowing":   {`{ paymentLinksSummary(filter: { amount: { to: 99999999999999999999999 } }) { count } }`, "filter.amount.to"},
		"decimal as an object":  {`{ paymentLinksSummary(filter: { amount: { to: { a: 1 } } }) { count } }`, "filter.amount.to"},
		"time":                  {`{ paymentLinksSummary(filter: { createdAt: { from: "` + marker + `" } }) { count } }`, "filter.createdAt.from"},
		"time without a zone":   {`{ paymentLinksSummary(filter: { expiresAt: { to: "2023-08-09T02:18:48" } }) { count } }`, "filter.expiresAt.to"},
		"time as a number":      {`{ paymentLinksSummary(filter: { updatedAt: { to: 1e999 } }) { count } }`, "filter.updatedAt.to"},
		"duration":              {`{ paymentLinksConnection(filter: { expiresWithin: "P1Y" }) { totalCount } }`, "filter.expiresWithin"},
		"negative duration":     {`{ paymentLinksConnection(filter: { expiresWithin: "-PT1S" }) { totalCount } }`, "filter.expiresWithin"},
		"too many ids":          {`{ paymentLinksConnection(filter: { ids: [` + ids + `] }) { totalCount } }`, "filter.ids"},
		"too many slugs":        {`{ paymentLinksConnection(filter: { slug: [` + ids + `] }) { totalCount } }`, "filter.slug"},
		"too many ids in a not": {`{ paymentLinksConnection(filter: { not: { not: { userId: [` + ids + `] } } }) { totalCount } }`, "filter.not.not.userId"},
		"too many nots":         {`{ paymentLinksConnection(filter: { not: { not: { not: { not: { not: { not: {} } } } } } }) { totalCount } }`, "filter.not.not.not.not.not.not"},
		"code too large":        {`{ paymentLinksConnection(filter: { statusCode: 2147483648 }) { totalCount } }`, "filter.statusCode[0]"},
		"search too long":       {`{ paymentLinksConnection(filter: { search: "` + long + `" }) { totalCount } }`, "filter.search"},
		"first and last":        {`{ paymentLinksConnection(first: 1, last: 1) { totalCount } }`, "last"},
		"first negative":        {`{ paymentLinksConnection(first: -1) { totalCount } }`, "first"},
		"first too large":       {`{ paymentLinksConnection(first: 251) { totalCount } }`, "first"},
		"first beyond 32 bits":  {`{ paymentLinksConnection(first: 2147483648) { totalCount } }`, "first"},
		"first beyond 64 bits":  {`{ paymentLinksConnection(first: 99999999999999999999) { totalCount } }`, "first"},
		"last beyond 64 bits":   {`{ paymentLinksConnection(last: -99999999999999999999) { totalCount } }`, "last"},
		"last negative":         {`{ paymentLinksConnection(last: -2147483648) { totalCount } }`, "last"},
		"cursor":                {`{ paymentLinksConnection(after: "` + marker + `") { totalCount } }`, "after"},
		"empty cursor":          {`{ paymentLinksConnection(before: "") { totalCount } }`, "before"},
		"cursor of other order": {`{ paymentLinksConnection(before: "` + otherOrder + `") { totalCount } }`, "before"},
		"cursor of no position": {`{ paymentLinksConnection(after: "` + relay.EncodeCursor("CREATED_AT_DESC", "x") + `") { totalCount } }`, "after"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
			written := string(s.do(t, request{query: test.query}))
			a := s.ask(t, request{query: test.query})
			if len(a.Errors) != 1 || a.code() != "BAD_USER_INPUT" {
				t.Fatalf("got %s, want one BAD_USER_INPUT", written)
			}
			if want := `Argument "` + test.names + `" `; !strings.HasPrefix(a.Errors[0].Message, want) {
				t.Errorf("message %q does not begin with %q", a.Errors[0].Message, want)
			}
			if len(a.Errors[0].Path) != 1 || len(a.Errors[0].Locations) != 1 {
				t.Errorf("path %v, locations %v: want those of the field", a.Errors[0].Path, a.Errors[0].Locations)
			}
			checkClean(t, s, written)
		})
	}
}

func TestBadVariables(t *testing.T) {
	filter := func(text string) request {
		return request{query: `query ($f: PaymentLinkFilter!) { paymentLinksSummary(filter: $f) { count } }`, variables: `{"f": ` + text + `}`}
	}
	one := func(declared, argument, value string) request {
		query := fmt.Sprintf(`query ($v: %s) { paymentLinksConnection(%s: $v) { totalCount } }`, declared, argument)
		return request{query: query, variables: `{"v": ` + value + `}`}
	}
	named := func(name, declared, arguments, value string) request {
		query := fmt.Sprintf(`query ($%s: %s) { paymentLinksConnection(%s) { totalCount } }`, name, declared, arguments)
		return request{query: query, variables: fmt.Sprintf(`{%q: %s}`, name, value)}
	}
	const at = "A variable, at "
	tests := map[string]struct {
		request request
		message string
	}{
		"unknown enum value":       {filter(`{"status": ["` + marker + `"]}`), at + `"status[0]", must be one of the values of PaymentLinkStatus.`},
		"enum value in lower case": {filter(`{"state": ["OPEN", "expired"]}`), at + `"state[1]", must be one of the values of PaymentLinkState.`},
		"enum value as a number":   {filter(`{"status": [1]}`), at + `"status[0]", must be one of the values of PaymentLinkStatus.`},
		"enum alone":               {one("PaymentLinkOrder!", "orderBy", `"`+marker+`"`), "A variable must be one of the values of PaymentLinkOrder."},
		"currency":                 {filter(`{"currency": ["` + marker + `"]}`), at + `"currency[0]", must be `},
		"single for a list":        {filter(`{"currency": "` + marker + `"}`), at + `"currency[0]", must be `},
		"decimal":                  {filter(`{"amount": {"from": "` + marker + `"}}`), at + `"amount.from", must be `},
		"decimal with many digits": {filter(`{"amount": {"from": 0.12345678901234567891}}`), at + `"amount.from", must `},
		"time":                     {filter(`{"createdAt": {"to": "` + marker + `"}}`), at + `"createdAt.to", must be `},
		"duration":                 {filter(`{"expiresWithin": 5}`), at + `"expiresWithin", must be `},
		"number for a string":      {filter(`{"search": 12}`), at + `"search", must be `},
		"boolean for an id":        {filter(`{"ids": ["x", true]}`), at + `"ids[1]", must be given, as a value of type ID!.`},
		"fraction for an id":       {filter(`{"ids": [1.5]}`), at + `"ids[0]", must be `},
		"object for an id":         {filter(`{"ids": [{"a": "` + marker + `"}]}`), at + `"ids[0]", must be `},
		"null in a list":           {filter(`{"ids": [null]}`), at + `"ids[0]", must be given, as a value of type ID!.`},
		"null for non-null":        {filter(`null`), "A variable must be given, as a value of type PaymentLinkFilter!."},
		"unknown field":            {filter(`{"amount": {"` + marker + `": 1}}`), at + `"amount", has a field that PaymentLinkAmountRange does not define.`},
		"unknown field at the top": {filter(`{"` + marker + `": 1}`), "A variable has a field that PaymentLinkFilter does not define."},
		"string for an object":     {filter(`"` + marker + `"`), "A variable must be given, as a value of type PaymentLinkFilter!."},
		"list for an object":       {filter(`[1]`), "A variable must be given, as a value of type PaymentLinkFilter!."},
		"string for an int":        {one("Int", "first", `"1"`), "A variable must be "},
		"fraction for an int":      {one("Int", "first", `1.5`), "A variable must be "},
		"beyond 32 bits":           {one("Int", "first", `2147483648`), "A variable must be "},
		"beyond 64 bits":           {one("Int", "first", `99999999999999999999`), "A variable must be of type Int."},
		"huge exponent":            {one("Int", "first", `1e400`), "A variable must be of type Int."},
		"boolean for an int":       {one("Int", "first", `true`), "A variable must be of type Int."},
		"object for an int":        {one("Int", "first", `{}`), "A variable must be of type Int."},
		"number for a cursor":      {one("String", "after", `1`), "A variable must be "},
		"a name of the request's": {
			request{query: `query ($` + marker + `: ID!) { paymentLink(id: $` + marker + `) { id } }`}, "A variable must be given, as a value of type ID!.",
		},
		"an argument's name":     {request{query: `query ($id: ID!) { paymentLink(id: $id) { id } }`}, `Variable "$id" must be given, as a value of type ID!.`},
		"an input field's name":  {named("from", "DateTime", "filter: { createdAt: { from: $from } }", `"yesterday"`), `Variable "$from" must be `},
		"inside a schema's name": {named("filter", "PaymentLinkFilter", "filter: $filter", `{"currency": ["`+marker+`"]}`), `Variable "$filter.currency[0]" must be `},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
			written := string(s.do(t, test.request))
			a := s.ask(t, test.request)
			if len(a.Errors) != 1 || a.code() != "BAD_USER_INPUT" || a.Data != nil {
				t.Fatalf("got %s, want one BAD_USER_INPUT and no data", written)
			}
			if !strings.HasPrefix(a.Errors[0].Message, test.message) || !strings.HasSuffix(a.Errors[0].Message, ".") {
				t.Errorf("message %q does not begin with %q", a.Errors[0].Message, test.message)
			}
			if a.Errors[0].Path != nil || a.Errors[0].line() != 1 {
				t.Errorf("path %v, line %v; want none and that of the variable", a.Errors[0].Path, a.Errors[0].line())
			}
			checkClean(t, s, written)
		})
	}
}

// checkClean fails when a refusal asked the source, logged, or repeats a value
// or a name of our code.
func checkClean(t *testing.T, s server, written string) {
	t.Helper()
	if calls := s.source.callCount(); calls != 0 {
		t.Errorf("%d calls of the source, want none", calls)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
	for _, leak := range []string{marker, "json.Number", "interface {}", "map[", "model.", "float64", "strconv", "goroutine"} {
		if strings.Contains(written, leak) {
			t.Errorf("the answer holds %q: %s", leak, written)
		}
	}
}

func TestGoodVariables(t *testing.T) {
	s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
	tests := map[string]struct {
		query, variables string
		want             int
	}{
		"default of the schema":   {`query ($o: PaymentLinkOrder! = AMOUNT_ASC) { c: paymentLinksConnection(orderBy: $o) { totalCount } }`, ``, 8},
		"default of the document": {`query ($a: PaymentLinkAmountRange = { from: 1234567890123.45 }) { c: paymentLinksConnection(filter: { amount: $a }) { totalCount } }`, ``, 1},
		"left out":                {`query ($s: String) { c: paymentLinksConnection(filter: { search: $s }) { totalCount } }`, ``, 8},
		"null":                    {`query ($s: String) { c: paymentLinksConnection(filter: { search: $s }) { totalCount } }`, `{"s": null}`, 8},
		"id as an integer":        {`query ($ids: [ID!]) { c: paymentLinksConnection(filter: { ids: $ids }) { totalCount } }`, `{"ids": [1, "s-01"]}`, 1},
		"single id for a list":    {`query ($ids: [ID!]) { c: paymentLinksConnection(filter: { ids: $ids }) { totalCount } }`, `{"ids": "s-01"}`, 1},
		"exact decimal":           {`query ($d: Decimal) { c: paymentLinksConnection(filter: { amount: { from: $d, to: 1234567890123.451 } }) { totalCount } }`, `{"d": 1234567890123.449}`, 1},
		"variable in a list":      {`query ($c: CurrencyCodeAlpha!) { c: paymentLinksConnection(filter: { currency: ["jpy", $c] }) { totalCount } }`, `{"c": "Usd"}`, 2},
		"empty list":              {`query ($c: [CurrencyCodeAlpha!]) { c: paymentLinksConnection(filter: { currency: $c }) { totalCount } }`, `{"c": []}`, 0},
		"more than is declared":   {`{ c: paymentLinksConnection { totalCount } }`, `{"other": 1}`, 8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := data[struct{ C struct{ TotalCount int } }](t, s, test.query, test.variables)
			if got.C.TotalCount != test.want {
				t.Errorf("%s with %s: %d links, want %d", test.query, test.variables, got.C.TotalCount, test.want)
			}
		})
	}
}

// A variable that may be null given to an argument that may not is the one
// null that validation lets through, for the sake of the argument's default.
func TestNullForArgumentWithDefault(t *testing.T) {
	s := newServer(newSource(paymentlink.Record{ID: "a", URL: "https://x.example/a"}))
	a := s.ask(t, request{
		query:     `query ($o: PaymentLinkOrder) { paymentLinksConnection(orderBy: $o) { totalCount } }`,
		variables: `{"o": null}`,
	})
	if a.code() != "BAD_USER_INPUT" || !strings.Contains(a.Errors[0].Message, `"orderBy"`) {
		t.Errorf("got %+v, want BAD_USER_INPUT for orderBy", a.Errors)
	}
}

// A null at a condition is the same one, and there is no default to fall back
// to: the operation cannot be executed.
func TestNullForCondition(t *testing.T) {
	tests := map[string]string{
		"skip of a field":               `query ($b: Boolean = true) { paymentLinks @skip(if: $b) { id } }`,
		"include inside a list":         `query ($b: Boolean = true) { paymentLinks { id code @include(if: $b) } }`,
		"inline fragment":               `query ($b: Boolean = true) { ... @include(if: $b) { __typename } }`,
		"fragment spread":               `query ($b: Boolean = true) { ...F @skip(if: $b) } fragment F on Query { __typename }`,
		"inside fragments":              `query ($b: Boolean = true) { ...F ...F } fragment F on Query { ...G } fragment G on Query { ... on Query { a: __typename @skip(if: $b) } }`,
		"behind a condition that holds": `query ($b: Boolean = true) { paymentLinks @skip(if: true) { id @skip(if: $b) } }`,
	}
	for name, query := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
			req := request{query: query, variables: `{"b": null}`}
			written := string(s.do(t, req))
			a := s.ask(t, req)
			if len(a.Errors) != 1 || a.code() != "BAD_USER_INPUT" || a.Data != nil {
				t.Fatalf("got %s, want one BAD_USER_INPUT and no data", written)
			}
			if want := "A variable must not be null, as @skip or @include reads it."; a.Errors[0].Message != want || a.Errors[0].line() != 1 {
				t.Errorf("message %q at line %v, want %q at line 1", a.Errors[0].Message, a.Errors[0].line(), want)
			}
			checkClean(t, s, written)
		})
	}
}

func TestNullElsewhereThanAtCondition(t *testing.T) {
	s := newServer(newSource(readLinks(t, "testdata/shop.json")...))
	query := `query ($b: Boolean = true, $s: String) {
		__type(name: "PaymentLink") { fields(includeDeprecated: $b) { name } }
		paymentLinksConnection(filter: { search: $s }) @include(if: true) { totalCount @skip(if: false) }
	}`
	got := data[struct {
		PaymentLinksConnection struct{ TotalCount int }
	}](t, s, query, `{"b": null, "s": null}`)
	if got.PaymentLinksConnection.TotalCount != 8 {
		t.Errorf("%d links, want 8", got.PaymentLinksConnection.TotalCount)
	}
}
