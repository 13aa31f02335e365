package caller_test

import (
	"testing"

	"paymentlinks/internal/caller"
)

func BenchmarkIdentifyHeaders(b *testing.B) {
	callers, err := caller.New(b.Context(), caller.Config{})
	if err != nil {
		b.Fatal(err)
	}
	r := request(b, "BP-User-Token", "t", "X-Api-Key", "k")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := callers.Identify(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentifyToken(b *testing.B) {
	bench := newBench(b, nil)
	r := request(b, "Authorization", "Bearer "+bench.token(nil))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bench.Identify(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
