package money_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"paymentlinks/internal/money"
)

// amount builds an amount from text that the test knows to be good.
func amount(t testing.TB, value, currency string) money.Amount {
	t.Helper()
	return money.NewAmount(decimal(t, value), money.Currency(currency))
}

func TestFormat(t *testing.T) {
	tests := map[string]struct {
		value, currency, locale, want string
	}{
		"at home":                         {"30", "MXN", "es-MX", "$30.00"},
		"negative":                        {"-30", "MXN", "es-MX", "-$30.00"},
		"foreign by code":                 {"30", "USD", "es-MX", "USD 30.00"},
		"foreign by symbol":               {"30", "MXN", "en-US", "MX$30.00"},
		"symbol behind":                   {"1234567.5", "EUR", "de", "1.234.567,50 €"},
		"no group in four Spanish digits": {"1234", "EUR", "es-ES", "1234,00 €"},
		"groups in five":                  {"12345", "EUR", "es-ES", "12.345,00 €"},
		"minus inside":                    {"-5", "CLP", "es-CL", "$-5"},
		"minus inside, code":              {"-5", "MXN", "es-CL", "MXN-5,00"},
		"no decimals":                     {"3000", "JPY", "es-MX", "JPY 3,000"},
		"more decimals than usual":        {"30.125", "MXN", "es-MX", "$30.125"},
		"unknown currency":                {"1234.50", "QQQ", "es-MX", "QQQ 1,234.5"},
		"no currency":                     {"1234.50", "", "es-MX", "1,234.5"},
		"no currency, symbol behind":      {"-1234.50", "", "de", "-1.234,5"},
		"beyond a float":                  {"9007199254740993.01", "MXN", "es-MX", "$9,007,199,254,740,993.01"},
		"smallest":                        {"0.0000000000000000001", "MXN", "es-MX", "$0.0000000000000000001"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := plainSpaces(amount(t, test.value, test.currency).Format(test.locale))
			if got != test.want {
				t.Errorf("%s %s in %s: got %q, want %q", test.value, test.currency, test.locale, got, test.want)
			}
		})
	}
}

func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

func TestFormatFallsBack(t *testing.T) {
	tests := map[string]struct{ locale, like string }{
		"default":                 {"", "es-MX"},
		"letter case":             {"ES-mx", "es-MX"},
		"underscore":              {"es_MX", "es-MX"},
		"Latin America":           {"es-GT", "es-419"},
		"the Commonwealth":        {"en-ZA", "en-001"},
		"language, region unseen": {"ja-MX", "ja"},
		"region of nobody":        {"en-YY", "en"},
		"region of nobody, lower": {"fr-yy", "fr"},
		"variant of nobody":       {"en-US-foobar", "en-US"},
		"script of nobody":        {"es-Abcd-AR", "es-AR"},
		"extension behind it":     {"de-YY-u-nu-arab", "de"},
		"language of nobody":      {"xx-US", "es-MX"},
		"no tag behind a tag":     {"en-zzzzzzzzzz", "es-MX"},
		"Lusophone Africa":        {"pt-AO", "pt-PT"},
		"extension":               {"de-u-nu-arab", "de"},
		"variant":                 {"de-1996", "de"},
		"script":                  {"en-Latn-US", "en-US"},
		"three-letter code":       {"spa", "es"},
		"unknown language":        {"tlh", "es-MX"},
		"known, not to us":        {"zh-Hant-TW", "es-MX"},
		"private use":             {"x-pirate", "es-MX"},
		"root":                    {"und", "es-MX"},
		"garbage":                 {"no such locale!", "es-MX"},
		"half garbage":            {"en-!!", "es-MX"},
		"control characters":      {"en\r\nSet-Cookie: a=b", "es-MX"},
		"markup":                  {"<script>alert(1)</script>", "es-MX"},
		"invalid UTF-8":           {"\xff\xfe", "es-MX"},
		"zero byte":               {"en\x00", "es-MX"},
		"over-long":               {"en-" + strings.Repeat("abcdefgh-", 100_000), "es-MX"},
		"over-long, separators":   {strings.Repeat("-", 1_000_000), "es-MX"},
	}
	value := amount(t, "-1234567.5", "MXN")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, want := value.Format(test.locale), value.Format(test.like)
			if got != want {
				t.Errorf("Format(%.40q) = %q, want %q as in %s", test.locale, got, want, test.like)
			}
		})
	}
}

// The table of locales is short and made by hand; ICU's is long and made by the
// CLDR project. Where we have a row they agree, byte for byte.
func TestFormatAgreesWithICU(t *testing.T) {
	reference, err := os.ReadFile("testdata/icu.tsv")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for line := range strings.Lines(string(reference)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 4 {
			t.Fatalf("icu.tsv: %q has %d fields", line, len(fields))
		}
		locale, currency, value, want := fields[0], fields[1], fields[2], fields[3]
		if got := amount(t, value, currency).Format(locale); got != want {
			t.Errorf("%s %s in %s: got %q, ICU writes %q", value, currency, locale, got, want)
		}
		compared++
	}
	if compared < 1000 {
		t.Errorf("only %d lines compared", compared)
	}
}

func FuzzFormat(f *testing.F) {
	for _, locale := range []string{"es-MX", "", "en-GB", "pt_BR", "zh-Hans", "sl-rozaj-biske-1994", "x-a-b", "\xff", "i-klingon"} {
		f.Add(locale, int64(-123456), "MXN")
	}
	f.Fuzz(func(t *testing.T, locale string, units int64, code string) {
		currency, err := money.ParseCurrency(code)
		if err != nil {
			return
		}
		var sum money.Sum
		sum.Add(decimal(t, strconv.FormatInt(units, 10)+"e-2"))
		text := sum.Amount(currency).Format(locale)
		want := strings.Trim(sum.Amount(currency).Value(), "-")
		if got := digitsOf(text); got != digitsOf(want) {
			t.Errorf("Format(%q) of %s %s = %q loses digits", locale, want, currency, text)
		}
	})
}

// digitsOf keeps the ASCII digits.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
