package sandbox

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

const largeLinks = 10_000

// GenerateList returns a list of n plain payment links, the newest first and
// an hour apart, none newer than start. Equal arguments give equal bytes.
//
// Every id, code, slug and description carries marker, which is to be short
// and of letters and digits, so that a test can tell whose link an answer
// holds. Every fourth link is inactive, every fifth in USD, every third
// expires, half of those before start.
func GenerateList(marker string, n int, start time.Time) []byte {
	var out bytes.Buffer
	out.Grow(512 * n)
	out.WriteByte('[')
	for i := range n {
		appendElement(&out, func(e *element) { generateLink(e, marker, i, start) })
	}
	out.WriteString("]\n")
	return out.Bytes()
}

func generateLink(e *element, marker string, i int, start time.Time) {
	created := start.Add(-time.Duration(i) * time.Hour)
	code := fmt.Sprintf("%s%05d", marker, i)
	slug := marker + "shop"
	const domain = "https://test.pay.billpocket.com"

	e.raw("user_id", "61529")
	e.text("id", fmt.Sprintf("6152%s%024x%05d", marker, uint64(i)*0x9e3779b97f4a7c15, i))
	e.raw("available_rates", "[]")
	e.raw("link_type", "2")
	e.text("custom_link_path", domain+"/"+slug+"/"+code)
	e.text("secondary_link", code)
	e.raw("is_fixed_term", "false")
	e.raw("extra_info", "null")
	e.raw("purchase_id", "null")
	e.raw("status", pick(i%4 == 3, "0", "1"))
	e.raw("amount", strconv.Itoa(10+i*7%5000)+pick(i%10 == 0, ".50", ""))
	e.time("created_at", created)
	e.time("updated_at", created)
	e.text("description", fmt.Sprintf("Order %d of %s (%s)", i, marker, code))
	e.text("main_link", slug)
	e.raw("currency", pick(i%5 == 4, `"USD"`, `"MXN"`))
	switch i % 6 {
	case 2:
		e.time("expired_at", start.Add(-time.Minute))
	case 5:
		e.time("expired_at", start.Add(time.Duration(i)*time.Hour))
	default:
		e.raw("expired_at", "null")
	}
	e.text("domain", domain)
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
