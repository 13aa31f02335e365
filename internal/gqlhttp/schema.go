package gqlhttp

import (
	"io"
	"net/http"
)

// SDL is the schema in its forms.
type SDL struct {
	// Subgraph is what federation reads, Scoped the same with scopes in place of
	// tags, and API what clients see.
	Subgraph, Scoped, API string
}

// Schema serves SDL: the subgraph's, with ?scopes the scoped one, or with ?api
// that of the API. It is safe for concurrent use.
func Schema(schema SDL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sdl, asked := schema.Subgraph, r.URL.Query()
		switch {
		case asked.Has("api"):
			sdl = schema.API
		case asked.Has("scopes"):
			sdl = schema.Scoped
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, sdl) // the caller may have left
	})
}
