package money_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"paymentlinks/internal/money"
)

func TestSum(t *testing.T) {
	tests := map[string]struct {
		values []string
		want   string
		minor  string
	}{
		"nothing":                {nil, "0.00", "0"},
		"one":                    {[]string{"30"}, "30.00", "3000"},
		"a float would be off":   {[]string{"0.1", "0.2"}, "0.30", "30"},
		"back to zero":           {[]string{"30.5", "-30.5"}, "0.00", "0"},
		"negative":               {[]string{"1", "-31.5"}, "-30.50", "-3050"},
		"many decimals":          {[]string{"0.00001", "0.00001"}, "0.00002", ""},
		"both parts":             {[]string{"30", "0.0000000000000000001"}, "30.0000000000000000001", ""},
		"large cancels":          {[]string{"0.00005", "30", "-0.00005"}, "30.00", "3000"},
		"word overflows":         {[]string{"922337203685477.5807", "0.0001"}, "922337203685477.5808", ""},
		"word underflows":        {[]string{"-922337203685477.5807", "-0.0003"}, "-922337203685477.581", ""},
		"word is full":           {[]string{"922337203685477.5807", "0"}, "922337203685477.5807", ""},
		"wider than a decimal":   {[]string{"9999999999999999999", "9999999999999999999"}, "19999999999999999998.00", "1999999999999999999800"},
		"wider, with decimals":   {[]string{"9999999999999999999", "0.05"}, "9999999999999999999.05", "999999999999999999905"},
		"wider, negative":        {[]string{"-9999999999999999999", "-0.5"}, "-9999999999999999999.50", "-999999999999999999950"},
		"back from wide":         {[]string{"9999999999999999999", "1", "-9999999999999999999"}, "1.00", "100"},
		"all the decimals there": {[]string{"9999999999999999999", "0.9999999999999999999"}, "9999999999999999999.9999999999999999999", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var sum money.Sum
			for _, s := range test.values {
				sum.Add(decimal(t, s))
			}
			got := sum.Amount("MXN")
			if got.Value() != test.want {
				t.Errorf("sum of %v = %s, want %s", test.values, got.Value(), test.want)
			}
			if minor, ok := got.MinorUnits(); minor != test.minor || ok != (test.minor != "") {
				t.Errorf("sum of %v in minor units = %q, %v, want %q", test.values, minor, ok, test.minor)
			}
		})
	}
}

func TestSumFormatsWideAmounts(t *testing.T) {
	var sum money.Sum
	for range 1000 {
		sum.Add(decimal(t, "-9999999999999999999"))
	}
	if got, want := sum.Amount("MXN").Format("es-MX"), "-$9,999,999,999,999,999,999,000.00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSumAgreesWithRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var sum money.Sum
		want := new(big.Rat)
		for range r.IntN(200) {
			s := generate(r)
			d, err := money.ParseDecimal(s)
			if err != nil {
				continue
			}
			sum.Add(d)
			want.Add(want, rational(t, s))
			if got := sum.Amount("").Value(); rational(t, got).Cmp(want) != 0 {
				t.Fatalf("after %s the sum is %s, want %s", s, got, want.RatString())
			}
		}
	}
}

// The order of adding must not matter, not even to the representation.
func TestEqualSumsAreEqualByOperator(t *testing.T) {
	values := []string{"9999999999999999999", "0.00001", "30.5", "-9999999999999999999", "1", "922337203685477.5807"}
	var forward, backward money.Sum
	for i := range values {
		forward.Add(decimal(t, values[i]))
		backward.Add(decimal(t, values[len(values)-1-i]))
	}
	if a, b := forward.Amount("MXN"), backward.Amount("MXN"); a != b {
		t.Errorf("%s and %s differ by ==", a.Value(), b.Value())
	}
}

func TestSumAddDoesNotAllocate(t *testing.T) {
	values := []money.Decimal{decimal(t, "30"), decimal(t, "1234.56"), decimal(t, "-0.01"), decimal(t, "0.0001")}
	var sum money.Sum
	n := testing.AllocsPerRun(1000, func() {
		for _, d := range values {
			sum.Add(d)
		}
	})
	if n != 0 {
		t.Errorf("Add of everyday values: %v allocations", n)
	}
	if got := sum.Amount("MXN").Value(); strings.HasPrefix(got, "-") {
		t.Errorf("the sum is %s", got)
	}
}
