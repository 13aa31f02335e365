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
func (c *call) readBody(buffer *bytes.Buffer) error {
	limit := c.t.cfg.MaxBodyBytes
	if c.r.ContentLength > limit {
		return tooLarge()
	}
	// The bound closes the connection of a client that goes on sending.
	body := io.Reader(http.MaxBytesReader(c.w, c.r.Body, limit))
	if c.r.ContentLength < 0 || c.r.ContentLength > smallBodyBytes {
		body = &weighed{r: body, grow: func(bytes int64) error { return c.memory.Grow(c.r.Context(), bytes) }}
	}
	if _, err := buffer.ReadFrom(body); err != nil {
		return readFault(c.r, err)
	}
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Time{})
	return nil
}

const (
	// smallBodyBytes of a body need no leave.
	smallBodyBytes = 64 << 10
	// bytesPerBodyByte is what a byte of a body takes: in the buffer, which has
	// doubled as it came, and in what is read of it.
	bytesPerBodyByte = 3
)

// weighed takes memory for a body as it comes. An announced length takes none.
type weighed struct {
	r         io.Reader
	grow      func(bytes int64) error
	read, had int64
}

// Read implements io.Reader.
func (w *weighed) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.read += int64(n); w.read-w.had > smallBodyBytes {
		if err := w.grow((w.read - w.had) * bytesPerBodyByte); err != nil {
			return n, err
		}
		w.had = w.read
	}
	return n, err
}

func readFault(r *http.Request, err error) error {
	if refused, ok := errors.AsType[*fault.Error](err); ok {
		return refused
	}
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
