package gqlhttp

import (
	"io"
	"net/http"
)

// Schema serves SDL: the subgraph's, or with ?api that of the API as clients
// see it. It is safe for concurrent use.
func Schema(subgraph, api string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sdl := subgraph
		if r.URL.Query().Has("api") {
			sdl = api
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, sdl) // the caller may have left
	})
}
