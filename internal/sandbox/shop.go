package sandbox

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// One link of demo-shop to point at: open, in MXN, with a title, available
// rates, extra information and a purchase id; it expires 30 days after the start.
const (
	ShopLinkID    = "6152shop000c0ffee5e1a7ed0b5e55ed0000"
	ShopLinkCode  = "sh000caf"
	ShopLinkURL   = "https://test.pay.billpocket.com/cafeluna/sh000caf"
	ShopLinkTitle = "Café de olla y concha"
)

const (
	shopLinks  = 240
	shopSlug   = "cafeluna"
	shopUserID = "71840"
	testHost   = "https://test.pay.billpocket.com"
	liveHost   = "https://pay.billpocket.com"
	otherHost  = "https://enlaces.example.com"
)

// shopList is the list of demo-shop, newest first: link i was created i times
// 7 hours before start. Its oddities go by i, each at a period of its own, so
// that they meet in all combinations:
//
//   - expiry: of five links one expired long ago, one expires within 24
//     minutes (every 30 seconds one), one within days, two never;
//   - status: 1, 0, codes that nobody knows, none, and 1 as a string;
//   - money: MXN, USD, EUR, JPY or none; whole amounts, decimals, strings,
//     none, unreadable ones and one beyond 19 digits;
//   - keys that are missing, null, or new.
func shopList(start time.Time) []byte {
	var out bytes.Buffer
	out.WriteByte('[')
	for i := range shopLinks {
		appendElement(&out, func(e *element) {
			if i == 0 {
				showpiece(e, start)
				return
			}
			shopLink(e, i, start)
		})
	}
	out.WriteString("]\n")
	return out.Bytes()
}

// showpiece is the link of the ShopLink constants.
func showpiece(e *element, start time.Time) {
	e.raw("user_id", shopUserID)
	e.text("id", ShopLinkID)
	e.raw("available_rates", `[{"months":3,"rate":0.0450},{"months":6,"rate":0.0750}]`)
	e.raw("link_type", "2")
	e.text("custom_link_path", ShopLinkURL)
	e.text("secondary_link", ShopLinkCode)
	e.raw("is_fixed_term", "true")
	e.raw("extra_info", `{"table":"7","notes":["sin az\u00facar","para llevar"],"tip":{"percent":10}}`)
	e.text("purchase_id", "P-2041")
	e.raw("status", "1")
	e.raw("amount", "149.50")
	e.time("created_at", start)
	e.time("updated_at", start)
	e.text("description", ShopLinkTitle+" ("+strings.ToUpper(ShopLinkCode)+")")
	e.text("main_link", shopSlug)
	e.text("currency", "MXN")
	e.time("expired_at", start.AddDate(0, 0, 30))
	e.text("domain", testHost)
}

func shopLink(e *element, i int, start time.Time) {
	host := shopHost(i)
	code := shopCode(i)
	e.raw("user_id", pick(i%29 == 0, `"`+shopUserID+`"`, shopUserID))
	e.text("id", shopID(i))
	e.raw("available_rates", pick(i%13 == 0, `[{"months":12,"rate":0.1190}]`, "[]"))
	e.raw("link_type", [...]string{"2", "2", "2", "1", "null"}[i%5])
	if i%31 != 0 { // else the URL is to be made of its parts
		e.text("custom_link_path", host+"/"+shopSlug+"/"+code)
	}
	if i%37 != 0 { // else the code is the last segment of the URL
		e.text("secondary_link", code)
	}
	e.raw("is_fixed_term", [...]string{"false", "true", "false", "null"}[i%4])
	e.raw("extra_info", pick(i%11 == 0, `{"origin":"WhatsApp","attempt":`+strconv.Itoa(i)+`}`, "null"))
	e.raw("purchase_id", [...]string{"null", strconv.Itoa(90_000 + i), "null", `"P-` + strconv.Itoa(i) + `"`, "null"}[i%5])
	shopStatus(e, i)
	shopMoney(e, i)
	shopTimes(e, i, start)
	shopDescription(e, i, code)
	e.text("main_link", shopSlug)
	e.text("domain", host)
	if i%23 == 0 {
		e.raw("payer_note", `"gracias"`)
		e.raw("channels", `["web","app"]`)
	}
}

func shopID(i int) string { return fmt.Sprintf("6152shop%03d%025x", i, uint64(i)*0x9e3779b97f4a7c15) }

// shopCode returns the code of a link. The last two links share one, and the
// newer of them is the one to be found by it.
func shopCode(i int) string {
	if i == shopLinks-1 {
		i--
	}
	return fmt.Sprintf("sh%03d%c%c%c", i, 'a'+i%26, 'a'+i*7%26, 'a'+i*11%26)
}

// shopHost returns a test host, a live one, or one that does not tell.
func shopHost(i int) string {
	switch i % 7 {
	case 1, 4:
		return liveHost
	case 6:
		return otherHost
	}
	return testHost
}

func shopStatus(e *element, i int) {
	switch i % 9 {
	case 2, 5:
		e.raw("status", "0")
	case 7:
		e.raw("status", [...]string{"2", "9", "null", `"1"`}[i/9%4])
	case 8:
		if i%2 == 0 {
			e.raw("status", "1")
		}
	default:
		e.raw("status", "1")
	}
}

func shopMoney(e *element, i int) {
	currency := [...]string{"MXN", "MXN", "MXN", "USD", "MXN", "EUR", "MXN", "JPY", "mxn", "MXN", "", "MXN"}[i%12]
	if currency != "" {
		e.text("currency", currency)
	} else if i%24 == 10 {
		e.raw("currency", "null")
	}

	whole := strconv.Itoa(20 + i*37%1480)
	switch {
	case currency == "JPY":
		e.raw("amount", whole+"00")
	case i == 100:
		e.raw("amount", "12345678901234567890.12") // beyond 19 digits: to be seen raw alone
	case i%14 == 3:
		e.raw("amount", whole+".90")
	case i%14 == 6:
		e.raw("amount", `"`+whole+`.5"`)
	case i%14 == 9:
		e.raw("amount", "null")
	case i%28 == 12:
		// No amount at all.
	case i%56 == 26:
		e.raw("amount", `"por definir"`)
	case i%56 == 54:
		e.raw("amount", "1.25e3")
	default:
		e.raw("amount", whole)
	}
}

func shopTimes(e *element, i int, start time.Time) {
	created := start.Add(-time.Duration(i) * 7 * time.Hour).UTC()
	switch i % 40 {
	case 16:
		e.text("created_at", created.Format(timeLayout+".000"))
	case 26:
		e.text("created_at", created.Format(time.RFC3339))
	case 36:
		e.text("created_at", created.In(time.FixedZone("", -6*60*60)).Format(time.RFC3339))
	case 38:
		e.raw("created_at", "null")
	default:
		e.time("created_at", created)
	}
	if i%50 != 49 {
		e.time("updated_at", created.Add(time.Duration(i%3)*time.Hour))
	}
	switch i % 5 {
	case 1:
		e.time("expired_at", created.Add(2*time.Hour))
	case 2:
		e.time("expired_at", start.Add(time.Duration(i/5+1)*30*time.Second))
	case 3:
		e.time("expired_at", start.Add(time.Duration(i)*2*time.Hour))
	case 4:
		e.raw("expired_at", "null")
	}
}

func shopDescription(e *element, i int, code string) {
	titles := [...]string{
		"Café de altura, 1 kg", "Pan de muerto", "Desayuno para dos", "Curso de barismo (sábado)", "Prensa francesa",
		"Reservación de mesa", "Jarrón de talavera", "Envío a Mérida", "Gift card", "Suscripción mensual",
		"Té chai \"especial\"", "Niño envuelto & ponche", "Anticipo <boda>", "Cold brew 🧊", "Piñata",
	}
	suffix := " (" + strings.ToUpper(code) + ")"
	switch {
	case i%17 == 5:
		e.text("description", suffix)
	case i%41 == 7:
		e.raw("description", "null")
	case i == 60:
		e.text("description", strings.Repeat("Paquete para eventos con barra de café, pan dulce y servicio. ", 40)+suffix)
	case i%19 == 4:
		e.text("description", "  "+titles[i%len(titles)]+"  ")
	default:
		e.text("description", titles[i%len(titles)]+suffix)
	}
}
