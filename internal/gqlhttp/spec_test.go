package gqlhttp_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"paymentlinks/internal/gqlhttp"
)

const (
	asJSON     = "application/json"
	asResponse = "application/graphql-response+json"
)

// raw makes a request of any method, with a body or "".
func raw(method, target, body string, headers ...string) *http.Request {
	return with(httptest.NewRequest(method, target, strings.NewReader(body)), headers...)
}

// One row for each clause; the section titles are those of GraphQL over HTTP
// (working draft) unless an RFC is named. A code of "" wants no error at all.
func TestSpecification(t *testing.T) {
	const world = `{"data":{"hello":"world"}}`
	rows := map[string]struct {
		request *http.Request
		status  int
		code    string
		body    string            // whole, where given
		header  map[string]string // "" wants the field absent
	}{
		// Media Types and Accept.
		"Accept: application/json": {
			request: query(`{hello}`, "Accept", asJSON), status: 200, body: world,
			header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		},
		"Accept: application/graphql-response+json": {
			request: query(`{hello}`, "Accept", asResponse), status: 200, body: world,
			header: map[string]string{"Content-Type": "application/graphql-response+json; charset=utf-8"},
		},
		"Accept: the recommended value": {
			request: query(`{hello}`, "Accept", asResponse+"; charset=utf-8, "+asJSON+"; charset=utf-8"), status: 200,
			header: map[string]string{"Content-Type": "application/graphql-response+json; charset=utf-8"},
		},
		"Accept: absent means application/json": {
			request: query(`{hello}`), status: 200,
			header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		},
		"Accept: anything means application/json": {
			request: query(`{hello}`, "Accept", "*/*"), status: 200,
			header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		},
		"Accept: neither is 406, in JSON": {
			request: query(`{hello}`, "Accept", "text/html"), status: 406, code: "NOT_ACCEPTABLE",
			header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		},
		"Accept: another charset is 406": {
			request: query(`{hello}`, "Accept", asJSON+"; charset=utf-16"), status: 406, code: "NOT_ACCEPTABLE",
		},

		// POST: Content-Type.
		"Content-Type: without charset is UTF-8": {
			request: query(`{echo(text:"ñ")}`), status: 200, body: `{"data":{"echo":"text=ñ"}}`,
		},
		"Content-Type: charset UTF-8 in any spelling": {
			request: raw("POST", "/graphql", `{"query":"{hello}"}`, "Content-Type", `application/json;charset="UTF-8"`), status: 200, body: world,
		},
		"Content-Type: another charset": {
			request: raw("POST", "/graphql", `{"query":"{hello}"}`, "Content-Type", "application/json; charset=iso-8859-1"),
			status:  415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Type: absent": {
			request: raw("POST", "/graphql", `{"query":"{hello}"}`), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
			header: map[string]string{"Accept-Post": "application/json"},
		},
		"Content-Type: twice": {
			request: query(`{hello}`, "Content-Type", "application/json"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Type: malformed": {
			request: raw("POST", "/graphql", `{"query":"{hello}"}`, "Content-Type", "application/json; charset"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Type: a form, which needs no preflight": {
			request: raw("POST", "/graphql", `query={hello}`, "Content-Type", "application/x-www-form-urlencoded"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Type: plain text, which needs no preflight": {
			request: raw("POST", "/graphql", `{"query":"{hello}"}`, "Content-Type", "text/plain"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Type: multipart, which needs no preflight": {
			request: raw("POST", "/graphql", "--x--", "Content-Type", "multipart/form-data; boundary=x"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
		},
		"Content-Encoding: compressed bodies (RFC 9110, 15.5.16)": {
			request: query(`{hello}`, "Content-Encoding", "gzip"), status: 415, code: "UNSUPPORTED_MEDIA_TYPE",
			header: map[string]string{"Accept-Encoding": "identity"},
		},
		"Content-Encoding: identity": {request: query(`{hello}`, "Content-Encoding", "identity"), status: 200, body: world},

		// POST: JSON Encoding.
		"JSON: null parameters are absent": {
			request: post(`{"query":"{hello}","operationName":null,"variables":null,"extensions":null,"documentId":null}`), status: 200, body: world,
		},
		"JSON: other properties are reserved, and ignored": {
			request: post(`{"query":"{hello}","id":7,"future":[{}]}`), status: 200, body: world,
		},
		"JSON: white space round it": {request: post(" \r\n\t{ \"query\" : \"{hello}\" } \n"), status: 200, body: world},
		"JSON: escapes":              {request: post(`{"query":"{\u0068ello\n}"}`), status: 200, body: world},
		"JSON: property names are exact": {
			request: post(`{"Query":"{hello}"}`), status: 400, code: "BAD_REQUEST",
		},
		"JSON: no body":               {request: post(``), status: 400, code: "BAD_REQUEST"},
		"JSON: no query":              {request: post(`{}`), status: 400, code: "BAD_REQUEST"},
		"JSON: query null":            {request: post(`{"query":null}`), status: 400, code: "BAD_REQUEST"},
		"JSON: query no string":       {request: post(`{"query":{}}`), status: 400, code: "BAD_REQUEST"},
		"JSON: operationName no text": {request: post(`{"query":"{hello}","operationName":1}`), status: 400, code: "BAD_REQUEST"},
		"JSON: variables a list":      {request: post(`{"query":"{hello}","variables":[1]}`), status: 400, code: "BAD_REQUEST"},
		"JSON: variables a string":    {request: post(`{"query":"{hello}","variables":"{}"}`), status: 400, code: "BAD_REQUEST"},
		"JSON: extensions a string":   {request: post(`{"query":"{hello}","extensions":"x"}`), status: 400, code: "BAD_REQUEST"},
		"JSON: documentId a number":   {request: post(`{"query":"{hello}","documentId":1}`), status: 400, code: "BAD_REQUEST"},
		"JSON: malformed":             {request: post(`{"query":`), status: 400, code: "BAD_REQUEST"},
		"JSON: no object":             {request: post(`"{hello}"`), status: 400, code: "BAD_REQUEST"},
		"JSON: a batch":               {request: post(`[{"query":"{hello}"}]`), status: 400, code: "BAD_REQUEST"},
		"JSON: trailing garbage":      {request: post(`{"query":"{hello}"}x`), status: 400, code: "BAD_REQUEST"},
		"JSON: two objects":           {request: post(`{"query":"{hello}"}{"query":"{hello}"}`), status: 400, code: "BAD_REQUEST"},
		"JSON: a key twice":           {request: post(`{"query":"{hello}","query":"{hello}"}`), status: 400, code: "BAD_REQUEST"},
		"JSON: NaN":                   {request: post(`{"query":"{hello}","variables":{"n":NaN}}`), status: 400, code: "BAD_REQUEST"},
		"JSON: not UTF-8":             {request: post("{\"query\":\"{hello}\",\"x\":\"\xff\"}"), status: 400, code: "BAD_REQUEST"},
		"JSON: malformed, with application/graphql-response+json": {
			request: post(`{"query":`, "Accept", asResponse), status: 400, code: "BAD_REQUEST",
			header: map[string]string{"Content-Type": "application/graphql-response+json; charset=utf-8"},
		},

		// GET.
		"GET: query": {request: get("query=" + url.QueryEscape(`{hello}`)), status: 200, body: world},
		"GET: variables are JSON": {
			request: get("query=" + url.QueryEscape(`query($n:Int){echo(number:$n)}`) + "&variables=" + url.QueryEscape(`{"n":7}`)),
			status:  200, body: `{"data":{"echo":"number=7"}}`,
		},
		"GET: operationName": {
			request: get("operationName=b&query=" + url.QueryEscape(`query a{__typename} query b{hello}`)), status: 200, body: world,
		},
		"GET: an empty operationName is none": {request: get("operationName=&query=" + url.QueryEscape(`{hello}`)), status: 200, body: world},
		"GET: operationName=null is a name": {
			request: get("operationName=null&query=" + url.QueryEscape(`query null{hello} query b{__typename}`)), status: 200, body: world,
		},
		"GET: empty variables and extensions are none": {
			request: get("variables=&extensions=null&query=" + url.QueryEscape(`{hello}`)), status: 200, body: world,
		},
		"GET: unknown parameters are ignored":  {request: get("v=1&query=" + url.QueryEscape(`{hello}`)), status: 200, body: world},
		"GET: no query":                        {request: get(""), status: 400, code: "BAD_REQUEST"},
		"GET: a parameter twice":               {request: get("query={hello}&query={hello}"), status: 400, code: "BAD_REQUEST"},
		"GET: malformed escape":                {request: get("query=%zz"), status: 400, code: "BAD_REQUEST"},
		"GET: semicolons":                      {request: get("query={hello};a=b"), status: 400, code: "BAD_REQUEST"},
		"GET: not UTF-8":                       {request: get("query=%ff"), status: 400, code: "BAD_REQUEST"},
		"GET: variables no JSON":               {request: get("query={hello}&variables={"), status: 400, code: "BAD_REQUEST"},
		"GET: variables a list":                {request: get("query={hello}&variables=[]"), status: 400, code: "BAD_REQUEST"},
		"GET: extensions a string":             {request: get("query={hello}&extensions=%22x%22"), status: 400, code: "BAD_REQUEST"},
		"GET: Accept counts":                   {request: get("query={hello}", "Accept", "text/html"), status: 406, code: "NOT_ACCEPTABLE"},
		"GET: Content-Type does not":           {request: get("query={hello}", "Content-Type", "text/plain"), status: 200, body: world},
		"GET: a mutation is 405":               {request: get("query=mutation{poke}"), status: 405, code: "METHOD_NOT_ALLOWED", header: map[string]string{"Allow": "POST"}},
		"GET: the mutation that is named":      {request: get("operationName=b&query=query+a{hello}mutation+b{poke}"), status: 405, code: "METHOD_NOT_ALLOWED"},
		"GET: the query beside a mutation":     {request: get("operationName=a&query=query+a{hello}mutation+b{poke}"), status: 200, body: world},
		"GET: an invalid mutation is 405 too":  {request: get("query=mutation{nothing}"), status: 405, code: "METHOD_NOT_ALLOWED"},
		"HEAD: GET without a body (RFC 9110)":  {request: raw("HEAD", "/graphql?query={hello}", ""), status: 200, header: map[string]string{"Content-Length": strconv.Itoa(len(world))}},
		"HEAD: a mutation is 405":              {request: raw("HEAD", "/graphql?query=mutation{poke}", ""), status: 405},
		"POST: a mutation":                     {request: query(`mutation{poke}`), status: 200, body: `{"data":{"poke":null}}`},
		"POST: parameters of the URL are none": {request: raw("POST", "/graphql?query={hello}", `{}`, "Content-Type", asJSON), status: 400, code: "BAD_REQUEST"},

		// Methods (RFC 9110, 15.5.6 and 9.3.7).
		"PUT is 405":    {request: raw("PUT", "/graphql", "{}"), status: 405, code: "METHOD_NOT_ALLOWED", header: map[string]string{"Allow": "GET, HEAD, POST, OPTIONS"}},
		"DELETE is 405": {request: raw("DELETE", "/graphql", ""), status: 405, code: "METHOD_NOT_ALLOWED"},
		"TRACE is 405":  {request: raw("TRACE", "/graphql", ""), status: 405, code: "METHOD_NOT_ALLOWED"},
		"OPTIONS names the methods": {
			request: raw("OPTIONS", "/graphql", ""), status: 204, header: map[string]string{"Allow": "GET, HEAD, POST, OPTIONS", "Content-Type": ""},
		},

		// Status Codes.
		"application/json: a syntax error is 200":           {request: query(`{`, "Accept", asJSON), status: 200, code: "GRAPHQL_PARSE_FAILED"},
		"application/json: an invalid document is 200":      {request: query(`{nothing}`, "Accept", asJSON), status: 200, code: "GRAPHQL_VALIDATION_FAILED"},
		"application/json: no such operation is 200":        {request: post(`{"query":"{hello}","operationName":"x"}`), status: 200, code: "OPERATION_RESOLUTION_FAILURE"},
		"application/json: a bad variable is 200":           {request: post(`{"query":"query($n:Int!){echo(number:$n)}"}`), status: 200, code: "BAD_USER_INPUT"},
		"application/json: a limit is 200":                  {request: query(tooDeep()), status: 200, code: "LIMIT_EXCEEDED"},
		"graphql-response+json: a syntax error is 400":      {request: query(`{`, "Accept", asResponse), status: 400, code: "GRAPHQL_PARSE_FAILED"},
		"graphql-response+json: an empty document is 400":   {request: query(``, "Accept", asResponse), status: 400, code: "GRAPHQL_PARSE_FAILED"},
		"graphql-response+json: comments alone are 400":     {request: query(`# nothing`, "Accept", asResponse), status: 400, code: "GRAPHQL_PARSE_FAILED"},
		"graphql-response+json: an invalid document is 400": {request: query(`{nothing}`, "Accept", asResponse), status: 400, code: "GRAPHQL_VALIDATION_FAILED"},
		"graphql-response+json: no such operation is 400":   {request: post(`{"query":"{hello}","operationName":"x"}`, "Accept", asResponse), status: 400, code: "OPERATION_RESOLUTION_FAILURE"},
		"graphql-response+json: several operations are 400": {request: query(`query a{hello} query b{hello}`, "Accept", asResponse), status: 400, code: "OPERATION_RESOLUTION_FAILURE"},
		"graphql-response+json: no operation is 400":        {request: query(`fragment f on Query{hello}`, "Accept", asResponse), status: 400, code: "OPERATION_RESOLUTION_FAILURE"},
		"graphql-response+json: a bad variable is 400":      {request: post(`{"query":"query($n:Int!){echo(number:$n)}","variables":{"n":"x"}}`, "Accept", asResponse), status: 400, code: "BAD_USER_INPUT"},
		"graphql-response+json: a limit is 400":             {request: query(tooDeep(), "Accept", asResponse), status: 400, code: "LIMIT_EXCEEDED"},
		"graphql-response+json: a field's error is 200":     {request: query(`{fails(kind:"UPSTREAM_TIMEOUT")}`, "Accept", asResponse), status: 200, code: "UPSTREAM_TIMEOUT"},
		"application/json: a field's error is 200":          {request: query(`{fails(kind:"FORBIDDEN")}`, "Accept", asJSON), status: 200, code: "FORBIDDEN"},

		// The caller's standing, and limits of the edge.
		"malformed credentials are 401": {
			request: query(`{hello}`, "BP-User-Token", "only one"), status: 401, code: "UNAUTHENTICATED",
			header: map[string]string{"WWW-Authenticate": "BP-User-Token"},
		},
		"a body that announces too much": {request: announced(gqlhttp.DefaultMaxBodyBytes + 1), status: 413, code: "PAYLOAD_TOO_LARGE"},
		"a body that is too large":       {request: chunked(strings.Repeat(" ", gqlhttp.DefaultMaxBodyBytes) + "{}"), status: 413, code: "PAYLOAD_TOO_LARGE"},
		"headers that are too large":     {request: query(`{hello}`, "X-Filler", strings.Repeat("x", gqlhttp.DefaultMaxHeaderBytes)), status: 431, code: "REQUEST_HEADERS_TOO_LARGE"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			w := newEdge(t).do(row.request)
			if w.Code != row.status {
				t.Errorf("status = %d, want %d (%s)", w.Code, row.status, w.Body)
			}
			if row.body != "" && w.Body.String() != row.body {
				t.Errorf("body = %s, want %s", w.Body, row.body)
			}
			for name, want := range row.header {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			if row.code != "" {
				checkError(t, w, row.code)
			}
			checkCommon(t, w)
		})
	}
}

// checkError wants one coded error, and a data entry only once the operation
// was executed.
func checkError(t *testing.T, w *httptest.ResponseRecorder, code string) {
	t.Helper()
	length := w.Body.Len()
	a := decoded(t, w.Body)
	if a.code() != code {
		t.Fatalf("code = %q, want %q", a.code(), code)
	}
	executed := len(a.Errors[0].Path) > 0
	if (a.Data != nil) != executed {
		t.Errorf("data entry = %v, want it only after execution (%v)", a.Data, executed)
	}
	if got := a.Errors[0].Extensions["requestId"]; got != w.Header().Get("X-Request-Id") {
		t.Errorf("requestId = %v, want the header's %q", got, w.Header().Get("X-Request-Id"))
	}
	if a.Errors[0].Message == "" || length > 4<<10 {
		t.Errorf("message %q in %d bytes, want a sentence in at most 4,096", a.Errors[0].Message, length)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q, want no-store", got)
	}
}

// checkCommon wants what every answer has.
func checkCommon(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{
		"Vary":                   "Accept, Accept-Encoding, Authorization, BP-User-Token, X-Api-Key",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if w.Header().Get("X-Request-Id") == "" || w.Header().Get("Cache-Control") == "" {
		t.Errorf("headers = %v, want X-Request-Id and Cache-Control", w.Header())
	}
	if w.Code != http.StatusNoContent && w.Header().Get("Content-Length") == "" {
		t.Errorf("headers = %v, want Content-Length", w.Header())
	}
}

// tooDeep is a document of one level more than the guard allows.
func tooDeep() string { return strings.Repeat("{a", 16) + strings.Repeat("}", 16) }

func announced(bytes int64) *http.Request {
	r := post("{}")
	r.ContentLength = bytes
	return r
}

func chunked(body string) *http.Request {
	r := post(body)
	r.ContentLength = -1
	return r
}
