package qrcode_test

import (
	"strings"
	"testing"

	"paymentlinks/internal/qrcode"
)

func BenchmarkEncode(b *testing.B) {
	for name, text := range map[string]string{"published": published, "2,000 characters": published + strings.Repeat("u", 2000)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var encoder qrcode.Encoder
			for b.Loop() {
				if _, err := encoder.Encode(text, qrcode.Medium); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
