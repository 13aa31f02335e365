package serving

import (
	"log/slog"
	"net/http"
	"time"
)

// Bounds are what a server waits for and reads. None of them may be zero.
type Bounds struct {
	// HeaderTimeout bounds the reading of a request's headers.
	HeaderTimeout time.Duration
	// RequestTimeout bounds the answering of a request. Reading it may take so
	// long beside HeaderTimeout, and writing it so long beside slowReader.
	RequestTimeout time.Duration
	// MaxHeaderBytes is beyond what the handler accepts, so that the handler
	// refuses first, in its own words.
	MaxHeaderBytes int
}

const (
	// slowReader is the time that a client has who reads its answer slowly.
	slowReader = 30 * time.Second
	// idle is how long a connection is kept for the next request.
	idle = 2 * time.Minute
)

// NewServer returns a server that waits for nobody longer than it has to. What
// net/http has to complain of goes to logger.
func NewServer(b Bounds, handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: b.HeaderTimeout,
		ReadTimeout:       b.HeaderTimeout + b.RequestTimeout,
		WriteTimeout:      b.RequestTimeout + slowReader,
		IdleTimeout:       idle,
		MaxHeaderBytes:    b.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}
