package money_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"paymentlinks/internal/money"
)

func TestDividedBy(t *testing.T) {
	tests := map[string]struct {
		values   []string
		currency money.Currency
		n        int
		want     string
	}{
		"nothing":              {nil, "MXN", 1, "0.00"},
		"even":                 {[]string{"30"}, "MXN", 4, "7.50"},
		"a third":              {[]string{"10"}, "MXN", 3, "3.33"},
		"two thirds":           {[]string{"20"}, "MXN", 3, "6.67"},
		"half goes up":         {[]string{"0.01"}, "MXN", 2, "0.01"},
		"half goes down below": {[]string{"-0.01"}, "MXN", 2, "-0.01"},
		"less than half":       {[]string{"-0.01"}, "MXN", 3, "0.00"},
		"no decimals":          {[]string{"5"}, "JPY", 2, "3"},
		"three decimals":       {[]string{"1"}, "KWD", 3, "0.333"},
		"unknown decimals":     {[]string{"1"}, "XAU", 3, "0.33"},
		"finer than its unit":  {[]string{"0.125"}, "MXN", 1, "0.13"},
		"wide":                 {[]string{"9999999999999999999", "9999999999999999999"}, "MXN", 3, "6666666666666666666.00"},
		"wide, and wide still": {[]string{"9999999999999999999", "9999999999999999999", "1"}, "MXN", 2, "9999999999999999999.50"},
		"a wide whole number":  {[]string{"9999999999999999999", "9999999999999999991"}, "JPY", 1, "19999999999999999990"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var sum money.Sum
			for _, s := range test.values {
				sum.Add(decimal(t, s))
			}
			got := sum.Amount(test.currency).DividedBy(test.n)
			if got.Value() != test.want || got.Currency() != test.currency {
				t.Errorf("%v / %d = %s %s, want %s", test.values, test.n, got.Value(), got.Currency(), test.want)
			}
		})
	}
}

// Rationals have a rounding of their own, half away from zero.
func TestDividedByEqualsRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2_000 {
		units, decimals, n := r.Int64N(1_000_000)-500_000, r.IntN(6), 1+r.IntN(50)
		value := new(big.Rat).SetFrac(big.NewInt(units), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
		text := value.FloatString(decimals)
		want := new(big.Rat).Quo(value, new(big.Rat).SetInt64(int64(n))).FloatString(2)
		if strings.Trim(want, "-0.") == "" {
			want = "0.00"
		}
		if got := money.NewAmount(decimal(t, text), "MXN").DividedBy(n).Value(); got != want {
			t.Fatalf("%s / %d = %s, want %s", text, n, got, want)
		}
	}
}
