package money_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"paymentlinks/internal/money"
)

func TestAmount(t *testing.T) {
	tests := map[string]struct {
		value, currency string
		want            string
		minor           string // "" is none
	}{
		"whole":                         {"30", "MXN", "30.00", "3000"},
		"one decimal":                   {"30.5", "MXN", "30.50", "3050"},
		"zeros":                         {"30.5000", "MXN", "30.50", "3050"},
		"more decimals, not zeros":      {"30.125", "MXN", "30.125", ""},
		"more decimals, zeros behind":   {"30.1250", "MXN", "30.125", ""},
		"no minor unit":                 {"30", "JPY", "30", "30"},
		"no minor unit, zeros":          {"30.00", "JPY", "30", "30"},
		"no minor unit, yet decimals":   {"30.5", "JPY", "30.5", ""},
		"three":                         {"30.5", "KWD", "30.500", "30500"},
		"four":                          {"30.5", "CLF", "30.5000", "305000"},
		"centavos that nobody writes":   {"30", "COP", "30.00", "3000"},
		"unknown currency":              {"30.50", "QQQ", "30.5", ""},
		"unknown currency, whole":       {"30.00", "QQQ", "30", ""},
		"gold":                          {"30.50", "XAU", "30.5", ""},
		"no currency":                   {"30.50", "", "30.5", ""},
		"negative":                      {"-30.5", "MXN", "-30.50", "-3050"},
		"zero":                          {"0", "MXN", "0.00", "0"},
		"negative zero":                 {"-0.00", "MXN", "0.00", "0"},
		"less than one":                 {"0.05", "MXN", "0.05", "5"},
		"less than one, negative":       {"-0.05", "MXN", "-0.05", "-5"},
		"less than the unit":            {"0.005", "MXN", "0.005", ""},
		"largest":                       {"9999999999999999999", "MXN", "9999999999999999999.00", "999999999999999999900"},
		"all digits behind the point":   {"0.9999999999999999999", "MXN", "0.9999999999999999999", ""},
		"a float would say 0.300000004": {"0.3", "USD", "0.30", "30"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := amount(t, test.value, test.currency)
			if got := a.Value(); got != test.want {
				t.Errorf("Value() of %s %s = %q, want %q", test.value, test.currency, got, test.want)
			}
			if got := string(a.AppendValue([]byte("x."))); got != "x."+test.want {
				t.Errorf("AppendValue of %s %s = %q, want %q behind x.", test.value, test.currency, got, test.want)
			}
			minor, ok := a.MinorUnits()
			if minor != test.minor || ok != (test.minor != "") {
				t.Errorf("MinorUnits() of %s %s = %q, %v, want %q", test.value, test.currency, minor, ok, test.minor)
			}
			if got := a.Currency(); string(got) != test.currency {
				t.Errorf("Currency() = %q, want %q", got, test.currency)
			}
		})
	}
}

func TestAmountZeroValue(t *testing.T) {
	var a money.Amount
	if _, ok := a.MinorUnits(); ok || a.Value() != "0" || a.Currency() != "" || a.Format("es-MX") != "0" {
		t.Errorf("the zero value is %q in %q, %q for people", a.Value(), a.Currency(), a.Format("es-MX"))
	}
	if a == money.NewAmount(money.Decimal{}, "MXN") {
		t.Error("0 of no currency equals 0 pesos")
	}
	if money.NewAmount(decimal(t, "30.5"), "MXN") != money.NewAmount(decimal(t, "30.50"), "MXN") {
		t.Error("equal amounts differ by ==")
	}
}

func TestAmountTextDoesNotAllocate(t *testing.T) {
	a, space := amount(t, "-1234.5", "MXN"), make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() { space = a.AppendValue(space[:0]) }); n != 0 {
		t.Errorf("AppendValue: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = a.Format("es-MX") }); n > 1 {
		t.Errorf("Format: %v allocations, want the text alone", n)
	}
}

func TestAmountKeepsTheNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	currencies := []string{"MXN", "JPY", "KWD", "CLF", "QQQ", ""}
	for range 5_000 {
		s := generate(r)
		d, err := money.ParseDecimal(s)
		if err != nil {
			continue
		}
		currency := money.Currency(currencies[r.IntN(len(currencies))])
		a := money.NewAmount(d, currency)
		if rational(t, a.Value()).Cmp(rational(t, s)) != 0 {
			t.Errorf("%s %s: Value() = %q, another number", s, currency, a.Value())
		}
		digits, known := currency.Digits()
		minor, ok := a.MinorUnits()
		scaled := rational(t, s)
		scaled.Mul(scaled, rational(t, "1"+strings.Repeat("0", digits)))
		if want := known && scaled.IsInt(); ok != want {
			t.Errorf("%s %s: MinorUnits() ok = %v, want %v", s, currency, ok, want)
		}
		if ok && minor != scaled.RatString() {
			t.Errorf("%s %s: MinorUnits() = %s, want %s", s, currency, minor, scaled.RatString())
		}
	}
}

func TestParseCurrency(t *testing.T) {
	tests := map[string]struct {
		in, want string
		valid    bool
	}{
		"usual":         {"MXN", "MXN", true},
		"lower case":    {"mxn", "MXN", true},
		"mixed":         {"mXn", "MXN", true},
		"not in ISO":    {"qqq", "QQQ", true},
		"empty":         {"", "", false},
		"short":         {"MX", "", false},
		"long":          {"MXNX", "", false},
		"space":         {"MXN ", "", false},
		"digits":        {"484", "", false},
		"symbol":        {"MX$", "", false},
		"not ASCII":     {"MXÑ", "", false},
		"three runes":   {"ÑÑÑ", "", false},
		"one rune":      {"€", "", false}, // three bytes
		"long s":        {"uſd", "", false},
		"zero bytes":    {"\x00\x00\x00", "", false},
		"just below A":  {"@@@", "", false},
		"just beyond Z": {"[[[", "", false},
		"just beyond z": {"{{{", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := money.ParseCurrency(test.in)
			if string(got) != test.want || (err == nil) != test.valid {
				t.Errorf("ParseCurrency(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
			if err != nil && !errors.Is(err, money.ErrSyntax) {
				t.Errorf("ParseCurrency(%q): error %v, want ErrSyntax", test.in, err)
			}
		})
	}
}

// The active codes of ISO 4217 with their minor units, as published with
// amendment 177.
func TestDigitsAreThoseOfISO4217(t *testing.T) {
	lists := map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
			CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
			HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
			MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
			SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD
			XCG YER ZAR ZMW ZWG`,
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	}
	for want, list := range lists {
		for code := range strings.FieldsSeq(list) {
			if got, ok := money.Currency(code).Digits(); got != want || !ok {
				t.Errorf("%s has %d decimals (known: %v), want %d", code, got, ok, want)
			}
		}
	}
	for code := range strings.FieldsSeq("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX QQQ ZZZ") {
		if got, ok := money.Currency(code).Digits(); ok {
			t.Errorf("%s has %d decimals, want none known", code, got)
		}
	}
	if _, ok := money.Currency("").Digits(); ok {
		t.Error("no currency has decimals")
	}
}

func TestRetiredCurrenciesAreKnown(t *testing.T) {
	for code, want := range map[money.Currency]int{"DEM": 2, "ITL": 0, "VEF": 2} {
		if got, ok := code.Digits(); got != want || !ok {
			t.Errorf("%s has %d decimals (known: %v), want %d", code, got, ok, want)
		}
	}
}
