package gqlhttp

import (
	"net/http"
	"strconv"
)

// sendCompressed sends the parts of one body, compressed where the client
// likes that and it pays, or where the client takes nothing else.
func (c *call) sendCompressed(status int, parts ...[]byte) error {
	with := c.codingFor(size(parts))
	if with == codingIdentity {
		if err := c.holdAnswer(size(parts)); err != nil {
			return err
		}
		c.send(status, parts...)
		return nil
	}
	compressed := c.t.buffers.get()
	defer c.t.buffers.put(compressed)
	if err := c.t.compressors.compress(compressed, with, parts...); err != nil {
		return err
	}
	clear(parts) // a reader that takes its time holds the compressed bytes alone
	if err := c.holdAnswer(compressed.Len()); err != nil {
		return err
	}
	c.setHeader("Content-Encoding", with.String())
	c.send(status, compressed.Bytes())
	return nil
}

// smallAnswerBytes of an answer are read without leave.
const smallAnswerBytes = 64 << 10

// holdAnswer holds what is sent, while it is read, and nothing else.
func (c *call) holdAnswer(bytes int) error {
	if bytes <= smallAnswerBytes {
		c.memory.Release()
		return nil
	}
	return c.memory.Resize(c.r.Context(), int64(bytes))
}

// codingFor returns the coding of an answer of so many bytes.
func (c *call) codingFor(bytes int) coding {
	if c.codings.plain && bytes < minCompressBytes {
		return codingIdentity
	}
	return c.codings.best
}

// send writes status and body, and is the only place that does.
func (c *call) send(status int, parts ...[]byte) {
	if n := size(parts); n > 0 {
		c.setHeader("Content-Type", c.media.contentType())
		c.setHeader("Content-Length", strconv.Itoa(n))
	}
	c.status = status
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return
	}
	for _, part := range parts {
		if err := c.write(part); err != nil {
			c.status = statusClientGone // nobody reads it: nothing is left to tell anybody
			return
		}
	}
}

func size(parts [][]byte) int {
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	return n
}
