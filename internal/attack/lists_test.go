//go:build linux

package attack_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// link is one element of upstream's list.
type link map[string]any

// list returns upstream's list of n links, each changed as the attack needs it.
func list(n int, change func(i int, l link)) []byte {
	links := make([]link, n)
	for i := range links {
		links[i] = link{
			"id": fmt.Sprint("i", i), "custom_link_path": fmt.Sprint("https://pay.billpocket.com/s/c", i), "secondary_link": fmt.Sprint("c", i),
			"description": "x", "amount": 30, "currency": "MXN", "status": 1,
		}
		if change != nil {
			change(i, links[i])
		}
	}
	return []byte(quoted(links))
}

// plain is a list of 10,000 links that hold nothing odd.
func plain() []byte { return list(10_000, nil) }

// wordy has titles of 500 bytes.
func wordy() []byte {
	return list(10_000, func(_ int, l link) { l["description"] = strings.Repeat("ñ", 250) })
}

// ligatures has text that unfolds to 18 times its length when it is searched.
func ligatures() []byte {
	return list(10_000, func(_ int, l link) { l["description"] = strings.Repeat("\ufdfa", 100) })
}

// longURLs has URLs that fill the largest QR code.
func longURLs() []byte {
	return list(300, func(i int, l link) {
		l["custom_link_path"] = fmt.Sprint("https://pay.billpocket.com/s/", strings.Repeat("u", 2850), i)
	})
}

// brackets has titles that look like the code that upstream appends, again and again.
func brackets() []byte {
	return list(50, func(_ int, l link) {
		l["secondary_link"], l["description"] = strings.Repeat("(", 2900), strings.Repeat(" (", 2900)
	})
}

// allCurrencies has a link in each of 17,576 currencies.
func allCurrencies() []byte { return currencies(26 * 26 * 26) }

// currencies has a link in each of n currencies.
func currencies(n int) []byte {
	return list(n, func(i int, l link) {
		l["currency"] = string([]byte{byte('A' + i/676%26), byte('A' + i/26%26), byte('A' + i%26)})
	})
}

// quoted is a value as JSON.
func quoted(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // values are plain
	}
	return string(text)
}

// aliases asks for a field n times.
func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: %s ", i, field)
	}
	return b.String()
}
