package sandbox

import (
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"paymentlinks/internal/address"
)

// APIKey is the X-Api-Key of every demo merchant.
const APIKey = "demo-key"

// The BP-User-Token of each demo merchant; any other token is answered 401.
const (
	// SeedToken has the five published links, byte for byte.
	SeedToken = "demo-seed"
	// ShopToken has 240 links of all kinds, with fixed ids and codes.
	ShopToken = "demo-shop"
	// LargeToken has 10,000 links.
	LargeToken = "demo-large"
	// EmptyToken has none and is answered 204.
	EmptyToken = "demo-empty"
	// ForbiddenToken is answered 403.
	ForbiddenToken = "demo-forbidden"
)

// Example is what the examples of a page can point at.
type Example struct {
	UserToken, APIKey string
	// LinkID and LinkCode are of one of the merchant's links.
	LinkID, LinkCode string
	// LinksFrom is the start of the day on which all of them were created.
	LinksFrom string
}

// Seed returns the example of demo-seed.
func Seed() Example {
	return Example{
		UserToken: SeedToken, APIKey: APIKey,
		LinkID: "61521794a50cfbc301p109f599d3387hab6ad", LinkCode: "ll33q0rh", LinksFrom: "2023-08-09T00:00:00Z",
	}
}

const (
	listPath    = "/v1/custom-link"
	controlPath = "/_sandbox/"
)

// Config configures a Server. Its zero value is ready.
type Config struct {
	// Now gives the instant that the times of demo-shop and demo-large are
	// relative to. It is read once, in New; nil is time.Now.
	Now func() time.Time
}

// Server is the sandbox. It is an http.Handler, safe for concurrent use, and
// starts no goroutine.
type Server struct {
	control http.Handler
	closed  chan struct{}
	close   func()

	mu        sync.Mutex
	initial   map[string]merchant // as New made them
	merchants map[string]merchant // by user token
	faults    []*Fault            // in the order they were asked for
	calls     Calls
}

var _ http.Handler = (*Server)(nil)

// New returns a sandbox with the demo merchants, no faults and no calls.
func New(c Config) *Server {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	s := &Server{closed: make(chan struct{}), initial: demoMerchants(now())}
	s.close = sync.OnceFunc(func() { close(s.closed) })
	s.control = s.controlMux()
	s.Reset()
	return s
}

// Close ends the answers that hang, stall, drip or wait. Call it before or
// while the HTTP server around it shuts down, for instance from
// http.Server.RegisterOnShutdown. It may be called more than once.
func (s *Server) Close() { s.close() }

// Reset brings back the merchants and lists of New, and forgets faults and calls.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merchants = maps.Clone(s.initial)
	s.faults = nil
	s.calls = Calls{ByToken: map[string]int{}}
}

// ServeHTTP answers the list call at any path that ends in /v1/custom-link,
// and the control below /_sandbox/.
// A request over loopback must name a loopback host, else it is answered 421.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case isRebound(r):
		writeMessage(w, http.StatusMisdirectedRequest)
	case strings.HasPrefix(r.URL.Path, controlPath):
		s.control.ServeHTTP(w, r)
	case !strings.HasSuffix(r.URL.Path, listPath):
		writeMessage(w, http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		writeMessage(w, http.StatusMethodNotAllowed)
	default:
		s.serveList(w, r)
	}
}

// isRebound reports whether a request that came over loopback is addressed to
// another name. That is a web page whose name was pointed at this machine, and
// which could read the answer (DNS rebinding).
func isRebound(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && address.IsLoopback(address.HostName(local.String())) && !address.IsLoopback(address.HostName(r.Host))
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request) {
	token := r.Header.Get("BP-User-Token")
	m, known, fault := s.call(token)
	answer := answerFor(m, known && r.Header.Get("X-Api-Key") == m.apiKey)
	if fault == nil {
		answer.write(w, r)
		return
	}
	s.writeFault(w, r, *fault, answer)
}

// call counts one call and takes the fault, if any, that it is to meet.
func (s *Server) call(token string) (m merchant, known bool, fault *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, known = s.merchants[token]
	s.calls.Total++
	if known {
		s.calls.ByToken[token]++
	} else {
		s.calls.Unknown++
	}
	return m, known, s.takeFault(token)
}

// Calls are the list calls that were counted, refused and failed ones included.
type Calls struct {
	Total int `json:"total"`
	// ByToken counts the calls of each known merchant.
	ByToken map[string]int `json:"byToken"`
	// Unknown counts those of all tokens that belong to no merchant.
	Unknown int `json:"unknown"`
}

// Calls returns the counts since New, Reset or ResetCalls.
func (s *Server) Calls() Calls {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	calls.ByToken = maps.Clone(s.calls.ByToken)
	return calls
}

// ResetCalls counts from nought again.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = Calls{ByToken: map[string]int{}}
}

// writeMessage writes a JSON body that says the status in words.
func writeMessage(w http.ResponseWriter, status int) {
	body := `{"message":` + strconv.Quote(http.StatusText(status)) + "}\n"
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // the caller may have left; nothing depends on it
}
