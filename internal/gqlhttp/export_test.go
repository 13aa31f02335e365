package gqlhttp

import (
	"paymentlinks/internal/fault"
)

// What tests of this package see of its insides.
const (
	MediaJSON        = mediaJSON
	MediaResponse    = mediaResponse
	MaxNesting       = maxNesting
	MaxPooledBytes   = maxPooledBytes
	MinCompressBytes = minCompressBytes
)

type MediaType = mediaType

func StatusOf(kind fault.Kind, media MediaType) int { return statusOf(kind, media) }

func StatusOfNullData(kind fault.Kind, media MediaType) int { return statusOfNullData(kind, media) }

func NegotiateMedia(accept ...string) (MediaType, bool) { return negotiateMedia(accept) }

// NegotiateCodings returns what goes out for a long and for a short answer.
func NegotiateCodings(acceptEncoding ...string) (long, short string, ok bool) {
	c, ok := negotiateCodings(acceptEncoding)
	short = c.best.String()
	if c.plain {
		short = codingIdentity.String()
	}
	return c.best.String(), short, ok
}

func DecodeObject(text string) (map[string]any, error) { return decodeObject(text) }

func DecodeURL(rawQuery string) error {
	_, err := decodeURL(rawQuery)
	return err
}

// PutAndGet gives a buffer that holds n bytes back to the pool and returns the
// size and the capacity of the next one.
func PutAndGet(n int) (size, capacity int) {
	var pool buffers
	buffer := pool.get()
	buffer.Write(make([]byte, n))
	pool.put(buffer)
	next := pool.get()
	return next.Len(), next.Cap()
}
