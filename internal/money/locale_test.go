package money_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"paymentlinks/internal/money"
)

// samples is the table of locales as a person sees it: 1,234,567.50 pesos owed
// back, 12 dollars, 1,234 euros, 5 yen.
func samples() map[string]string {
	return map[string]string{
		"es-MX":  "-$1,234,567.50 | USD 12.00 | EUR 1,234.00 | JPY 5",
		"es-419": "-MXN 1,234,567.50 | USD 12.00 | EUR 1,234.00 | JPY 5",
		"es-US":  "-MXN 1,234,567.50 | $12.00 | EUR 1,234.00 | ¥5",
		"es-PR":  "-MXN 1,234,567.50 | $12.00 | EUR 1,234.00 | JPY 5",
		"es-SV":  "-MXN 1,234,567.50 | $12.00 | EUR 1,234.00 | JPY 5",
		"es-PE":  "-MXN 1,234,567.50 | USD 12.00 | EUR 1,234.00 | JPY 5",
		"es-AR":  "-MXN 1.234.567,50 | US$ 12,00 | EUR 1.234,00 | JPY 5",
		"es-CO":  "-MXN 1.234.567,50 | US$ 12,00 | EUR 1.234,00 | JPY 5",
		"es-UY":  "-MXN 1.234.567,50 | US$ 12,00 | EUR 1.234,00 | JPY 5",
		"es-CL":  "MXN-1.234.567,50 | US$12,00 | EUR 1.234,00 | JPY 5",
		"es-EC":  "MXN-1.234.567,50 | $12,00 | EUR 1.234,00 | JPY 5",
		"es":     "-1.234.567,50 MXN | 12,00 US$ | 1234,00 € | 5 JPY",
		"es-ES":  "-1.234.567,50 MXN | 12,00 US$ | 1234,00 € | 5 JPY",
		"en":     "-MX$1,234,567.50 | $12.00 | €1,234.00 | ¥5",
		"en-US":  "-MX$1,234,567.50 | $12.00 | €1,234.00 | ¥5",
		"en-001": "-MX$1,234,567.50 | US$12.00 | €1,234.00 | JP¥5",
		"en-GB":  "-MX$1,234,567.50 | US$12.00 | €1,234.00 | JP¥5",
		"en-CA":  "-MX$1,234,567.50 | US$12.00 | €1,234.00 | JP¥5",
		"en-NZ":  "-MX$1,234,567.50 | US$12.00 | €1,234.00 | JP¥5",
		"en-AU":  "-MXN 1,234,567.50 | USD 12.00 | EUR 1,234.00 | JPY 5",
		"pt":     "-MX$ 1.234.567,50 | US$ 12,00 | € 1.234,00 | JP¥ 5",
		"pt-BR":  "-MX$ 1.234.567,50 | US$ 12,00 | € 1.234,00 | JP¥ 5",
		"pt-PT":  "-1 234 567,50 MX$ | 12,00 US$ | 1234,00 € | 5 JP¥",
		"fr":     "-1 234 567,50 $MX | 12,00 $US | 1 234,00 € | 5 JPY",
		"fr-FR":  "-1 234 567,50 $MX | 12,00 $US | 1 234,00 € | 5 JPY",
		"fr-CA":  "-1 234 567,50 MXN | 12,00 $ US | 1 234,00 € | 5 ¥",
		"de":     "-1.234.567,50 MX$ | 12,00 $ | 1.234,00 € | 5 ¥",
		"de-DE":  "-1.234.567,50 MX$ | 12,00 $ | 1.234,00 € | 5 ¥",
		"it":     "-1.234.567,50 MXN | 12,00 USD | 1234,00 € | 5 JPY",
		"it-IT":  "-1.234.567,50 MXN | 12,00 USD | 1234,00 € | 5 JPY",
		"ja":     "-MX$1,234,567.50 | $12.00 | €1,234.00 | ￥5",
		"ja-JP":  "-MX$1,234,567.50 | $12.00 | €1,234.00 | ￥5",
	}
}

func TestEveryLocale(t *testing.T) {
	amounts := []money.Amount{
		amount(t, "-1234567.5", "MXN"), amount(t, "12", "USD"), amount(t, "1234", "EUR"), amount(t, "5", "JPY"),
	}
	for locale, want := range samples() {
		var texts []string
		for _, a := range amounts {
			texts = append(texts, plainSpaces(a.Format(locale)))
		}
		if got := strings.Join(texts, " | "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", locale, got, want)
		}
	}
}

// Whoever reads "$12.00" must be able to tell which dollars: within a locale no
// two currencies look alike.
func TestSymbolsAreUnambiguous(t *testing.T) {
	for locale := range samples() {
		seen := map[string]money.Currency{}
		for _, code := range allCodes() {
			text := amount(t, "5", string(code)).Format(locale)
			symbol := strings.TrimFunc(strings.Map(dropDigits, text), func(r rune) bool { return strings.ContainsRune("., \u00a0", r) })
			if other, ok := seen[symbol]; ok {
				t.Errorf("%s: %s and %s are both written %q", locale, other, code, symbol)
			}
			seen[symbol] = code
		}
	}
}

func dropDigits(r rune) rune {
	if '0' <= r && r <= '9' {
		return -1
	}
	return r
}

// allCodes are AAA to ZZZ, so that no symbol goes unseen.
func allCodes() []money.Currency {
	codes := make([]money.Currency, 0, 26*26*26)
	for a := range byte(26) {
		for b := range byte(26) {
			for c := range byte(26) {
				codes = append(codes, money.Currency([]byte{'A' + a, 'A' + b, 'A' + c}))
			}
		}
	}
	return codes
}

// Groups are of three digits but for the first, whatever the width.
func TestGroups(t *testing.T) {
	for width := 1; width <= money.MaxDigits; width++ {
		digits := strings.Repeat("1234567890", 2)[:width]
		for locale, separator := range map[string]string{"es-MX": ",", "de": ".", "fr": "\u202f", "pt-PT": "\u00a0"} {
			text := amount(t, digits, "JPY").Format(locale)
			number := strings.TrimSpace(strings.NewReplacer("JPY", "", "JP¥", "", "¥", "").Replace(text))
			groups := strings.Split(number, separator)
			if strings.Join(groups, "") != digits {
				t.Errorf("%s in %s is %q", digits, locale, text)
			}
			if locale == "pt-PT" && width == 4 { // no group of one digit there
				groups = []string{digits[:1], digits[1:]}
			}
			if want := (width + 2) / 3; len(groups) != want {
				t.Errorf("%s in %s is %q: %d groups, want %d", digits, locale, text, len(groups), want)
			}
			if slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 }) {
				t.Errorf("%s in %s is %q: a group that is not of three", digits, locale, text)
			}
		}
	}
}

// Formatting shares nothing that is written; -race watches.
func TestFormatIsSafeForConcurrentUse(t *testing.T) {
	a := amount(t, "1234.5", "MXN")
	var wg sync.WaitGroup
	for locale, want := range map[string]string{"es-MX": "$1,234.50", "en-ZA": "MX$1,234.50", "??": "$1,234.50"} {
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if got := a.Format(locale); got != want {
						t.Errorf("in %s: got %q, want %q", locale, got, want)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}
