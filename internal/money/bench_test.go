package money_test

import (
	"testing"

	"paymentlinks/internal/money"
)

func BenchmarkParseDecimal(b *testing.B) {
	for _, s := range []string{"30", "12345.67", "9999999999999999999", "1e400"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = money.ParseDecimal(s)
			}
		})
	}
}

func BenchmarkSumAdd(b *testing.B) {
	for name, s := range map[string]string{"everyday": "1234.56", "large": "0.0000000001"} {
		b.Run(name, func(b *testing.B) {
			d := decimal(b, s)
			var sum money.Sum
			b.ReportAllocs()
			for b.Loop() {
				sum.Add(d)
			}
		})
	}
}

func BenchmarkAmount(b *testing.B) {
	for _, currency := range []string{"MXN", "CHF"} { // in front of the table, and in it
		a := amount(b, "1234.5", currency)
		b.Run("Value/"+currency, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = a.Value()
			}
		})
		b.Run("AppendValue/"+currency, func(b *testing.B) {
			space := make([]byte, 0, 64)
			b.ReportAllocs()
			for b.Loop() {
				_ = a.AppendValue(space)
			}
		})
		b.Run("MinorUnits/"+currency, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = a.MinorUnits()
			}
		})
	}
	a := amount(b, "1234.5", "MXN")
	for _, locale := range []string{"es-MX", "en-ZA", "no such locale"} {
		b.Run("Format/"+locale, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = a.Format(locale)
			}
		})
	}
}
