package playground_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"paymentlinks/internal/playground"
)

func newHandler(t *testing.T, c playground.Config) *playground.Handler {
	t.Helper()
	h, err := playground.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, path string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// references are the URLs that the page loads, as they stand in it.
func references(page string) []string {
	var urls []string
	for _, match := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if match[1] != "data:," {
			urls = append(urls, match[1])
		}
	}
	return urls
}

// assetPaths are the paths of the files that the page loads.
func assetPaths(page string) []string {
	paths := references(page)
	for i := range paths {
		paths[i] = "/" + paths[i]
	}
	return paths
}

// settings are what playground.js reads from the page.
type settings struct {
	Endpoint, Headers string
	Tabs              []struct{ Query, Variables string }
}

func pageSettings(t *testing.T, page string) settings {
	t.Helper()
	attribute := regexp.MustCompile(`data-settings="([^"]*)"`).FindStringSubmatch(page)
	if attribute == nil {
		t.Fatal("the page carries no settings")
	}
	var s settings
	if err := json.Unmarshal([]byte(html.UnescapeString(attribute[1])), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPageIsLockedDown(t *testing.T) {
	resp := get(newHandler(t, playground.Config{Endpoint: "/graphql"}), "/")
	page := body(t, resp)

	policy := map[string]string{}
	for directive := range strings.SplitSeq(resp.Header.Get("Content-Security-Policy"), "; ") {
		name, value, _ := strings.Cut(directive, " ")
		policy[name] = value
	}
	want := map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self' 'unsafe-inline'",
		"img-src": "'self' data:", "font-src": "'self' data:", "connect-src": "'self'",
		"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
	}
	if diff := cmp.Diff(want, policy); diff != "" {
		t.Errorf("Content-Security-Policy (-want +got):\n%s", diff)
	}
	if got := resp.Header.Get("X-Frame-Options"); got != "DENY" {
		t.Errorf("X-Frame-Options = %q, want DENY", got)
	}
	if regexp.MustCompile(`<script(?: [^>]*)?>[^<]`).MatchString(page) {
		t.Error("the page holds an inline script")
	}
	if strings.Contains(page, "://") {
		t.Error("the page names another origin")
	}
}

// A proxy may serve the page below a prefix and take the prefix off.
func TestPageWorksBelowAPrefix(t *testing.T) {
	h := newHandler(t, playground.Config{Endpoint: "/graphql"})
	proxy := http.StripPrefix("/pay", h)
	base, err := url.Parse("/pay/")
	if err != nil {
		t.Fatal(err)
	}
	page := body(t, get(proxy, "/pay/"))
	for _, reference := range references(page) {
		target, err := base.Parse(reference)
		if err != nil {
			t.Fatal(err)
		}
		if got := get(proxy, target.Path).StatusCode; got != http.StatusOK {
			t.Errorf("%s is asked for at %s: %d", reference, target.Path, got)
		}
	}
	if got := pageSettings(t, page).Endpoint; got != "graphql" {
		t.Errorf("endpoint = %q, want it relative to the page", got)
	}
}

func TestFilesComeCompressedAndPlain(t *testing.T) {
	h := newHandler(t, playground.Config{Endpoint: "/graphql"})
	paths := assetPaths(body(t, get(h, "/")))
	if len(paths) != 6 {
		t.Fatalf("the page loads %d files, want 6: %v", len(paths), paths)
	}
	for _, path := range paths {
		compressed := get(h, path, "Accept-Encoding", "br, gzip")
		if got := compressed.Header.Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s: Content-Encoding = %q, want gzip", path, got)
		}
		if got := compressed.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control = %q", path, got)
		}
		if got := compressed.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") && !strings.HasPrefix(got, "text/css") {
			t.Errorf("%s: Content-Type = %q", path, got)
		}
		inflated, err := gzip.NewReader(compressed.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		want, err := io.ReadAll(inflated)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, refusing := range []string{"", "gzip;q=0", "gzip; q=0.0", "identity"} {
			plain := get(h, path, "Accept-Encoding", refusing)
			if plain.Header.Get("Content-Encoding") != "" || !bytes.Equal([]byte(body(t, plain)), want) {
				t.Errorf("%s: Accept-Encoding %q does not give the plain file", path, refusing)
			}
		}
	}
}

func TestOtherRequests(t *testing.T) {
	h := newHandler(t, playground.Config{Endpoint: "/graphql"})
	asset := assetPaths(body(t, get(h, "/")))[0]
	tests := map[string]struct {
		method, path string
		status       int
	}{
		"another path":             {http.MethodGet, "/nothing", http.StatusNotFound},
		"a file that is not there": {http.MethodGet, asset + ".map", http.StatusNotFound},
		"the folder":               {http.MethodGet, asset[:strings.LastIndex(asset, "/")+1], http.StatusNotFound},
		"another content's files":  {http.MethodGet, "/playground/0000000000000000/react.js", http.StatusNotFound},
		"POST":                     {http.MethodPost, "/", http.StatusMethodNotAllowed},
		"HEAD of the page":         {http.MethodHead, "/", http.StatusOK},
		"HEAD of a file":           {http.MethodHead, asset, http.StatusOK},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
			if w.Code != test.status {
				t.Errorf("%s %s = %d, want %d", test.method, test.path, w.Code, test.status)
			}
			if test.method == http.MethodHead && w.Body.Len() > 0 {
				t.Errorf("HEAD %s has a body of %d bytes", test.path, w.Body.Len())
			}
		})
	}
}

func TestDemoReachesThePage(t *testing.T) {
	h := newHandler(t, playground.Config{
		Endpoint: "/graphql",
		Demo: playground.Demo{
			UserToken: `"><script>alert(1)</script>`, APIKey: "demo-key",
			LinkID: "61521794", LinkCode: "ll33q0rh", LinksFrom: "2023-08-09T00:00:00Z",
		},
	})
	page := body(t, get(h, "/"))
	if strings.Contains(page, "<script>alert") {
		t.Error("a setting breaks out of its attribute")
	}
	settings := pageSettings(t, page)
	if settings.Endpoint != "graphql" || !strings.Contains(settings.Headers, "alert(1)") || !strings.Contains(settings.Headers, `"X-Api-Key": "demo-key"`) {
		t.Errorf("settings = %+v", settings)
	}
	checkVariables(t, settings.Tabs, map[string]string{
		"AskedSince": "{\n  \"from\": \"2023-08-09T00:00:00Z\"\n}",
		"Counter":    "{\n  \"code\": \"ll33q0rh\"\n}",
		"Raw":        "{\n  \"id\": \"61521794\"\n}",
	})
}

// Without a demo merchant only what the clock tells is filled in.
func TestPageWithoutADemo(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	h := newHandler(t, playground.Config{Endpoint: "/graphql", Now: func() time.Time { return now }})
	settings := pageSettings(t, body(t, get(h, "/")))
	if settings.Headers != "" {
		t.Errorf("headers %q, want none", settings.Headers)
	}
	checkVariables(t, settings.Tabs, map[string]string{"AskedSince": "{\n  \"from\": \"2026-03-01T12:00:00Z\"\n}"})
}

// checkVariables compares the variables of all tabs, by the operation's name.
func checkVariables(t *testing.T, tabs []struct{ Query, Variables string }, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, tab := range tabs {
		if tab.Variables != "" {
			_, name, _ := strings.Cut(tab.Query, "query ")
			name, _, _ = strings.Cut(name, "(")
			got[name] = tab.Variables
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// Every tab is one operation that the schema accepts.
func TestTabsAreValid(t *testing.T) {
	sources := []*ast.Source{{Input: `
		directive @link(url: String!, import: [String!]) repeatable on SCHEMA
		directive @key(fields: String!) repeatable on OBJECT
		directive @shareable on OBJECT
		directive @tag(name: String!) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION`}}
	paths, err := filepath.Glob("../../graph/schema/*.graphqls")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schema found: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: path, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	for i, query := range playground.TabQueries() {
		document, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
		if errs != nil {
			t.Errorf("tab %d: %v\n%s", i, errs, query)
			continue
		}
		if len(document.Operations) != 1 {
			t.Errorf("tab %d holds %d operations, want 1", i, len(document.Operations))
		}
	}
}
