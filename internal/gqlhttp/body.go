package gqlhttp

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"paymentlinks/internal/fault"
)

// limitReading makes sure that no read of the body outlasts the time-out, not
// even net/http's own, when it discards the rest of a refused request's body.
func (t *transport) limitReading(w http.ResponseWriter) {
	// An error means that the connection knows no deadlines: the server's own
	// time-outs have to do then.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(t.cfg.BodyTimeout))
}

// readBody reads the whole body into buffer. Its errors are *fault.Error; a
// client that left in the middle is Canceled.
func (t *transport) readBody(buffer *bytes.Buffer, w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > t.cfg.MaxBodyBytes {
		return tooLarge()
	}
	// The bound closes the connection of a client that goes on sending.
	if _, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, t.cfg.MaxBodyBytes)); err != nil {
		return readFault(r, err)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return nil
}

func readFault(r *http.Request, err error) error {
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return tooLarge()
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New(fault.BodyTimeout, "The request's body took too long to arrive.")
	case errors.Is(err, io.ErrUnexpectedEOF), r.Context().Err() != nil:
		return fault.Wrap(fault.Canceled, "The client left.", err)
	}
	return fault.New(fault.BadRequest, "The request's body cannot be read.")
}

func tooLarge() error {
	return &fault.Error{Kind: fault.BodyTooLarge, Public: "The request's body is too large.", Limit: "body_bytes"}
}

// headerBytes is the size of a request's header fields: names, values, and the
// four bytes round them.
func headerBytes(r *http.Request) int {
	size := len("Host: \r\n") + len(r.Host)
	for name, lines := range r.Header {
		for _, line := range lines {
			size += len(name) + len(line) + len(": \r\n")
		}
	}
	return size
}
