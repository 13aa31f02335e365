package serving

import (
	"context"
	"encoding/json"
	"net/http"
)

// Tenants answers what is kept of a tenant, for operators: GET /tenants/{short}
// shows it, DELETE purges it. The short key is the one that the log of this
// process tells. look returns something for JSON of each tenant of that key, and
// purge how many it has purged.
func Tenants[T any](look func(ctx context.Context, short string) []T, purge func(ctx context.Context, short string) int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenants/{short}", func(w http.ResponseWriter, r *http.Request) {
		found := look(r.Context(), r.PathValue("short"))
		if len(found) == 0 {
			http.Error(w, "nothing is kept of that tenant", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(found) // the operator may have left
	})
	mux.HandleFunc("DELETE /tenants/{short}", func(w http.ResponseWriter, r *http.Request) {
		if purge(r.Context(), r.PathValue("short")) == 0 {
			http.Error(w, "nothing is kept of that tenant", http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
