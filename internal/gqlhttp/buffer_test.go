package gqlhttp_test

import (
	"testing"

	"paymentlinks/internal/gqlhttp"
)

// Buffers come back empty, and huge ones not at all.
func TestBuffers(t *testing.T) {
	for _, n := range []int{0, 1, gqlhttp.MaxPooledBytes, gqlhttp.MaxPooledBytes + 1, 32 << 20} {
		if size, capacity := gqlhttp.PutAndGet(n); size != 0 || capacity > gqlhttp.MaxPooledBytes {
			t.Errorf("after one of %d bytes: %d of %d, want an empty one of at most %d", n, size, capacity, gqlhttp.MaxPooledBytes)
		}
	}
}
