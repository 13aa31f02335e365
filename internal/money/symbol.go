package money

// symbolFamily names a set of currency symbols that several locales share.
type symbolFamily uint8

const (
	codesOnly      symbolFamily = iota // ISO codes: what Spanish does with all foreign currencies
	international                      // MX$, US$, €: what English, Portuguese, German and Japanese share
	french                             // $MX, $US, €
	canadianFrench                     // $ US, €
)

// symbol returns what the locale writes for a currency: a symbol or its code.
func (s *style) symbol(c Currency) string {
	for _, own := range s.own {
		if own.currency == c {
			return own.symbol
		}
	}
	symbol := ""
	switch s.family {
	case codesOnly:
	case international:
		symbol = internationalSymbol(c)
	case french:
		symbol = frenchSymbol(c)
	case canadianFrench:
		symbol = canadianFrenchSymbol(c)
	}
	if symbol == "" {
		return string(c)
	}
	return symbol
}

func internationalSymbol(c Currency) string {
	switch c {
	case "MXN":
		return "MX$"
	case "USD":
		return "US$"
	case "EUR":
		return "€"
	case "GBP":
		return "£"
	case "JPY":
		return "JP¥"
	case "CAD":
		return "CA$"
	case "AUD":
		return "A$"
	case "NZD":
		return "NZ$"
	case "BRL":
		return "R$"
	case "CNY":
		return "CN¥"
	case "INR":
		return "₹"
	case "KRW":
		return "₩"
	}
	return ""
}

func frenchSymbol(c Currency) string {
	switch c {
	case "MXN":
		return "$MX"
	case "USD":
		return "$US"
	case "EUR":
		return "€"
	case "GBP":
		return "£GB"
	case "CAD":
		return "$CA"
	case "AUD":
		return "$AU"
	case "NZD":
		return "$NZ"
	case "BRL":
		return "R$"
	case "ARS":
		return "$AR"
	case "CLP":
		return "$CL"
	case "COP":
		return "$CO"
	case "UYU":
		return "$UY"
	case "INR":
		return "₹"
	case "KRW":
		return "₩"
	}
	return ""
}

func canadianFrenchSymbol(c Currency) string {
	switch c {
	case "CAD":
		return "$"
	case "USD":
		return "$" + noBreakSpace + "US"
	case "EUR":
		return "€"
	case "GBP":
		return "£"
	case "JPY":
		return "¥"
	case "AUD":
		return "$" + noBreakSpace + "AU"
	case "NZD":
		return "$" + noBreakSpace + "NZ"
	case "BRL":
		return "R$"
	case "CNY":
		return "CN¥"
	}
	return ""
}
