package billpocket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"paymentlinks/internal/fault"
)

const (
	// versionBytes of the hash are the version: 32 hexadecimal digits.
	versionBytes = 16
	// firstBytes is the room for a body of which nothing has come yet.
	firstBytes = 16 << 10
	// maxPooledBytes keeps large bodies from staying in the pool: a call whose
	// answer stalls would hold the memory of another's.
	maxPooledBytes = 4 << 20
	// bytesPerBodyByte is what a list takes for each byte of its body while it is
	// decoded: the copy that it keeps, and its columns as they grow.
	bytesPerBodyByte = 3
	// Of the body of an error as much is read as it takes to use the
	// connection again, and for as long.
	drainBytes = 8 << 10
	drainFor   = 50 * time.Millisecond
)

var (
	// errBody is what all errors wrap that say a body cannot be read. Their
	// texts quote nothing of it.
	errBody = errors.New("upstream body")
	// errTooLarge is what those wrap that say it goes beyond a bound.
	errTooLarge = fmt.Errorf("%w: too large", errBody)
)

// buffer holds a body, inflated, until its hash is known. Most refreshes change
// nothing, and their bodies go back into the pool without a copy.
type buffer struct {
	data []byte
	// leave is asked before memory is taken.
	leave func(bytes int64) error
}

//nolint:gochecknoglobals // a pool is shared by nature, and holds no state that shows
var buffers = sync.Pool{New: func() any { return new(buffer) }}

//nolint:gochecknoglobals // the same
var inflaters = sync.Pool{New: func() any { return new(gzip.Reader) }}

// release gives the buffer back; its bytes may be overwritten from then on.
func (b *buffer) release() {
	if cap(b.data) > maxPooledBytes {
		return
	}
	b.data, b.leave = b.data[:0], nil
	buffers.Put(b)
}

// version is equal for equal bodies, on every replica.
func (b *buffer) version() string {
	sum := sha256.Sum256(b.data)
	return hex.EncodeToString(sum[:versionBytes])
}

// keep returns a copy that nothing overwrites.
func (b *buffer) keep() []byte { return bytes.Clone(b.data) }

// readFrom reads all of r, up to limit bytes. Its room grows with what has come:
// an announced length alone gets none, or answers that never come would hold
// more memory than those that do. From a quarter of the announced length on it
// is believed, which saves the last copies.
func (b *buffer) readFrom(r io.Reader, announced, limit int64) error {
	for {
		if len(b.data) == cap(b.data) {
			if err := b.grow(announced); err != nil {
				return err
			}
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > limit:
			return fmt.Errorf("%w: over %d bytes", errTooLarge, limit)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// grow makes room for more of a body. announced is below 0 if unknown; of a body
// that is inflated it is too little, and then of no use.
func (b *buffer) grow(announced int64) error {
	room := max(2*len(b.data), firstBytes)
	if int64(len(b.data)) < announced && announced <= 4*int64(len(b.data)) {
		room = int(announced) + 1 // the end shows in that there is no more
	}
	if err := b.leave(int64(room - cap(b.data))); err != nil {
		return err
	}
	b.data = append(make([]byte, 0, room), b.data...)
	return nil
}

// read takes in a body, inflated if need be, up to the limit, as leave gives
// leave. The limit is on
// what comes out of inflation, so a small answer that inflates to a huge one
// ends there. Errors wrap errBody unless they are the transport's.
func (c *Client) read(resp *http.Response, leave func(bytes int64) error) (*buffer, error) {
	b, _ := buffers.Get().(*buffer)
	b.leave = leave
	err := leave(int64(cap(b.data)))
	if err == nil {
		err = c.readInto(b, resp)
	}
	if err != nil {
		b.release()
		return nil, err
	}
	return b, nil
}

func (c *Client) readInto(b *buffer, resp *http.Response) error {
	body := &noting{r: resp.Body}
	source := io.Reader(body)
	switch coding := resp.Header.Get("Content-Encoding"); {
	case coding == "" || strings.EqualFold(coding, "identity"):
		if resp.ContentLength > c.maxBodyBytes {
			return fmt.Errorf("%w: over %d bytes", errTooLarge, c.maxBodyBytes)
		}
	case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
		inflater, _ := inflaters.Get().(*gzip.Reader)
		defer inflaters.Put(inflater)
		if err := inflater.Reset(body); err != nil {
			return body.blame(err)
		}
		source = inflater
	default:
		return fmt.Errorf("%w: in a coding that was not asked for", errBody)
	}
	switch err := b.readFrom(source, resp.ContentLength, c.maxBodyBytes); {
	case errors.Is(err, errTooLarge), fault.KindOf(err) == fault.Overloaded:
		return err
	case err != nil:
		return body.blame(err)
	case len(b.data) == 0: // never to be taken for the list of a 204, whose hash it has
		return errNoArray
	}
	return nil
}

// noting remembers the transport's error behind an inflater's.
type noting struct {
	r   io.Reader
	err error
}

func (n *noting) Read(p []byte) (int, error) {
	read, err := n.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return read, err
}

// blame returns the transport's error if there was one, and else says that the
// body is to blame: it was cut off, or cannot be inflated. The inflater's own
// words are constant and quote nothing.
func (n *noting) blame(err error) error {
	switch {
	case errors.Is(n.err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: cut off", errBody)
	case n.err != nil:
		return n.err
	}
	return fmt.Errorf("%w: broken gzip: %w", errBody, err)
}

// drain reads what little there may be of an error's body and forgets it.
func drain(body io.Reader, cancel context.CancelFunc) {
	timer := time.AfterFunc(drainFor, cancel)
	defer timer.Stop()
	_, _ = io.CopyN(io.Discard, body, drainBytes) // the status has said it all
}
