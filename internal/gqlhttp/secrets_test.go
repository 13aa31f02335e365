package gqlhttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

const secret = "s3cr3tPlanted"

// A secret goes in wherever a request has room for one, with every way to be
// refused, and comes out nowhere: not in the answer, its headers or the log.
func TestPlantedSecrets(t *testing.T) {
	inQuery := url.QueryEscape(`{` + secret + `}`)
	requests := map[string]*http.Request{
		"field name":             query(`{` + secret + `}`),
		"alias, invalid":         query(`{` + secret + `: nothing}`),
		"argument name":          query(`{hello(` + secret + `: 1)}`),
		"argument value":         query(`{echo(number: "` + secret + `")}`),
		"enum value":             query(`{echo(text: ` + secret + `)}`),
		"type name":              query(`query($a: ` + secret + `){hello}`),
		"fragment name":          query(`{...` + secret + `}`),
		"fragment cycle":         query(`{...` + secret + `} fragment ` + secret + ` on Query {...` + secret + `}`),
		"directive name":         query(`{hello @` + secret + `}`),
		"variable name":          query(`query($` + secret + `: Int!){echo(number: $` + secret + `)}`),
		"operation name, twice":  query(`query ` + secret + ` {hello} query ` + secret + ` {hello}`),
		"operation asked for":    post(`{"query":"{hello}","operationName":"` + secret + `"}`),
		"syntax error":           query(`{hello ` + secret),
		"syntax error, a string": query(`{hello("` + secret + `}`),
		"overlap":                query(`{` + secret + `: hello ` + secret + `: token}`),
		"depth":                  query(strings.Repeat(`{`+secret, 20) + strings.Repeat(`}`, 20)),
		"variable value":         post(`{"query":"query($n:Int){echo(number:$n)}","variables":{"n":"` + secret + `"}}`),
		"variable, deep":         post(`{"query":"query($n:[String!]){echo(tags:$n)}","variables":{"n":[{"` + secret + `":"` + secret + `"}]}}`),
		"body, malformed":        post(`{"query": ` + secret + `}`),
		"body, a key twice":      post(`{"` + secret + `":1,"` + secret + `":2}`),
		"body, trailing":         post(`{"query":"{hello}"} ` + secret),
		"body, another type":     post(`{"query":["` + secret + `"]}`),
		"body, a form":           raw("POST", "/graphql", secret, "Content-Type", "text/plain"),
		"body, too large":        chunked(strings.Repeat(secret, 100_000)),
		"extension":              post(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + secret + `"}}}`),
		"extension, wrong hash":  post(`{"query":"{hello}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + secret + `"}}}`),
		"documentId":             post(`{"documentId":"` + secret + `"}`),
		"URL":                    get("query=" + inQuery + "&" + secret + "=1"),
		"URL, malformed":         get("query=" + inQuery + "%zz"),
		"URL, a parameter twice": get("query=" + inQuery + "&query=" + inQuery),
		"URL, variables":         get("query=%7Bhello%7D&variables=" + secret),
		"path":                   raw("POST", "/"+secret, `{"query":"{hello}"}`, "Content-Type", asJSON),
		"method":                 raw(secret, "/graphql", ""),
		"Accept":                 query(`{hello}`, "Accept", "text/"+secret),
		"Accept-Encoding":        query(`{hello}`, "Accept-Encoding", secret+", identity;q=0"),
		"Content-Type":           raw("POST", "/graphql", "{}", "Content-Type", "text/"+secret),
		"charset":                raw("POST", "/graphql", "{}", "Content-Type", "application/json; charset="+secret),
		"Content-Encoding":       query(`{hello}`, "Content-Encoding", secret),
		"Origin":                 query(`{hello}`, "Origin", "https://"+secret+".example"),
		"Sec-Fetch-Site":         query(`{hello}`, "Sec-Fetch-Site", secret),
		"Authorization":          query(`{hello}`, "Authorization", "Bearer "+secret),
		"credential headers":     query(`{hello}`, "BP-User-Token", secret, "X-Api-Key", secret),
		"a malformed credential": query(`{hello}`, "BP-User-Token", secret+" ", "X-Api-Key", secret),
		"any header":             query(`{hello}`, "X-Anything", secret, "Cookie", secret, "User-Agent", secret, "Referer", secret),
		"too large a header":     query(`{hello}`, "X-Anything", strings.Repeat(secret, 10_000)),
		"a request id of no id":  query(`{hello}`, "X-Request-Id", secret+" "),
		"forwarding headers":     query(`{hello}`, "X-Forwarded-For", secret, "X-Real-Ip", secret, "Forwarded", "for="+secret),
		"a panicking resolver":   query(`{panics}`),
		"the host":               hosted(secret + ".example"),
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, withStore(t, persisted.Config{}), func(c *gqlhttp.Config) { c.AllowedHosts = []string{"example.com"} })
			w := e.do(r)
			if w.Body.Len() == 0 || w.Body.Len() > 4<<10 {
				t.Errorf("%d with %d bytes, want an answer of at most 4,096", w.Code, w.Body.Len())
			}
			checkNoSecret(t, w, e.log.String())
		})
	}
}

func hosted(host string) *http.Request {
	r := query(`{hello}`)
	r.Host = host
	return r
}

func checkNoSecret(t *testing.T, w *httptest.ResponseRecorder, log string) {
	t.Helper()
	if strings.Contains(w.Body.String(), secret) {
		t.Errorf("the answer holds the secret: %s", w.Body)
	}
	for name, values := range w.Header() {
		if strings.Contains(name+strings.Join(values, ""), secret) {
			t.Errorf("the header holds the secret: %s: %q", name, values)
		}
	}
	if strings.Contains(log, secret) {
		t.Errorf("the log holds the secret: %s", log)
	}
}

// A neighbour's error may carry what only it knows.
func TestSecretsOfNeighbours(t *testing.T) {
	tests := map[string]struct {
		change  func(*gqlhttp.Config)
		status  int
		message string
	}{
		"callers, classified": {
			func(c *gqlhttp.Config) {
				c.Callers = brokenCallers{fault.Wrap(fault.Unauthenticated, "Not valid.", errors.New(secret))}
			}, 401, "Not valid.",
		},
		"callers, unclassified": {
			func(c *gqlhttp.Config) { c.Callers = brokenCallers{errors.New(secret)} }, 500, "Internal error",
		},
		"guard, unclassified": {func(c *gqlhttp.Config) { c.Guard = brokenGuard{errors.New(secret)} }, 500, "Internal error"},
		"a panic":             {func(c *gqlhttp.Config) { c.Guard = brokenGuard{nil} }, 500, "Internal error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, test.change)
			w := e.do(query(`{hello}`, "Accept", asResponse))
			checkNoSecret(t, w, e.log.String())
			if a := decoded(t, w.Body); w.Code != test.status || a.Errors[0].Message != test.message {
				t.Errorf("got %d %+v, want %d %q", w.Code, a, test.status, test.message)
			}
		})
	}
}

type brokenCallers struct{ err error }

func (b brokenCallers) Identify(context.Context, *http.Request) (tenant.Tenant, error) {
	return tenant.Tenant{}, b.err
}

type brokenGuard struct{ err error }

func (b brokenGuard) Parse(string) (*ast.QueryDocument, error) {
	if b.err == nil {
		panic(secret)
	}
	return nil, b.err
}

// Resolvers see the caller's pair and no header.
func TestResolversSeeNoHeader(t *testing.T) {
	e := newEdge(t)
	var headers http.Header
	e.fixture.before = func(ctx context.Context) { headers = graphql.GetOperationContext(ctx).Headers }
	w := e.do(query(`{token}`, "BP-User-Token", "the-token", "X-Api-Key", "the-key"))
	if want := `{"data":{"token":"the-token"}}`; w.Body.String() != want {
		t.Errorf("body = %s, want %s", w.Body, want)
	}
	if len(headers) > 0 {
		t.Errorf("headers = %v, want none", headers)
	}
}
