package money

import (
	"errors"

	"golang.org/x/text/language"
)

// defaultLocale is what everything unknown falls back to.
const defaultLocale = "es-MX"

// maxLocaleBytes bounds what is parsed as a language tag; the longest that are
// in use (language, script, region, a variant) are half as long.
const maxLocaleBytes = 64

// style is how a locale writes amounts.
type style struct {
	point     byte   // decimal point
	group     string // between groups of three digits
	groupFrom int    // the number of whole digits from which groups are made
	gap       string // between symbol and number, whatever the symbol
	trailing  bool   // the symbol follows the number
	// signInside puts the minus between a leading symbol and the number.
	signInside bool
	// own are the symbols in which the locale differs from family.
	own    [6]currencySymbol
	family symbolFamily
}

// currencySymbol is a currency's symbol in one locale.
type currencySymbol struct {
	currency Currency
	symbol   string
}

// Locale is how people of one language and region write amounts. The zero value
// is es-MX. It is immutable and safe for concurrent use.
type Locale struct {
	style *style
}

// ParseLocale reads a BCP 47 language tag of any case, as [Amount.Format] does.
// It never fails.
func ParseLocale(tag string) Locale {
	s := styleFor(tag)
	return Locale{style: &s}
}

// styleFor finds the style of a locale, its parents, or the default.
func styleFor(locale string) style {
	if s, ok := styleOf(locale); ok { // the tag as it is usually written, without a parse
		return s
	}
	if len(locale) <= maxLocaleBytes {
		tag, err := language.Parse(locale)
		// A tag with parts that nobody registered (en-YY) comes without them.
		if _, isTag := errors.AsType[language.ValueError](err); isTag || err == nil {
			if s, ok := styleOfParents(tag); ok {
				return s
			}
		}
	}
	s, _ := styleOf(defaultLocale)
	return s
}

// styleOfParents walks up from es-GT over es-419 to es. Variants and
// extensions go first.
func styleOfParents(tag language.Tag) (style, bool) {
	base, script, region := tag.Raw()
	tag, err := language.Compose(base, script, region)
	if err != nil {
		return style{}, false
	}
	for ; !tag.IsRoot(); tag = tag.Parent() {
		if s, ok := styleOf(tag.String()); ok {
			return s, true
		}
	}
	// A script, or a region that CLDR has no data for, may hide the language.
	return styleOf(base.String())
}

// styleOf is the table of locales; false when it has no such row.
func styleOf(locale string) (style, bool) {
	const narrow = "\u202f" // French groups
	switch locale {
	case "es-MX":
		return style{point: '.', group: ",", groupFrom: 4, own: own("MXN", "$")}, true
	case "es-419":
		return style{point: '.', group: ",", groupFrom: 4}, true
	case "es-US":
		return style{point: '.', group: ",", groupFrom: 4, own: own("USD", "$", "JPY", "¥")}, true
	case "es-PR", "es-SV":
		return style{point: '.', group: ",", groupFrom: 4, own: own("USD", "$")}, true
	case "es-PE":
		return style{point: '.', group: ",", groupFrom: 4, own: own("PEN", "S/")}, true
	case "es-AR":
		return style{point: ',', group: ".", groupFrom: 4, gap: noBreakSpace, own: own("ARS", "$", "USD", "US$")}, true
	case "es-CO":
		return style{point: ',', group: ".", groupFrom: 4, gap: noBreakSpace, own: own("COP", "$", "USD", "US$")}, true
	case "es-UY":
		return style{point: ',', group: ".", groupFrom: 4, gap: noBreakSpace, own: own("UYU", "$", "USD", "US$")}, true
	case "es-CL":
		return style{point: ',', group: ".", groupFrom: 4, signInside: true, own: own("CLP", "$", "USD", "US$")}, true
	case "es-EC":
		return style{point: ',', group: ".", groupFrom: 4, signInside: true, own: own("USD", "$")}, true
	case "es", "es-ES":
		return style{point: ',', group: ".", groupFrom: 5, gap: noBreakSpace, trailing: true, own: own("EUR", "€", "USD", "US$")}, true

	case "en", "en-US":
		return style{point: '.', group: ",", groupFrom: 4, own: own("USD", "$", "JPY", "¥"), family: international}, true
	case "en-001", "en-GB":
		return style{point: '.', group: ",", groupFrom: 4, family: international}, true
	case "en-CA":
		return style{point: '.', group: ",", groupFrom: 4, own: own("CAD", "$"), family: international}, true
	case "en-NZ":
		return style{point: '.', group: ",", groupFrom: 4, own: own("NZD", "$"), family: international}, true
	case "en-AU":
		return style{point: '.', group: ",", groupFrom: 4, own: own("AUD", "$")}, true

	case "pt", "pt-BR":
		return style{point: ',', group: ".", groupFrom: 4, gap: noBreakSpace, own: own("AUD", "AU$"), family: international}, true
	case "pt-PT":
		return style{point: ',', group: noBreakSpace, groupFrom: 5, gap: noBreakSpace, trailing: true, own: own("AUD", "AU$"), family: international}, true

	case "fr", "fr-FR":
		return style{point: ',', group: narrow, groupFrom: 4, gap: noBreakSpace, trailing: true, family: french}, true
	case "fr-CA":
		return style{point: ',', group: noBreakSpace, groupFrom: 4, gap: noBreakSpace, trailing: true, family: canadianFrench}, true

	case "de", "de-DE":
		return style{
			point: ',', group: ".", groupFrom: 4, gap: noBreakSpace, trailing: true,
			own: own("USD", "$", "JPY", "¥", "AUD", "AU$"), family: international,
		}, true
	case "it", "it-IT":
		return style{
			point: ',', group: ".", groupFrom: 5, gap: noBreakSpace, trailing: true,
			own: own("EUR", "€", "GBP", "£", "CAD", "CA$", "AUD", "A$", "NZD", "NZ$", "CNY", "CN¥"),
		}, true
	case "ja", "ja-JP":
		return style{point: '.', group: ",", groupFrom: 4, own: own("USD", "$", "JPY", "￥", "CNY", "元"), family: international}, true
	}
	return style{}, false
}

// own pairs currencies with symbols: own("MXN", "$").
func own(pairs ...string) (symbols [6]currencySymbol) {
	for i := 0; i+1 < len(pairs); i += 2 {
		symbols[i/2] = currencySymbol{Currency(pairs[i]), pairs[i+1]}
	}
	return symbols
}
