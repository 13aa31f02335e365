package relay_test

import (
	"testing"

	"paymentlinks/internal/relay"
)

func BenchmarkEncodeCursor(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = relay.EncodeCursor("CREATED_AT_DESC", "1691547528000000000", "64d2f3e8-a1b2-4c3d-9e8f-0123456789ab")
	}
}

func BenchmarkAppendCursor(b *testing.B) {
	space := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		_ = relay.AppendCursor(space, "CREATED_AT_DESC", "1691547528000000000", "64d2f3e8-a1b2-4c3d-9e8f-0123456789ab")
	}
}

func BenchmarkDecodeCursor(b *testing.B) {
	cursor := relay.EncodeCursor("CREATED_AT_DESC", "1691547528000000000", "64d2f3e8-a1b2-4c3d-9e8f-0123456789ab")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := relay.DecodeCursor("CREATED_AT_DESC", cursor); err != nil {
			b.Fatal(err)
		}
	}
}
