package billpocket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
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
		`[{"id":"i","custom_link_path":" https://h/a b?x=%&y=ñ#a#b","extra_info":{"\udc00":"\ud83d\ud83d\ude00"},"amount":1e400,"status":1.0}]`,
		`[{"id":"i","custom_link_path":"https://h","currency":" mxn ","created_at":1704067200,"updated_at":"1704067200123.5","expired_at":" 2024-01-31 "}]`,
		"\ufeff[]", "\ufeff\ufeff[]",
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
	body = []byte(string([]rune(strings.TrimPrefix(string(body), "\ufeff")))) // U+FFFD for every byte out of place
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return nil, 0, errReference
	}
	if !json.Valid(body) {
		return nil, 0, errReference
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(referenceMend(body), &elements); err != nil {
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

var (
	tokenPattern     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*`)
	surrogatePattern = regexp.MustCompile(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..|\\.`)
)

// referenceMend takes out of JSON what strict readers refuse.
func referenceMend(body []byte) []byte {
	return tokenPattern.ReplaceAllFunc(body, func(token []byte) []byte {
		if token[0] == '"' {
			return surrogatePattern.ReplaceAllFunc(token, func(escape []byte) []byte {
				if len(escape) == len(`\ud83d`) {
					return []byte(`\ufffd`)
				}
				return escape
			})
		}
		if f, err := json.Number(token).Float64(); err != nil || math.IsInf(f, 0) {
			return []byte(`"` + string(token) + `"`)
		}
		return token
	})
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
		s := strings.TrimSpace(opaque(key))
		if d, err := money.ParseDecimal(s); err == nil { // 1.0 is 1
			s = d.String()
		}
		if n, err := strconv.ParseInt(s, 10, 32); err == nil {
			o = paymentlink.Some(int32(n))
		}
		return o
	}
	at := func(key string) (time.Time, bool) {
		value := get(key)
		if value == nil {
			return time.Time{}, true
		}
		if n, isNumber := value.(json.Number); isNumber {
			value = n.String()
		}
		s, _ := value.(string)
		at := referenceTime(s, zone)
		return at, !at.IsZero()
	}
	r = paymentlink.Record{
		ID: opaque("id"), Slug: text("main_link"), Code: text("secondary_link"), Description: text("description"),
		StatusCode: code("status"), LinkType: code("link_type"), UserID: opaque("user_id"), PurchaseID: opaque("purchase_id"),
		AvailableRates: raw["available_rates"], ExtraInfo: raw["extra_info"], Upstream: element,
	}
	r.CreatedAt, _ = at("created_at")
	r.UpdatedAt, _ = at("updated_at")
	r.ExpiresAt, ok = at("expired_at")
	r.UnreadableExpiry = !ok
	if d, err := money.ParseDecimal(strings.TrimSpace(opaque("amount"))); err == nil {
		r.Amount = paymentlink.Some(d)
	}
	if c, err := money.ParseCurrency(strings.TrimSpace(text("currency"))); err == nil {
		r.Currency = c
	}
	if b, isBool := get("is_fixed_term").(bool); isBool {
		r.FixedTerm = paymentlink.Some(b)
	}
	domain, slug, code2 := strings.TrimSpace(text("domain")), strings.TrimSpace(r.Slug), strings.TrimSpace(r.Code)
	if r.URL = referenceURL(text("custom_link_path")); r.URL == "" && domain != "" && slug != "" && code2 != "" {
		r.URL = referenceURL(strings.TrimRight(domain, "/") + "/" + slug + "/" + code2)
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

var (
	authorityPattern = regexp.MustCompile(`^[A-Za-z]+://[^/?#]*`)
	foreignPattern   = regexp.MustCompile(`%[0-9A-Fa-f]{2}|[^-A-Za-z0-9._~:/?@!$&'()*+,;=]`)
)

// referenceURL returns the URL as RFC 3986 wants it written, "" for none.
func referenceURL(s string) string {
	s = strings.TrimSpace(s)
	if !referenceAbsolute(s) {
		return ""
	}
	authority := authorityPattern.FindString(s)
	rest, fragment, hasFragment := strings.Cut(s[len(authority):], "#")
	out := escapeForeign(authority, "[]") + escapeForeign(rest, "")
	if hasFragment {
		out += "#" + escapeForeign(fragment, "")
	}
	if !referenceAbsolute(out) {
		return ""
	}
	return out
}

// escapeForeign escapes what is neither allowed in a URI nor in but.
func escapeForeign(s, but string) string {
	return foreignPattern.ReplaceAllStringFunc(s, func(c string) string {
		if strings.Contains(but, c) || len(c) == 3 && c[0] == '%' {
			return c
		}
		escaped := ""
		for _, b := range []byte(c) {
			escaped += fmt.Sprintf("%%%02X", b)
		}
		return escaped
	})
}

func referenceAbsolute(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return false
	}
	port, err := strconv.Atoi("0" + u.Port())
	return err == nil && port < 1<<16
}

var timePattern = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)([.,]\d+)?( ?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?))?$`)

// referenceUnix reads a number in rationals.
func referenceUnix(s string) time.Time {
	if _, err := money.ParseDecimal(s); err != nil {
		return time.Time{}
	}
	seconds, ok := new(big.Rat).SetString(s)
	if !ok {
		return time.Time{}
	}
	from, to := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for _, unit := range []int64{1, 1000} {
		r := new(big.Rat).Quo(seconds, big.NewRat(unit, 1))
		if r.Cmp(big.NewRat(from, 1)) >= 0 && r.Cmp(big.NewRat(to, 1)) < 0 {
			nanos := r.Mul(r, big.NewRat(1e9, 1))
			whole := new(big.Int).Quo(nanos.Num(), nanos.Denom())
			second, nano := new(big.Int).QuoRem(whole, big.NewInt(1e9), new(big.Int))
			return time.Unix(second.Int64(), nano.Int64()).UTC()
		}
	}
	return time.Time{}
}

func referenceTime(s string, zone *time.Location) time.Time {
	s = strings.TrimSpace(s)
	parts := timePattern.FindStringSubmatch(s)
	if parts == nil {
		return referenceUnix(s)
	}
	offset := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(parts[4]), ":", ""))
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
		"1704067200", "1704067200.5", "1704067200999.999999", "1.7040672e9", "978307200", "978307199", "4133980799999", "4133980800", "4133980800000",
		" 2024-01-31t00:00:00z ", "2024-01-31 00:00:00 +0000", "2024-01-31", "0", "", "1900-02-29T00:00:00", "0001-01-01T00:00:00Z",
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
		got, ok := billpocket.Timestamp(`"`+s+`"`, zone)
		if want := referenceTime(s, zone); !got.Equal(want) || ok == want.IsZero() {
			t.Errorf("%q = %v, %v, by time.Parse %v", s, got, ok, want)
		}
	})
}

func FuzzAbsoluteURL(f *testing.F) {
	for _, s := range []string{
		"https://test.pay.billpocket.com/mylink/ll33q0rh", "https://h", "https://", "https:///a", "http://h:1/a?b#c", "https://u@h/",
		"HTTPS://h", "https://h_h/", "https://h/a_b", "javascript:alert(1)", "https://h\x7f/", "//h/a", "https://[::1]/", "https://:80/",
		" https://h/a b", "https://h/a%zz", "https://h/?a=%z&b=[c]", "https://h/#a#b", "https://h<x/", "https://ñ.mx/ñ", "https://h:65536/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := billpocket.AbsoluteURL(s)
		if want := referenceURL(s); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v, by url.Parse %q", s, got, ok, want)
		}
	})
}
