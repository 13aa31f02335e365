package billpocket_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// published returns the published example, as the sandbox serves it.
func published(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("../sandbox/seed.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// asRecords says how records are compared.
func asRecords() cmp.Options {
	return cmp.Options{
		cmp.Comparer(func(a, b money.Decimal) bool { return a == b }),
		cmp.Comparer(func(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }),
	}
}

func decimal(t testing.TB, s string) paymentlink.Optional[money.Decimal] {
	t.Helper()
	d, err := money.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return paymentlink.Some(d)
}

func TestDecodePublishedExample(t *testing.T) {
	body := published(t)
	records, skipped, err := billpocket.Decode(body, time.UTC)
	if err != nil || skipped != 0 || len(records) != 5 {
		t.Fatalf("%d records, %d skipped, error %v; want 5, 0, nil", len(records), skipped, err)
	}
	created := time.Date(2023, 8, 9, 1, 47, 40, 0, time.UTC)
	last := bytes.LastIndexByte(body, '{')
	want := paymentlink.Record{
		ID: "61512bbc109e0e5d64f7dbde3723d02d43e19", URL: "https://test.pay.billpocket.com/mylink/ll32lx7n",
		Code: "ll32lx7n", Slug: "mylink", Description: " (LL32LX7N)",
		Amount: decimal(t, "100"), Currency: "MXN",
		StatusCode: paymentlink.Some[int32](0), LinkType: paymentlink.Some[int32](2), FixedTerm: paymentlink.Some(false),
		UserID: "61529", CreatedAt: created, UpdatedAt: created,
		AvailableRates: []byte("[]"), ExtraInfo: []byte("null"),
		Upstream: body[last : bytes.LastIndexByte(body, '}')+1],
	}
	if diff := cmp.Diff(want, records[4], asRecords()); diff != "" {
		t.Errorf("the last link (-want +got):\n%s", diff)
	}
}

// one decodes a single element with an id and a URL beside the given members.
func one(t *testing.T, members string) paymentlink.Record {
	t.Helper()
	body := `[{"id":"i","custom_link_path":"https://h/s/c"` + members + `}]`
	records, skipped, err := billpocket.Decode([]byte(body), time.FixedZone("Mexico City", -6*60*60))
	if err != nil || skipped != 0 || len(records) != 1 {
		t.Fatalf("%d records, %d skipped, error %v in %s", len(records), skipped, err, body)
	}
	records[0].Upstream = nil
	return records[0]
}

func TestDecodeTolerates(t *testing.T) {
	bare := paymentlink.Record{ID: "i", URL: "https://h/s/c"}
	with := func(change func(r *paymentlink.Record)) paymentlink.Record {
		r := bare
		change(&r)
		return r
	}
	tests := map[string]struct {
		members string
		want    paymentlink.Record
	}{
		"missing keys": {``, bare},
		"nulls": {
			`,"amount":null,"currency":null,"status":null,"link_type":null,"is_fixed_term":null,"user_id":null,` +
				`"purchase_id":null,"created_at":null,"description":null,"main_link":null,"secondary_link":null,"domain":null`, bare,
		},
		"wrong types": {
			`,"amount":{},"currency":7,"status":[],"link_type":true,"is_fixed_term":"maybe","user_id":[1],` +
				`"purchase_id":false,"created_at":20230809,"description":{"a":1},"main_link":3,"secondary_link":4,"domain":5`, bare,
		},
		"new keys":    {`,"color":"red","nested":{"id":"other","list":[1,{"id":2}]}`, bare},
		"other case":  {`,"Description":"d","STATUS":1`, bare},
		"empty texts": {`,"amount":"","currency":"","status":"","user_id":"","purchase_id":"","created_at":""`, bare},
		"numbers as strings": {`,"amount":"30.50","status":"1","link_type":" 2 ","user_id":"61529"`, with(func(r *paymentlink.Record) {
			r.Amount, r.StatusCode, r.LinkType, r.UserID = decimal(t, "30.5"), paymentlink.Some[int32](1), paymentlink.Some[int32](2), "61529"
		})},
		"exact amount":     {`,"amount":0.1000000000000000001`, with(func(r *paymentlink.Record) { r.Amount = decimal(t, "0.1000000000000000001") })},
		"exponent":         {`,"amount":1.25e3`, with(func(r *paymentlink.Record) { r.Amount = decimal(t, "1250") })},
		"too many digits":  {`,"amount":12345678901234567890.12`, bare},
		"huge exponent":    {`,"amount":1e400000000`, bare},
		"amount in words":  {`,"amount":"thirty"`, bare},
		"codes beyond int": {`,"status":2147483648,"link_type":1.5`, bare},
		"extreme codes":    {`,"status":-2147483648`, with(func(r *paymentlink.Record) { r.StatusCode = paymentlink.Some[int32](-2147483648) })},
		"whole numbers with a point": {`,"status":1.0,"link_type":"2.00"`, with(func(r *paymentlink.Record) {
			r.StatusCode, r.LinkType = paymentlink.Some[int32](1), paymentlink.Some[int32](2)
		})},
		"whole numbers with an exponent": {`,"status":1e0,"link_type":20e-1`, with(func(r *paymentlink.Record) {
			r.StatusCode, r.LinkType = paymentlink.Some[int32](1), paymentlink.Some[int32](2)
		})},
		"codes beyond int, with a point": {`,"status":2147483648.0`, bare},
		"currency":                       {`,"currency":"mxn"`, with(func(r *paymentlink.Record) { r.Currency = "MXN" })},
		"currency with space":            {`,"currency":" MXN\n"`, with(func(r *paymentlink.Record) { r.Currency = "MXN" })},
		"time with space":                {`,"updated_at":" 2023-08-09T02:18:48Z\t"`, with(func(r *paymentlink.Record) { r.UpdatedAt = time.Date(2023, 8, 9, 2, 18, 48, 0, time.UTC) })},
		"Unix times": {`,"created_at":1704067200,"updated_at":"1704067200","expired_at":1704067200000`, with(func(r *paymentlink.Record) {
			r.CreatedAt = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
			r.UpdatedAt, r.ExpiresAt = r.CreatedAt, r.CreatedAt
		})},
		"no currency":    {`,"currency":"pesos"`, bare},
		"opaque numbers": {`,"purchase_id":12345678901234567890,"user_id":-1`, with(func(r *paymentlink.Record) { r.PurchaseID, r.UserID = "12345678901234567890", "-1" })},
		"raw values": {`,"available_rates": [ {"a": 1.0} ],"extra_info":{ }`, with(func(r *paymentlink.Record) {
			r.AvailableRates, r.ExtraInfo = []byte(`[ {"a": 1.0} ]`), []byte(`{ }`)
		})},
		"escapes": {`,"description":"\u00e1\n\"\\\/\ud83d\ude00\ud800x\b\f\r\t"`, with(func(r *paymentlink.Record) {
			r.Description = "á\n\"\\/😀\ufffdx\b\f\r\t"
		})},
		"half a pair before a letter": {`,"description":"\ud83d\u0041\udc00"`, with(func(r *paymentlink.Record) { r.Description = "\ufffdA\ufffd" })},
		"invalid UTF-8":               {",\"description\":\"a\xff\xc3b\"", with(func(r *paymentlink.Record) { r.Description = "a\ufffd\ufffdb" })},
		"escaped key":                 {`,"de\u0073cription":"d"`, with(func(r *paymentlink.Record) { r.Description = "d" })},
		"equal keys: the last":        {`,"description":"a","description":"b"`, with(func(r *paymentlink.Record) { r.Description = "b" })},
		"equal keys: the last, null":  {`,"description":"a","description":null`, bare},
		"times in the set zone":       {`,"created_at":"2023-08-09T02:18:48"`, with(func(r *paymentlink.Record) { r.CreatedAt = time.Date(2023, 8, 9, 8, 18, 48, 0, time.UTC) })},
		"times of a zone":             {`,"expired_at":"2023-08-09T02:18:48.5+02:00"`, with(func(r *paymentlink.Record) { r.ExpiresAt = time.Date(2023, 8, 9, 0, 18, 48, 5e8, time.UTC) })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, one(t, test.members), asRecords()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.members, diff)
			}
		})
	}
}

// TestDecodeUnreadableExpiry tells an expiry that is there and cannot be read
// from none, and from one that can.
func TestDecodeUnreadableExpiry(t *testing.T) {
	at := time.Date(2024, 1, 31, 23, 59, 58, 0, time.UTC)
	none := time.Time{}
	tests := map[string]struct {
		value      string
		want       time.Time
		unreadable bool
	}{
		"null":                     {`null`, none, false},
		"T":                        {`"2024-01-31T17:59:58"`, at, false}, // in the zone that is set
		"space":                    {`"2024-01-31 17:59:58"`, at, false},
		"small letters":            {`"2024-01-31t23:59:58z"`, at, false},
		"offset behind a space":    {`"2024-01-31 22:59:58 -0100"`, at, false},
		"seconds":                  {`1706745598`, at, false},
		"seconds as text":          {`" 1706745598 "`, at, false},
		"seconds with a fraction":  {`1706745598.25`, at.Add(250 * time.Millisecond), false},
		"seconds with an exponent": {`1.706745598E9`, at, false},
		"milliseconds":             {`1706745598000`, at, false},
		"a millisecond's fraction": {`1706745598000.5`, at.Add(500 * time.Microsecond), false},
		"first second":             {`978307200`, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"last second":              {`4133980799`, time.Date(2100, 12, 31, 23, 59, 59, 0, time.UTC), false},
		"first millisecond":        {`978307200000`, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"last millisecond":         {`4133980799999`, time.Date(2100, 12, 31, 23, 59, 59, 999e6, time.UTC), false},
		"before the first second":  {`978307199`, none, true},
		"after the last second":    {`4133980800`, none, true},
		"before the first ms":      {`978307199999`, none, true},
		"after the last ms":        {`4133980800000`, none, true},
		"microseconds":             {`1706745598000000`, none, true},
		"0":                        {`0`, none, true},
		"0 as text":                {`"0"`, none, true},
		"negative":                 {`-1706745598`, none, true},
		"too many digits":          {`1706745598.12345678901`, none, true},
		"too large a number":       {`1e400`, none, true},
		"empty text":               {`""`, none, true},
		"white space":              {`" "`, none, true},
		"a word":                   {`"never"`, none, true},
		"null as text":             {`"null"`, none, true},
		"date alone":               {`"2024-01-31"`, none, true},
		"another country's date":   {`"31/01/2024 23:59:58"`, none, true},
		"no such day":              {`"2024-02-30T00:00:00"`, none, true},
		"first year's zero":        {`"0001-01-01T00:00:00Z"`, none, true},
		"true":                     {`true`, none, true},
		"object":                   {`{}`, none, true},
		"array":                    {`[1706745598]`, none, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := one(t, `,"expired_at":`+test.value)
			if !got.ExpiresAt.Equal(test.want) || got.UnreadableExpiry != test.unreadable {
				t.Errorf("%s is %v, unreadable %v; want %v, %v", test.value, got.ExpiresAt, got.UnreadableExpiry, test.want, test.unreadable)
			}
		})
	}
	if got := one(t, ``); got.UnreadableExpiry {
		t.Error("a missing key is an expiry that cannot be read")
	}
}

func TestDecodeLeapDays(t *testing.T) {
	for day, want := range map[string]bool{
		"2024-02-29": true, "2023-02-29": false, "2000-02-29": true, "1900-02-29": false, "2100-02-29": false, "1900-02-28": true,
	} {
		if got := one(t, `,"created_at":"`+day+`T00:00:00"`).CreatedAt; got.IsZero() == want {
			t.Errorf("%s is read as %v, want a day: %v", day, got, want)
		}
	}
}

// TestDecodeMends: nothing of upstream's raw JSON goes on that strict readers
// of an answer refuse.
func TestDecodeMends(t *testing.T) {
	digits := strings.Repeat("9", 400)
	tests := map[string]struct{ sent, want string }{
		"pair":                   {`"\ud83d\ude00"`, `"\ud83d\ude00"`},
		"pair in capitals":       {`"\uD83D\uDE00"`, `"\uD83D\uDE00"`},
		"first half":             {`"\ud83d"`, `"\ufffd"`},
		"second half":            {`"\udc00x"`, `"\ufffdx"`},
		"halves the wrong way":   {`"\ude00\ud83d"`, `"\ufffd\ufffd"`},
		"half before a pair":     {`"\ud83d\ud83d\ude00"`, `"\ufffd\ud83d\ude00"`},
		"half before an escape":  {`"\ud83d\n\ud83d\u0041\ud83d\\u"`, `"\ufffd\n\ufffd\u0041\ufffd\\u"`},
		"half before a text":     {`"\ud83dude00"`, `"\ufffdude00"`},
		"key":                    {`{"\ud83d":[{"a\udc00":1}]}`, `{"\ufffd":[{"a\ufffd":1}]}`},
		"an escaped backslash":   {`"\\ud83d"`, `"\\ud83d"`},
		"largest number":         {`1.7976931348623157e308`, `1.7976931348623157e308`},
		"too large":              {`[1e400,-1E+309, 2]`, `["1e400","-1E+309", 2]`},
		"too large, plain":       {`{"a":` + digits + `}`, `{"a":"` + digits + `"}`},
		"too large in a text":    {`"1e400"`, `"1e400"`},
		"both":                   {`{"\ud83d":1e999}`, `{"\ufffd":"1e999"}`},
		"too small":              {`1e-400`, `1e-400`},
		"more digits than usual": {`12345678901234567890.123456789`, `12345678901234567890.123456789`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := `[{"id":"i","custom_link_path":"https://h/s/c","extra_info":` + test.sent + `,"available_rates":` + test.sent + `}]`
			records, skipped, err := billpocket.Decode([]byte(body), time.UTC)
			if err != nil || skipped != 0 || len(records) != 1 {
				t.Fatalf("%d records, %d skipped, error %v in %s", len(records), skipped, err, body)
			}
			r := records[0]
			if string(r.ExtraInfo) != test.want || string(r.AvailableRates) != test.want {
				t.Errorf("extra info %s, available rates %s, want %s", r.ExtraInfo, r.AvailableRates, test.want)
			}
			if want := strings.ReplaceAll(body[1:len(body)-1], test.sent, test.want); string(r.Upstream) != want {
				t.Errorf("upstream %s, want %s", r.Upstream, want)
			}
		})
	}
}

func TestDecodeSkipsAByteOrderMark(t *testing.T) {
	records, skipped, err := billpocket.Decode([]byte("\ufeff"+`[{"id":"i","custom_link_path":"https://h/s/c"}]`), time.UTC)
	if err != nil || skipped != 0 || len(records) != 1 {
		t.Errorf("%d records, %d skipped, error %v; want 1, 0, nil", len(records), skipped, err)
	}
}

// TestDecodeAmountsTooLargeForAnswers: what is quoted in raw JSON is read as
// the number that it was.
func TestDecodeAmountsTooLargeForAnswers(t *testing.T) {
	got := one(t, `,"extra_info":1e400,"amount":30,"user_id":1e400`)
	if got.Amount != decimal(t, "30") || got.UserID != "1e400" || string(got.ExtraInfo) != `"1e400"` {
		t.Errorf("amount %v, user %q, extra info %s", got.Amount, got.UserID, got.ExtraInfo)
	}
}

func TestDecodeNeedsIDAndURL(t *testing.T) {
	const good = `{"id":"good","custom_link_path":"https://h/s/c"}`
	tests := map[string]struct {
		element string
		want    string // URL, "" when the element is to be skipped
	}{
		"path":                  {`{"id":"i","custom_link_path":"https://h/a/b","domain":"https://other","main_link":"x","secondary_link":"y"}`, "https://h/a/b"},
		"plain http":            {`{"id":"i","custom_link_path":"http://h:8080/a?b=c"}`, "http://h:8080/a?b=c"},
		"parts":                 {`{"id":"i","domain":"https://h","main_link":"a","secondary_link":"b"}`, "https://h/a/b"},
		"parts, slash":          {`{"id":"i","domain":"https://h/","main_link":"a","secondary_link":"b"}`, "https://h/a/b"},
		"parts for a bad path":  {`{"id":"i","custom_link_path":"/a/b","domain":"https://h","main_link":"a","secondary_link":"b"}`, "https://h/a/b"},
		"number as id":          {`{"id":7,"custom_link_path":"https://h/a/b"}`, "https://h/a/b"},
		"no id":                 {`{"custom_link_path":"https://h/a/b"}`, ""},
		"empty id":              {`{"id":"","custom_link_path":"https://h/a/b"}`, ""},
		"null id":               {`{"id":null,"custom_link_path":"https://h/a/b"}`, ""},
		"object as id":          {`{"id":{},"custom_link_path":"https://h/a/b"}`, ""},
		"no URL":                {`{"id":"i"}`, ""},
		"relative":              {`{"id":"i","custom_link_path":"//h/a"}`, ""},
		"script":                {`{"id":"i","custom_link_path":"javascript:alert(1)"}`, ""},
		"no host":               {`{"id":"i","custom_link_path":"https:///a"}`, ""},
		"control character":     {`{"id":"i","custom_link_path":"https://h/a\nb"}`, ""},
		"one part short":        {`{"id":"i","domain":"https://h","main_link":"a"}`, ""},
		"parts that make none":  {`{"id":"i","domain":"h","main_link":"a","secondary_link":"b"}`, ""},
		"no object: null":       {`null`, ""},
		"no object: number":     {`17`, ""},
		"no object: string":     {`"{}"`, ""},
		"no object: array":      {`[{"id":"i","custom_link_path":"https://h/a/b"}]`, ""},
		"empty object":          {`{}`, ""},
		"nested 100 deep":       {`{"id":"i","custom_link_path":"https://h/a/b","x":` + strings.Repeat("[", 98) + strings.Repeat("]", 98) + `}`, "https://h/a/b"},
		"nested deeper":         {`{"id":"i","custom_link_path":"https://h/a/b","x":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, ""},
		"id below another key":  {`{"x":{"id":"i"},"custom_link_path":"https://h/a/b"}`, ""},
		"last of two ids":       {`{"id":"i","id":"","custom_link_path":"https://h/a/b"}`, ""},
		"URL with an odd mark":  {`{"id":"i","custom_link_path":"https://h/~a/b%20c"}`, "https://h/~a/b%20c"},
		"URL in capitals":       {`{"id":"i","custom_link_path":"HTTPS://H/a"}`, "HTTPS://H/a"},
		"URL with a bad escape": {`{"id":"i","custom_link_path":"https://h/%zz"}`, ""},
		"URL with spaces":       {`{"id":"i","custom_link_path":" https://h/a b?c=d e#f g\n"}`, "https://h/a%20b?c=d%20e#f%20g"},
		"URL beyond ASCII":      {`{"id":"i","custom_link_path":"https://h/caf\u00e9/ñ"}`, "https://h/caf%C3%A9/%C3%B1"},
		"URL with brackets":     {`{"id":"i","custom_link_path":"https://[::1]/[a]{b}|c\"<>^` + "`" + `\\"}`, "https://[::1]/%5Ba%5D%7Bb%7D%7Cc%22%3C%3E%5E%60%5C"},
		"URL with odd percents": {`{"id":"i","custom_link_path":"https://h/a%20b?x=100%&y=%4"}`, "https://h/a%20b?x=100%25&y=%254"},
		"URL with two #":        {`{"id":"i","custom_link_path":"https://h/a#b#c"}`, "https://h/a#b%23c"},
		"host with an odd mark": {`{"id":"i","custom_link_path":"https://h<x/a"}`, ""},
		"largest port":          {`{"id":"i","custom_link_path":"https://h:65535/a"}`, "https://h:65535/a"},
		"no such port":          {`{"id":"i","custom_link_path":"https://h:65536/a"}`, ""},
		"made with spaces":      {`{"id":"i","domain":" https://h/ ","main_link":" a b ","secondary_link":" c "}`, "https://h/a%20b/c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := "[" + good + ",\n" + test.element + "," + strings.Replace(good, "good", "better", 1) + "]"
			records, skipped, err := billpocket.Decode([]byte(body), time.UTC)
			if err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			var got string
			if len(records) == 3 {
				got = records[1].URL
			}
			if got != test.want || len(records)+skipped != 3 || records[len(records)-1].ID != "better" {
				t.Errorf("URL %q, %d records, %d skipped; want URL %q", got, len(records), skipped, test.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	const link = `{"id":"i","custom_link_path":"https://h/a/b"}`
	tests := map[string]string{
		"nothing":               ``,
		"white space":           " \n",
		"object":                `{"links":[` + link + `]}`,
		"null":                  `null`,
		"HTML":                  `<html>` + link,
		"cut in a string":       `[` + link[:20],
		"cut before an end":     `[` + link,
		"cut after a comma":     `[` + link + `,`,
		"trailing comma":        `[` + link + `,]`,
		"no comma":              `[` + link + link + `]`,
		"garbage behind":        `[` + link + `]]`,
		"two arrays":            `[][]`,
		"all unreadable":        `[1,null,{}]`,
		"comment":               `[/* links */]`,
		"single quotes":         `[{'id':'i'}]`,
		"NaN":                   `[` + link + `,NaN]`,
		"leading zero":          `[` + link + `,01]`,
		"bare point":            `[` + link + `,1.]`,
		"bare exponent":         `[` + link + `,1e+]`,
		"plus sign":             `[` + link + `,+1]`,
		"minus alone":           `[` + link + `,-]`,
		"half a word":           `[` + link + `,tru]`,
		"control character":     "[" + link + ",\"a\x01\"]",
		"line break in string":  "[" + link + ",\"12345678\n12345678\"]",
		"bad escape":            `[` + link + `,"\x41"]`,
		"short code escape":     `[` + link + `,"\u12G4"]`,
		"backslash at the end":  `[` + link + `,"\`,
		"object without colon":  `[` + link + `,{"a" 1}]`,
		"object with bare key":  `[` + link + `,{a:1}]`,
		"object trailing comma": `[` + link + `,{"a":1,}]`,
		"nested beyond reason":  `[` + link + `,` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `]`,
		"two byte order marks":  "\ufeff\ufeff[" + link + "]",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			records, skipped, err := billpocket.Decode([]byte(body), time.UTC)
			if !errors.Is(err, billpocket.ErrBody()) {
				t.Errorf("%d records, %d skipped, error %v; want an error of the body in %.80s", len(records), skipped, err, body)
			}
			if err != nil && strings.Contains(err.Error(), "custom_link_path") {
				t.Errorf("the error quotes the body: %v", err)
			}
		})
	}
}

func TestDecodeEmpty(t *testing.T) {
	for _, body := range []string{"[]", " [ \n] \r\n\t"} {
		records, skipped, err := billpocket.Decode([]byte(body), time.UTC)
		if len(records) != 0 || skipped != 0 || err != nil {
			t.Errorf("Decode(%q) = %d records, %d skipped, %v; want none", body, len(records), skipped, err)
		}
	}
}

// TestDecodeStringsOfAllLengths puts what ends a string, and what must not be
// in it, at every offset of the scanner's eight-byte stride.
func TestDecodeStringsOfAllLengths(t *testing.T) {
	for length := range 40 {
		for _, filler := range []string{"a", "é", "\x7f", "!", "~", "\u2028"} {
			want := strings.Repeat(filler, length)
			if got := one(t, `,"description":"`+want+`"`).Description; got != want {
				t.Errorf("length %d of %q: got %q", length, filler, got)
			}
			if got := one(t, `,"description":"`+want+`\"`+want+`"`).Description; got != want+`"`+want {
				t.Errorf("quote after %d of %q: got %q", length, filler, got)
			}
			for _, bad := range []string{"\x00", "\x1f", "\n", `\q`} {
				body := `[{"id":"i","custom_link_path":"https://h/s/c","description":"` + want + bad + want + `"}]`
				if _, _, err := billpocket.Decode([]byte(body), time.UTC); err == nil {
					t.Errorf("%q after %d of %q was accepted", bad, length, filler)
				}
			}
		}
	}
}

// TestDecodeRefusesEveryCut: a list that is cut off anywhere must never pass for
// a shorter one.
func TestDecodeRefusesEveryCut(t *testing.T) {
	body := bytes.TrimSpace(published(t))
	for n := range body {
		if records, _, err := billpocket.Decode(body[:n], time.UTC); !errors.Is(err, billpocket.ErrBody()) {
			t.Fatalf("the first %d of %d bytes gave %d records, error %v", n, len(body), len(records), err)
		}
	}
}

// TestDecodeSurvivesEveryByte puts odd bytes at every place: no panic, and no
// more links than there were.
func TestDecodeSurvivesEveryByte(t *testing.T) {
	body := published(t)
	for i := range body {
		for _, c := range []byte{0, '"', '\\', '{', ']', ',', ':', '-', '9', 'u', 0x80, 0xff} {
			spoilt := bytes.Clone(body)
			spoilt[i] = c
			records, skipped, err := billpocket.Decode(spoilt, time.UTC)
			if err == nil && len(records)+skipped > 5 {
				t.Errorf("byte %d as %q: %d records, %d skipped", i, c, len(records), skipped)
			}
		}
	}
}

// TestDecodeFindsNoLinkTwice: nothing of one element shows in the next.
func TestDecodeFindsNoLinkTwice(t *testing.T) {
	const full = `{"id":"a","user_id":1,"custom_link_path":"https://h/a","secondary_link":"c","main_link":"m","domain":"https://h",` +
		`"description":"d","amount":1,"currency":"MXN","status":1,"link_type":2,"is_fixed_term":true,"available_rates":[1],` +
		`"extra_info":{},"purchase_id":"p","created_at":"2023-08-09T02:18:48","updated_at":"2023-08-09T02:18:48","expired_at":"2023-08-09T02:18:48"}`
	const bare = `{"id":"b","custom_link_path":"https://h/b"}`
	// An unreadable element in between is read into the same room as the next.
	unreadable := strings.Replace(full, `"id":"a"`, `"id":""`, 1)
	all, skipped, err := billpocket.Decode([]byte("["+full+","+unreadable+","+bare+"]"), time.UTC)
	if err != nil || skipped != 1 || len(all) != 2 {
		t.Fatalf("%d records, %d skipped, error %v", len(all), skipped, err)
	}
	want := paymentlink.Record{ID: "b", URL: "https://h/b", Upstream: []byte(bare)}
	if diff := cmp.Diff(want, all[1], asRecords()); diff != "" {
		t.Errorf("the bare element (-want +got):\n%s", diff)
	}
}
