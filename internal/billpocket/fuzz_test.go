package billpocket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/sandbox"
)

// FuzzDecode holds the scanner against encoding/json: the same bodies are JSON,
// and every value is the same.
func FuzzDecode(f *testing.F) {
	f.Add(published(f))
	shop := sandbox.New(sandbox.Config{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	f.Cleanup(shop.Close)
	for _, element := range shopElements(f, shop) {
		f.Add([]byte("[" + element + "]"))
	}
	f.Add(sandbox.GenerateList("fuzz", 3, time.Unix(1_700_000_000, 0)))
	for _, body := range []string{
		"", " [ ] ", "[1,null,{}]", "[{}", `{"id":"i"}`, "[\xff]", "[\"\xff\"]",
		`[{"id":"i","custom_link_path":"https://h/a","d\u0065scription":"\ud83d\ude00\ud800","status":"7","created_at":"2024-02-29 23:59:59,5-06"}]`,
		`[{"id":-1.5e3,"domain":"http://h//","main_link":"a","secondary_link":"b","amount":" 1e2 ","currency":"usd","currency":"uSd"}]`,
		`[{"id":"a","custom_link_path":"https://h"},{"id":"a","custom_link_path":"https://h"}]`,
		`[{"id":"i","custom_link_path":"https://h","extra_info":[[[[]]],{"a":{"b":[1,2,-0.0e-1,true,false,null]}}]}]`,
	} {
		f.Add([]byte(body))
	}
	zone := time.FixedZone("Mexico City", -6*60*60)
	f.Fuzz(func(t *testing.T, body []byte) {
		want, wantSkipped, wantErr := reference(bytes.Clone(body), zone)
		got, gotSkipped, err := billpocket.Decode(bytes.Clone(body), zone)
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("error %v, by encoding/json %v, of %q", err, wantErr, body)
		}
		if gotSkipped != wantSkipped {
			t.Errorf("%d skipped, by encoding/json %d, of %q", gotSkipped, wantSkipped, body)
		}
		if diff := cmp.Diff(want, got, asRecords()); diff != "" {
			t.Errorf("%q (-encoding/json +got):\n%s", body, diff)
		}
	})
}

// shopElements are the elements of demo-shop, each as raw JSON.
func shopElements(t testing.TB, shop *sandbox.Server) []string {
	t.Helper()
	recorder := serve(t, shop, sandbox.ShopToken)
	var raw []json.RawMessage
	if err := json.Unmarshal(recorder, &raw); err != nil {
		t.Fatal(err)
	}
	elements := make([]string, len(raw))
	for i, r := range raw {
		elements[i] = string(r)
	}
	return elements
}

// TestDecodeShop runs the differential comparison over whole lists of all kinds.
func TestDecodeShop(t *testing.T) {
	shop := sandbox.New(sandbox.Config{})
	t.Cleanup(shop.Close)
	const generated = "generated"
	shop.SetBody(generated, sandbox.GenerateList("g", 300, time.Unix(1_700_000_000, 0)))
	for _, token := range []string{sandbox.SeedToken, sandbox.ShopToken, generated} {
		body := serve(t, shop, token)
		want, _, wantErr := reference(body, time.UTC)
		got, skipped, err := billpocket.Decode(body, time.UTC)
		if err != nil || wantErr != nil || skipped != 0 {
			t.Fatalf("%s: %d skipped, error %v, by encoding/json %v", token, skipped, err, wantErr)
		}
		if diff := cmp.Diff(want, got, asRecords()); diff != "" {
			t.Errorf("%s (-encoding/json +got):\n%s", token, diff)
		}
	}
}

var errReference = errors.New("no list")

// reference is the contract written down a second time, over encoding/json.
func reference(body []byte, zone *time.Location) (records []paymentlink.Record, skipped int, err error) {
	body = []byte(string([]rune(string(body)))) // U+FFFD for every byte out of place
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return nil, 0, errReference
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err != nil {
		return nil, 0, err
	}
	for _, element := range elements {
		if r, ok := referenceRecord(element, zone); ok {
			records = append(records, r)
		} else {
			skipped++
		}
	}
	if len(elements) > 0 && len(records) == 0 {
		return nil, 0, errReference
	}
	return records, skipped, nil
}

func referenceRecord(element json.RawMessage, zone *time.Location) (r paymentlink.Record, ok bool) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(element, &raw); err != nil || raw == nil || nesting(element) > 99 {
		return r, false
	}
	get := func(key string) any {
		decoder := json.NewDecoder(bytes.NewReader(raw[key]))
		decoder.UseNumber()
		var value any
		_ = decoder.Decode(&value)
		return value
	}
	text := func(key string) string { s, _ := get(key).(string); return s }
	opaque := func(key string) string {
		if n, isNumber := get(key).(json.Number); isNumber {
			return n.String()
		}
		return text(key)
	}
	code := func(key string) (o paymentlink.Optional[int32]) {
		if n, err := strconv.ParseInt(strings.TrimSpace(opaque(key)), 10, 32); err == nil {
			o = paymentlink.Some(int32(n))
		}
		return o
	}
	r = paymentlink.Record{
		ID: opaque("id"), Slug: text("main_link"), Code: text("secondary_link"), Description: text("description"),
		StatusCode: code("status"), LinkType: code("link_type"), UserID: opaque("user_id"), PurchaseID: opaque("purchase_id"),
		CreatedAt: referenceTime(text("created_at"), zone), UpdatedAt: referenceTime(text("updated_at"), zone),
		ExpiresAt: referenceTime(text("expired_at"), zone), AvailableRates: raw["available_rates"], ExtraInfo: raw["extra_info"],
		Upstream: element,
	}
	if d, err := money.ParseDecimal(strings.TrimSpace(opaque("amount"))); err == nil {
		r.Amount = paymentlink.Some(d)
	}
	if c, err := money.ParseCurrency(text("currency")); err == nil {
		r.Currency = c
	}
	if b, isBool := get("is_fixed_term").(bool); isBool {
		r.FixedTerm = paymentlink.Some(b)
	}
	made := strings.TrimRight(text("domain"), "/") + "/" + r.Slug + "/" + r.Code
	switch {
	case referenceURL(text("custom_link_path")):
		r.URL = text("custom_link_path")
	case text("domain") != "" && r.Slug != "" && r.Code != "" && referenceURL(made):
		r.URL = made
	}
	return r, r.ID != "" && r.URL != ""
}

func nesting(element []byte) (deepest int) {
	decoder := json.NewDecoder(bytes.NewReader(element))
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return deepest
		}
		if delimiter, ok := token.(json.Delim); ok {
			depth += map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}[delimiter]
			deepest = max(deepest, depth)
		}
	}
}

func referenceURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

var timePattern = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)([.,]\d+)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?$`)

func referenceTime(s string, zone *time.Location) time.Time {
	parts := timePattern.FindStringSubmatch(s)
	if parts == nil {
		return time.Time{}
	}
	offset := strings.ReplaceAll(parts[4], ":", "")
	if len(offset) == 3 {
		offset += "00"
	}
	layout := "2006-01-02T15:04:05"
	if offset != "" {
		layout += "Z0700"
	}
	at, err := time.ParseInLocation(layout, parts[1]+"T"+parts[2]+parts[3]+offset, zone)
	if err != nil {
		return time.Time{}
	}
	// A zone may move a time out of the years that an answer can hold.
	if _, err := time.Parse(time.RFC3339, at.UTC().Format(time.RFC3339)); err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func FuzzTimestamp(f *testing.F) {
	for _, s := range []string{
		"2023-08-09T02:18:48", "2024-02-29 23:59:59.123456789123", "2023-02-29T00:00:00", "2023-08-09T02:18:48Z",
		"2023-08-09T02:18:48,5-06:00", "2023-08-09T02:18:48+0530", "2023-08-09T02:18:48-06", "2023-08-09T24:00:00", "0000-00-00T00:00:00",
		"9999-12-31T23:59:59", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00+00:01",
	} {
		f.Add(s)
	}
	zone, err := time.LoadLocation("America/New_York") // a zone with summer time, so with hours that are not or are twice
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\"\\") {
			return // the value is given as JSON
		}
		got, want := billpocket.Timestamp(`"`+s+`"`, zone), referenceTime(s, zone)
		if !got.Equal(want) {
			t.Errorf("%q = %v, by time.Parse %v", s, got, want)
		}
	})
}

func FuzzAbsoluteURL(f *testing.F) {
	for _, s := range []string{
		"https://test.pay.billpocket.com/mylink/ll33q0rh", "https://h", "https://", "https:///a", "http://h:1/a?b#c", "https://u@h/",
		"HTTPS://h", "https://h_h/", "https://h/a_b", "javascript:alert(1)", "https://h\x7f/", "//h/a", "https://[::1]/", "https://:80/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := billpocket.IsAbsoluteURL(s), referenceURL(s); got != want {
			t.Errorf("%q is absolute: %v, by url.Parse %v", s, got, want)
		}
	})
}
