package gqlhttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"paymentlinks/internal/gqlhttp"
)

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestBrowsersAreLedToThePlayground(t *testing.T) {
	tests := map[string]struct {
		method, target, accept string
		location               string // "" for none
	}{
		"a browser":                  {"GET", "/graphql", browserAccept, "./"},
		"a page and nothing else":    {"GET", "/graphql", "text/html", "./"},
		"the same with a query":      {"GET", "/graphql?query=%7B__typename%7D", "text/html", ""},
		"below a folder":             {"GET", "/graphql/", browserAccept, "../"},
		"asking for the head":        {"HEAD", "/graphql", browserAccept, "./"},
		"other parameters":           {"GET", "/graphql?utm_source=x", browserAccept, "./"},
		"with a query":               {"GET", "/graphql?query=%7B__typename%7D", browserAccept, ""},
		"with a name of a document":  {"GET", "/graphql?documentId=x", browserAccept, ""},
		"with extensions":            {"GET", "/graphql?extensions=%7B%7D", browserAccept, ""},
		"a program":                  {"GET", "/graphql", "*/*", ""},
		"a program without a wish":   {"GET", "/graphql", "", ""},
		"sending":                    {"POST", "/graphql", browserAccept, ""},
		"a wish for something close": {"GET", "/graphql", "text/*, text/html5", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			edge := newEdge(t, func(c *gqlhttp.Config) { c.LeadBrowsers = true })
			r := httptest.NewRequest(test.method, test.target, nil)
			r.Header.Set("Accept", test.accept)
			w := httptest.NewRecorder()
			edge.handler.ServeHTTP(w, r)
			if got := w.Header().Get("Location"); got != test.location || (w.Code == 303) != (test.location != "") {
				t.Errorf("status %d to %q, want %q", w.Code, got, test.location)
			}
		})
	}
}

func TestBrowsersAreToldWithoutAPlayground(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
	r.Header.Set("Accept", browserAccept)
	w := httptest.NewRecorder()
	newEdge(t).handler.ServeHTTP(w, r)
	if w.Code != 400 || !strings.Contains(w.Body.String(), "playground is switched off") {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
}
