package playground

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed page.html
var pageTemplate string

// contentSecurityPolicy lets the page reach its own server and nothing else.
// Scripts come from the embedded files only. GraphiQL's editor sets style
// attributes, and its fonts and cursors are data: URLs, so those are allowed.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Config says what the page opens with. Only Endpoint is required.
type Config struct {
	// Endpoint is the path of the API on the same server, such as /graphql.
	// Required. The page asks for it relative to itself, so that both keep
	// working below a prefix that a proxy adds.
	Endpoint string
	// Demo fills headers and variables in; its zero value leaves them to whoever
	// opens the page.
	Demo Demo
	// Now is the time that the variables are counted from; nil is time.Now.
	Now func() time.Time
}

// Demo is a merchant of a sandbox. Give published credentials, never real ones:
// whoever opens the page can read them.
type Demo struct {
	UserToken, APIKey string
	// LinkID and LinkCode are of one link.
	LinkID, LinkCode string
	// LinksFrom is when the first of the merchant's links was created (RFC 3339).
	LinksFrom string
}

// Handler serves the page at / and its files below /playground/, and answers
// 404 to everything else. It is safe for concurrent use.
type Handler struct {
	page   []byte
	assets assets
}

// settings is what playground.js reads from the page.
type settings struct {
	Endpoint string `json:"endpoint"`
	Headers  string `json:"headers"`
	Tabs     []tab  `json:"tabs"`
}

// New renders the page.
func New(c Config) (*Handler, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, fmt.Errorf("load the playground's files: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	tabs, err := tabsWith(c.variables())
	if err != nil {
		return nil, fmt.Errorf("fill the playground's tabs: %w", err)
	}
	headers, err := editorText(c.Demo.headers())
	if err != nil {
		return nil, fmt.Errorf("fill the playground's headers: %w", err)
	}
	endpoint := strings.TrimPrefix(c.Endpoint, "/")
	data, err := json.Marshal(settings{Endpoint: endpoint, Headers: headers, Tabs: tabs})
	if err != nil {
		return nil, fmt.Errorf("render the playground's settings: %w", err)
	}
	page, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse the playground's page: %w", err)
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct{ Assets, Endpoint, Settings string }{assets.folder, endpoint, string(data)})
	if err != nil {
		return nil, fmt.Errorf("render the playground's page: %w", err)
	}
	return &Handler{page: out.Bytes(), assets: assets}, nil
}

// editorText returns what an editor of the page shows: indented JSON, or the
// empty string when there are no values.
func editorText[V any](values map[string]V) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	text, err := json.MarshalIndent(values, "", "  ")
	return string(text), err
}

// ServeHTTP answers GET and HEAD; other methods get 405, and other paths 404.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, isFile := strings.CutPrefix(r.URL.Path, "/"+h.assets.folder+"/")
	if !isFile && r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Use GET.", http.StatusMethodNotAllowed)
		return
	}
	if isFile {
		h.assets.serve(w, r, name)
		return
	}
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	header.Set("Content-Type", "text/html; charset=utf-8")
	// The page can carry other settings after a restart, so browsers ask again.
	header.Set("Cache-Control", "no-cache")
	send(w, r, h.page)
}
