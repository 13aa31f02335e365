package gqlhttp

import (
	"bytes"
	"sync"
)

// maxPooledBytes is the largest buffer that is kept: a rare huge request or
// answer must not hold its memory for ever.
const maxPooledBytes = 1 << 20

// buffers lends out byte buffers. Its zero value is ready; it is safe for
// concurrent use.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *bytes.Buffer {
	if buffer, ok := b.pool.Get().(*bytes.Buffer); ok {
		return buffer
	}
	return new(bytes.Buffer)
}

// put takes a buffer back; whoever put it must not touch it any more.
func (b *buffers) put(buffer *bytes.Buffer) {
	if buffer.Cap() > maxPooledBytes {
		return
	}
	buffer.Reset()
	b.pool.Put(buffer)
}
