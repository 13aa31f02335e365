package gqlhttp_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/persisted"
)

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// extension is extensions.persistedQuery for a document.
func extension(document string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hashOf(document) + `"}}`
}

func withStore(t testing.TB, cfg persisted.Config) func(*gqlhttp.Config) {
	t.Helper()
	store, err := persisted.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *gqlhttp.Config) { c.Persisted = store }
}

// manifest writes a file in Apollo's format with one document.
func manifest(t testing.TB, id, document string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"format": "apollo-persisted-query-manifest", "version": 1,
		"operations": []any{map[string]any{"id": id, "name": "Trusted", "type": "query", "body": document}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Apollo's protocol: the hash alone, then with the text, then alone again.
func TestAutomaticPersistedQuery(t *testing.T) {
	const document, world = `{hello}`, `{"data":{"hello":"world"}}`
	byPost := func() *http.Request { return post(`{"extensions":`+extension(document)+`}`, "Accept", asResponse) }
	byGet := func() *http.Request {
		return get("extensions="+url.QueryEscape(extension(document)), "Accept", asResponse)
	}
	teachByPost := func() *http.Request {
		return post(`{"query":` + quote(document) + `,"extensions":` + extension(document) + `}`)
	}
	teachByGet := func() *http.Request {
		return get("query=" + url.QueryEscape(document) + "&extensions=" + url.QueryEscape(extension(document)))
	}
	for name, test := range map[string]struct{ ask, teach func() *http.Request }{
		"POST": {byPost, teachByPost}, "GET": {byGet, teachByGet}, "GET, then POST": {byGet, teachByPost},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, withStore(t, persisted.Config{}))
			w := e.do(test.ask())
			a := decoded(t, w.Body)
			if w.Code != 400 || a.code() != "PERSISTED_QUERY_NOT_FOUND" || a.Errors[0].Message != "PersistedQueryNotFound" {
				t.Fatalf("first: %d %+v, want 400 PersistedQueryNotFound", w.Code, a)
			}
			if w := e.do(test.teach()); w.Code != 200 || w.Body.String() != world {
				t.Fatalf("with the text: %d %s, want 200 %s", w.Code, w.Body, world)
			}
			if w := e.do(test.ask()); w.Code != 200 || w.Body.String() != world {
				t.Errorf("again: %d %s, want 200 %s", w.Code, w.Body, world)
			}
		})
	}
}

// Only what passed the guard and the validator is worth keeping.
func TestRefusedDocumentIsNotKept(t *testing.T) {
	for name, document := range map[string]string{"invalid": `{nothing}`, "over a limit": tooDeep(), "no GraphQL": `{`} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, withStore(t, persisted.Config{}))
			e.do(post(`{"query":` + quote(document) + `,"extensions":` + extension(document) + `}`))
			a := decoded(t, e.do(post(`{"extensions":`+extension(document)+`}`)).Body)
			if a.code() != "PERSISTED_QUERY_NOT_FOUND" {
				t.Errorf("code = %q, want PERSISTED_QUERY_NOT_FOUND", a.code())
			}
		})
	}
}

func TestPersistedRefusals(t *testing.T) {
	const trusted = `query Trusted {hello}`
	store := persisted.Config{Settings: persisted.Settings{Manifests: []string{manifest(t, "known", trusted)}}}
	only := store
	only.TrustedOnly = true
	tests := map[string]struct {
		cfg     *persisted.Config // nil: no store
		request *http.Request
		status  int
		code    string
		message string
	}{
		"no store":              {nil, post(`{"extensions":` + extension(trusted) + `}`), 200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"},
		"no store, by id":       {nil, post(`{"documentId":"known"}`), 200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"},
		"another hash":          {&store, post(`{"query":"{hello}","extensions":` + extension(`{ hello }`) + `}`), 400, "BAD_REQUEST", ""},
		"extension no object":   {&store, post(`{"extensions":{"persistedQuery":1}}`), 400, "BAD_REQUEST", ""},
		"another version":       {&store, post(`{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"x"}}}`), 200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"},
		"unknown id":            {&store, post(`{"documentId":"other"}`), 200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"},
		"id and text":           {&store, post(`{"documentId":"known","query":"{hello}"}`), 400, "BAD_REQUEST", ""},
		"a trusted id":          {&store, post(`{"documentId":"known"}`), 200, "", ""},
		"a trusted id by GET":   {&store, get("documentId=known"), 200, "", ""},
		"a trusted hash":        {&only, post(`{"extensions":` + extension(trusted) + `}`), 200, "", ""},
		"a text, trusted only":  {&only, query(`{hello}`), 400, "BAD_REQUEST", ""},
		"its text, by the hash": {&only, post(`{"query":` + quote(trusted) + `,"extensions":` + extension(trusted) + `}`), 400, "BAD_REQUEST", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var change []func(*gqlhttp.Config)
			if test.cfg != nil {
				change = append(change, withStore(t, *test.cfg))
			}
			w := newEdge(t, change...).do(test.request)
			a := decoded(t, w.Body)
			if w.Code != test.status || a.code() != test.code {
				t.Errorf("got %d %q, want %d %q", w.Code, a.code(), test.status, test.code)
			}
			if test.message != "" && a.Errors[0].Message != test.message {
				t.Errorf("message = %q, want %q", a.Errors[0].Message, test.message)
			}
			if test.code == "" && (a.Data == nil || string(*a.Data) != `{"hello":"world"}`) {
				t.Errorf("data = %v, want the trusted document's", a.Data)
			}
		})
	}
}

func TestPersistedGETOnly(t *testing.T) {
	const document = `{hello}`
	e := newEdge(t, withStore(t, persisted.Config{}), func(c *gqlhttp.Config) { c.PersistedGETOnly = true })
	teach := `{"query":` + quote(document) + `,"extensions":` + extension(document) + `}`
	for name, r := range map[string]*http.Request{
		"text":          get("query=" + url.QueryEscape(document)),
		"text and hash": get("query=" + url.QueryEscape(document) + "&extensions=" + url.QueryEscape(extension(document))),
	} {
		w := e.do(r)
		if w.Code != 405 || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %d, Allow %q, want 405, POST", name, w.Code, w.Header().Get("Allow"))
		}
	}
	if w := e.do(post(teach)); w.Code != 200 {
		t.Fatalf("POST with the text: %d, want 200", w.Code)
	}
	if w := e.do(get("extensions=" + url.QueryEscape(extension(document)))); w.Body.String() != `{"data":{"hello":"world"}}` {
		t.Errorf("GET of the hash: %d %s, want the data", w.Code, w.Body)
	}
}

// A mutation that is only named is as little for GET as one that is sent.
func TestPersistedMutationByGET(t *testing.T) {
	const document = `mutation{poke}`
	e := newEdge(t, withStore(t, persisted.Config{}))
	e.do(post(`{"query":` + quote(document) + `,"extensions":` + extension(document) + `}`))
	executed := e.fixture.executed.Load()
	w := e.do(get("extensions=" + url.QueryEscape(extension(document))))
	if w.Code != 405 || e.fixture.executed.Load() != executed {
		t.Errorf("status = %d, executed %d more, want 405 and none", w.Code, e.fixture.executed.Load()-executed)
	}
}
