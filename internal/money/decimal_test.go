package money_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"paymentlinks/internal/money"
)

// decimal parses text that the test knows to be good.
func decimal(t testing.TB, s string) money.Decimal {
	t.Helper()
	d, err := money.ParseDecimal(s)
	if err != nil {
		t.Fatalf("ParseDecimal(%q): %v", s, err)
	}
	return d
}

func TestParseDecimal(t *testing.T) {
	tests := map[string]struct {
		in   string
		want string
		err  error
	}{
		"whole":                       {"30", "30", nil},
		"decimals":                    {"30.25", "30.25", nil},
		"zeros at the end":            {"30.5000", "30.5", nil},
		"only zeros behind the point": {"30.00", "30", nil},
		"more zeros than digits":      {"30.5" + strings.Repeat("0", 500), "30.5", nil},
		"zeros of a whole number":     {"3000", "3000", nil},
		"negative":                    {"-1", "-1", nil},
		"zero":                        {"0", "0", nil},
		"negative zero":               {"-0.00", "0", nil},
		"zero with an exponent":       {"0e999999999999999999999", "0", nil},
		"exponent":                    {"1e3", "1000", nil},
		"exponent with plus":          {"1.5E+2", "150", nil},
		"negative exponent":           {"125e-2", "1.25", nil},
		"exponent back to a decimal":  {"0.0001e4", "1", nil},
		"largest":                     {"9999999999999999999", "9999999999999999999", nil},
		"beyond an int64":             {"-9223372036854775809", "-9223372036854775809", nil},
		"beyond an int64, decimals":   {"92233720368.54775809", "92233720368.54775809", nil},
		"nineteen decimals":           {"0.9999999999999999999", "0.9999999999999999999", nil},
		"smallest":                    {"1e-19", "0.0000000000000000001", nil},
		"largest by exponent":         {"1e18", "1000000000000000000", nil},

		"twenty digits":             {"10000000000000000000", "", money.ErrTooLong},
		"twenty digits, decimals":   {"1.0000000000000000001", "", money.ErrTooLong},
		"the library would round":   {"0.12345678901234567891", "", money.ErrTooLong},
		"too small":                 {"1e-20", "", money.ErrTooLong},
		"too large by exponent":     {"1e19", "", money.ErrTooLong},
		"beyond a float":            {"1e400", "", money.ErrTooLong},
		"below a float":             {"1e-400", "", money.ErrTooLong},
		"exponent of 2^64+1":        {"1e18446744073709551617", "", money.ErrTooLong},
		"exponent of -2^64-1":       {"1e-18446744073709551617", "", money.ErrTooLong},
		"exponent beyond an int":    {"1e99999999999999999999999", "", money.ErrTooLong},
		"exponent below an int":     {"-1e-99999999999999999999999", "", money.ErrTooLong},
		"decimals against exponent": {"0." + strings.Repeat("0", 1<<20) + "1e99999999999", "", money.ErrTooLong},

		"empty":                 {"", "", money.ErrSyntax},
		"only a sign":           {"-", "", money.ErrSyntax},
		"plus":                  {"+1", "", money.ErrSyntax},
		"two signs":             {"--1", "", money.ErrSyntax},
		"no whole part":         {".5", "", money.ErrSyntax},
		"no decimals":           {"5.", "", money.ErrSyntax},
		"leading zero":          {"05", "", money.ErrSyntax},
		"two points":            {"1.2.3", "", money.ErrSyntax},
		"groups":                {"1,000.00", "", money.ErrSyntax},
		"decimal comma":         {"30,50", "", money.ErrSyntax},
		"space before":          {" 30", "", money.ErrSyntax},
		"space after":           {"30 ", "", money.ErrSyntax},
		"exponent empty":        {"1e", "", money.ErrSyntax},
		"exponent only sign":    {"1e+", "", money.ErrSyntax},
		"exponent with point":   {"1e1.5", "", money.ErrSyntax},
		"exponent, then letter": {"1e99999999999999999999x", "", money.ErrSyntax},
		"not a number":          {"NaN", "", money.ErrSyntax},
		"infinity":              {"Infinity", "", money.ErrSyntax},
		"hexadecimal":           {"0x1F", "", money.ErrSyntax},
		"underscore":            {"1_000", "", money.ErrSyntax},
		"currency sign":         {"$30", "", money.ErrSyntax},
		"other digits":          {"٣٠", "", money.ErrSyntax},
		"full width":            {"３０", "", money.ErrSyntax},
		"zero byte":             {"30\x00", "", money.ErrSyntax},
		"long, then wrong":      {strings.Repeat("9", 100) + "x", "", money.ErrSyntax},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := money.ParseDecimal(test.in)
			if !errors.Is(err, test.err) {
				t.Fatalf("ParseDecimal(%.60q): error %v, want %v", test.in, err, test.err)
			}
			if got := d.String(); err == nil && got != test.want {
				t.Errorf("ParseDecimal(%.60q) = %s, want %s", test.in, got, test.want)
			}
		})
	}
}

func TestDecimalZeroValue(t *testing.T) {
	var d money.Decimal
	if d.String() != "0" || !d.IsZero() || d.Sign() != 0 || d != decimal(t, "-0.0") {
		t.Errorf("the zero value is %s, sign %d", d, d.Sign())
	}
}

func TestEqualDecimalsAreEqualByOperator(t *testing.T) {
	for _, same := range [][]string{
		{"30", "30.0", "30.00", "3e1", "300e-1", "0.03e3"},
		{"-1.5", "-1.50", "-15e-1"},
		{"9223372036854775808", "9223372036854775808.0", "9223372036854775808e0"},
	} {
		for _, s := range same {
			if decimal(t, s) != decimal(t, same[0]) {
				t.Errorf("%s and %s differ by ==", s, same[0])
			}
		}
	}
}

// generate writes a random number whose digits, decimals, sign, exponent and
// zeros vary; it may have more digits than a Decimal can hold.
func generate(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	if r.IntN(4) == 0 {
		b.WriteByte('0')
	} else {
		b.WriteByte(byte('1' + r.IntN(9)))
		for range r.IntN(12) {
			b.WriteByte("0000123456789"[r.IntN(13)])
		}
	}
	if r.IntN(2) == 0 {
		b.WriteByte('.')
		for range 1 + r.IntN(10) {
			b.WriteByte("0000123456789"[r.IntN(13)])
		}
	}
	if r.IntN(3) == 0 {
		b.WriteString("e" + strconv.Itoa(r.IntN(21)-10))
	}
	return b.String()
}

// rational reads what ParseDecimal reads, by another road.
func rational(t testing.TB, s string) *big.Rat {
	t.Helper()
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("big.Rat does not read %q", s)
	}
	return n
}

func TestDecimalAgreesWithRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	held := 0
	for range 20_000 {
		a, b := generate(r), generate(r)
		da, errA := money.ParseDecimal(a)
		db, errB := money.ParseDecimal(b)
		checkDecimal(t, a, da, errA)
		if errA != nil || errB != nil {
			continue
		}
		held++
		if got, want := da.Cmp(db), rational(t, a).Cmp(rational(t, b)); got != want {
			t.Errorf("%s Cmp %s = %d, want %d", a, b, got, want)
		}
		if (da == db) != (da.Cmp(db) == 0) {
			t.Errorf("%s and %s: == and Cmp disagree", a, b)
		}
	}
	if held < 10_000 {
		t.Errorf("only %d of 20,000 pairs were compared", held)
	}
}

// Sorting by Cmp is sorting by value: a total order, to which trailing zeros and
// exponents make no difference.
func TestCmpOrders(t *testing.T) {
	ascending := []string{
		"-9999999999999999999", "-9223372036854775809", "-1e3", "-30.5", "-30.499", "-0.0000000000000000001", "0",
		"1e-19", "0.05", "0.5", "1", "9.99", "10", "30.4999999999", "30.5", "1e3", "9223372036854775807",
		"9223372036854775808", "9999999999999999999",
	}
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := decimal(t, a).Cmp(decimal(t, b)), cmp.Compare(i, j); got != want {
				t.Errorf("%s Cmp %s = %d, want %d", a, b, got, want)
			}
		}
	}
}

// checkDecimal states what ParseDecimal promises about a valid JSON number.
func checkDecimal(t *testing.T, s string, d money.Decimal, err error) {
	t.Helper()
	exact := rational(t, s)
	if err != nil {
		if !errors.Is(err, money.ErrTooLong) || fits(exact) {
			t.Errorf("ParseDecimal(%q): %v", s, err)
		}
		return
	}
	if rational(t, d.String()).Cmp(exact) != 0 {
		t.Errorf("ParseDecimal(%q) = %s, which is another number", s, d)
	}
	if got, want := d.Sign(), exact.Sign(); got != want || d.IsZero() != (want == 0) {
		t.Errorf("ParseDecimal(%q): sign %d, want %d", s, got, want)
	}
	if again, err := money.ParseDecimal(d.String()); err != nil || again != d {
		t.Errorf("ParseDecimal(%q) = %s does not read back: %s, %v", s, d, again, err)
	}
}

// fits reports whether n × 10^k is a whole number of at most 19 digits for some k of 0 to 19.
func fits(n *big.Rat) bool {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(money.MaxDigits), nil)
	scaled, ten := new(big.Rat).Set(n), big.NewRat(10, 1)
	for range money.MaxDigits + 1 {
		if scaled.IsInt() {
			return scaled.Num().CmpAbs(limit) < 0
		}
		scaled.Mul(scaled, ten)
	}
	return false
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{
		"30", "30.50", "-1", "1e3", "0", "-0.0", "1e400", "1e-400", "9999999999999999999", "10000000000000000000",
		"0.9999999999999999999", "05", ".5", "5.", "1e", "NaN", "30,5", "9223372036854775808", "1e18", "0.00001e-14",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := money.ParseDecimal(s)
		isNumber := json.Valid([]byte(s)) && strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("+-.eE0123456789", r) }) < 0
		if isNumber == errors.Is(err, money.ErrSyntax) {
			t.Fatalf("ParseDecimal(%q): error %v, but encoding/json says number = %v", s, err, isNumber)
		}
		if !isNumber || hugeExponent(s) {
			return
		}
		checkDecimal(t, s, d, err)
	})
}

// hugeExponent keeps big.Rat, which would build the power, from running for ever.
func hugeExponent(s string) bool {
	_, exponent, found := strings.Cut(strings.ToLower(s), "e")
	if !found {
		return false
	}
	n, err := strconv.Atoi(exponent)
	return err != nil || n > 1000 || n < -1000
}

func TestParseDecimalDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"30", "1234.56", "-0.01", "1e400", "not a number"} {
		if n := testing.AllocsPerRun(100, func() { _, _ = money.ParseDecimal(s) }); n != 0 {
			t.Errorf("ParseDecimal(%q): %v allocations", s, n)
		}
	}
}
