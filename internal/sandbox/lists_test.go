package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/sandbox"
)

type link map[string]json.RawMessage

// text returns a key's JSON text; "" when the key is missing.
func (l link) text(key string) string { return string(l[key]) }

func (l link) str(key string) string {
	var s string
	_ = json.Unmarshal(l[key], &s)
	return s
}

func parseLinks(t *testing.T, body []byte) []link {
	t.Helper()
	var links []link
	if err := json.Unmarshal(body, &links); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	return links
}

func TestShop(t *testing.T) {
	_, server := newServer(t)
	body := mustAsk(t, server.URL+"/v1/custom-link", sandbox.ShopToken).body
	links := parseLinks(t, body)
	if len(links) != 240 {
		t.Fatalf("%d links, want 240", len(links))
	}

	ids := map[string]bool{}
	for i, l := range links {
		id := l.str("id")
		if len(id) != 36 || ids[id] {
			t.Errorf("link %d: id %q is not 36 characters or there twice", i, id)
		}
		ids[id] = true
		if l.str("custom_link_path") == "" && (l.str("domain") == "" || l.str("main_link") == "" || l.str("secondary_link") == "") {
			t.Errorf("link %d has no URL: %v", i, l)
		}
	}

	// Every kind must be there; the counts are free, except where one is promised.
	kinds := map[string]func(l link) bool{
		"status 1":          func(l link) bool { return l.text("status") == "1" },
		"status 0":          func(l link) bool { return l.text("status") == "0" },
		"status unknown":    func(l link) bool { return l.text("status") == "2" },
		"status null":       func(l link) bool { return l.text("status") == "null" },
		"status string":     func(l link) bool { return l.text("status") == `"1"` },
		"status missing":    func(l link) bool { return l.text("status") == "" },
		"MXN":               func(l link) bool { return l.str("currency") == "MXN" },
		"USD":               func(l link) bool { return l.str("currency") == "USD" },
		"EUR":               func(l link) bool { return l.str("currency") == "EUR" },
		"JPY":               func(l link) bool { return l.str("currency") == "JPY" },
		"lower case":        func(l link) bool { return l.str("currency") == "mxn" },
		"currency null":     func(l link) bool { return l.text("currency") == "null" },
		"currency missing":  func(l link) bool { return l.text("currency") == "" },
		"amount decimals":   func(l link) bool { return strings.HasSuffix(l.text("amount"), ".90") },
		"amount string":     func(l link) bool { return strings.HasSuffix(l.text("amount"), `.5"`) },
		"amount null":       func(l link) bool { return l.text("amount") == "null" },
		"amount missing":    func(l link) bool { return l.text("amount") == "" },
		"amount unreadable": func(l link) bool { return l.str("amount") == "por definir" },
		"amount too long":   func(l link) bool { return len(l.text("amount")) > 20 },
		"accents":           func(l link) bool { return strings.Contains(l.str("description"), "í") },
		"only the code":     func(l link) bool { return strings.HasPrefix(l.str("description"), " (") },
		"no description":    func(l link) bool { return l.text("description") == "null" },
		"long description":  func(l link) bool { return len(l.str("description")) > 2000 },
		"test host":         func(l link) bool { return l.str("domain") == "https://test.pay.billpocket.com" },
		"live host":         func(l link) bool { return l.str("domain") == "https://pay.billpocket.com" },
		"other host":        func(l link) bool { return l.str("domain") == "https://enlaces.example.com" },
		"no path":           func(l link) bool { return l.text("custom_link_path") == "" },
		"no code":           func(l link) bool { return l.text("secondary_link") == "" },
		"rates":             func(l link) bool { return len(l.text("available_rates")) > 2 },
		"extra information": func(l link) bool { return strings.HasPrefix(l.text("extra_info"), "{") },
		"purchase string":   func(l link) bool { return l.str("purchase_id") != "" },
		"purchase number":   func(l link) bool { return l.text("purchase_id") > "1" && l.text("purchase_id") < ":" },
		"user id string":    func(l link) bool { return l.str("user_id") == "71840" },
		"new key":           func(l link) bool { return l.text("channels") != "" },
		"time fraction":     func(l link) bool { return strings.HasSuffix(l.str("created_at"), ".000") },
		"time zone":         func(l link) bool { return strings.HasSuffix(l.str("created_at"), "-06:00") },
	}
	for name, is := range kinds {
		n := 0
		for _, l := range links {
			if is(l) {
				n++
			}
		}
		if n == 0 {
			t.Errorf("no link with %s", name)
		}
	}
}

func TestShopExpiresWhileOneWatches(t *testing.T) {
	_, server := newServer(t)
	links := parseLinks(t, mustAsk(t, server.URL+"/v1/custom-link", sandbox.ShopToken).body)
	var past, soon, later, never int
	for i, l := range links {
		if l.str("expired_at") == "" {
			never++
			continue
		}
		at, err := time.Parse("2006-01-02T15:04:05", l.str("expired_at"))
		switch left := at.Sub(start()); {
		case err != nil:
			t.Errorf("link %d: %v", i, err)
		case left <= 0:
			past++
		case left <= 30*time.Minute:
			soon++
		default:
			later++
		}
	}
	if past < 20 || soon < 40 || later < 20 || never < 20 {
		t.Errorf("%d expired, %d soon, %d later, %d never", past, soon, later, never)
	}
}

func TestShowpiece(t *testing.T) {
	_, server := newServer(t)
	l := parseLinks(t, mustAsk(t, server.URL+"/v1/custom-link", sandbox.ShopToken).body)[0]
	want := map[string]string{
		"id": sandbox.ShopLinkID, "secondary_link": sandbox.ShopLinkCode, "custom_link_path": sandbox.ShopLinkURL,
		"description": sandbox.ShopLinkTitle + " (" + strings.ToUpper(sandbox.ShopLinkCode) + ")",
		"currency":    "MXN", "expired_at": "2026-04-13T15:09:26",
		"domain": "https://test.pay.billpocket.com", "main_link": "cafeluna",
	}
	for key, text := range want {
		if got := l.str(key); got != text {
			t.Errorf("%s = %q, want %q", key, got, text)
		}
	}
	for _, key := range []string{"available_rates", "extra_info", "purchase_id"} {
		if got := l.text(key); got == "" || got == "null" || got == "[]" {
			t.Errorf("%s = %q, want something to look at", key, got)
		}
	}
	if l.text("status") != "1" {
		t.Errorf("status = %s, want 1", l.text("status"))
	}
}

func TestListsAreReproducible(t *testing.T) {
	_, a := newServer(t)
	_, b := newServer(t)
	for _, token := range []string{sandbox.ShopToken, sandbox.LargeToken} {
		one := mustAsk(t, a.URL+"/v1/custom-link", token).body
		other := mustAsk(t, b.URL+"/v1/custom-link", token).body
		if !bytes.Equal(one, other) {
			t.Errorf("%s: two sandboxes with one start differ", token)
		}
	}
}

func TestGenerateList(t *testing.T) {
	if got := string(sandbox.GenerateList("m", 0, start())); got != "[]\n" {
		t.Errorf("no links: %q", got)
	}
	links := parseLinks(t, sandbox.GenerateList("zebra", 100, start()))
	if len(links) != 100 {
		t.Fatalf("%d links, want 100", len(links))
	}
	ids := map[string]bool{}
	for i, l := range links {
		ids[l.str("id")] = true
		for _, key := range []string{"id", "secondary_link", "custom_link_path", "main_link", "description"} {
			if !strings.Contains(l.str(key), "zebra") {
				t.Errorf("link %d: %s = %q carries no marker", i, key, l.str(key))
			}
		}
		wantStatus := "1"
		if i%4 == 3 {
			wantStatus = "0"
		}
		if l.text("status") != wantStatus {
			t.Errorf("link %d: status %s, want %s", i, l.text("status"), wantStatus)
		}
		if i > 0 && l.str("created_at") >= links[i-1].str("created_at") {
			t.Errorf("link %d is not older than the one before", i)
		}
	}
	if len(ids) != 100 {
		t.Errorf("%d different ids, want 100", len(ids))
	}
	if bytes.Contains(sandbox.GenerateList("other", 100, start()), []byte("zebra")) {
		t.Error("a list carries another's marker")
	}
}

func ExampleGenerateList() {
	body := sandbox.GenerateList("acme", 1, time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC))
	var links []struct {
		URL string `json:"custom_link_path"`
	}
	fmt.Println(json.Unmarshal(body, &links), links[0].URL)
	// Output: <nil> https://test.pay.billpocket.com/acmeshop/acme00000
}
