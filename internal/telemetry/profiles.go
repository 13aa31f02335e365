package telemetry

import (
	"net/http"
	"net/http/pprof"
)

// Profiles answers below /debug/pprof/ with the profiles of the running program.
// The command line, which pprof would show too, is left out: secrets may stand
// in it. It must not be reachable by callers of the API.
func Profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
