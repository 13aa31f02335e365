package serving

import (
	"net/http"
	"sync/atomic"
)

// Switch is a handler that can be replaced while it serves. Each request is
// answered by one handler from beginning to end. The zero value has none yet and
// must not serve. It is safe for concurrent use.
type Switch struct{ current atomic.Pointer[http.Handler] }

// Set makes h answer the requests that come from now on.
func (s *Switch) Set(h http.Handler) { s.current.Store(&h) }

// ServeHTTP implements http.Handler.
func (s *Switch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.current.Load()).ServeHTTP(w, r)
}
