package gqlhttp_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// Small values take far more memory than text: their number is bounded, whatever
// the way they come.
func TestManyValuesAreRefused(t *testing.T) {
	e := newEdge(t)
	for element, allowed := range map[string]int{`{"":0}`: 29_998, `0`: 59_997} { // beside the query, the variables and the list
		ask := func(elements int) answer {
			list := strings.TrimSuffix(strings.Repeat(element+",", elements), ",")
			return decoded(t, e.do(raw("POST", "/graphql", `{"query":"{hello}","variables":{"l":[`+list+`]}}`, "Content-Type", "application/json")).Body)
		}
		if a := ask(allowed); len(a.Errors) != 0 {
			t.Errorf("%d of %s: %+v, want an answer", allowed, element, a)
		}
		if a := ask(allowed + 1); a.code() != "LIMIT_EXCEEDED" {
			t.Errorf("%d of %s: %+v, want LIMIT_EXCEEDED", allowed+1, element, a)
		}
	}
	many := url.QueryEscape(`{"l":[` + strings.Repeat("0,", 60_000) + "0]}")
	if a := decoded(t, e.do(get("query={hello}&variables="+many)).Body); a.code() != "LIMIT_EXCEEDED" {
		t.Errorf("in a URL: %+v, want LIMIT_EXCEEDED", a)
	}
}

func TestDecodeObject(t *testing.T) {
	tests := map[string]struct {
		text string
		want map[string]any // nil when it is refused
	}{
		"empty":                  {`{}`, map[string]any{}},
		"white space":            {" {\t\"a\"\r:\n1 , \"b\" : [ ] } ", map[string]any{"a": json.Number("1"), "b": []any{}}},
		"words":                  {`{"a":true,"b":false,"c":null}`, map[string]any{"a": true, "b": false, "c": nil}},
		"nested":                 {`{"a":[{"b":[[]]},{}]}`, map[string]any{"a": []any{map[string]any{"b": []any{[]any{}}}, map[string]any{}}}},
		"every digit is kept":    {`{"a":0.1000000000000000055511151231257827,"b":123456789012345678901}`, map[string]any{"a": json.Number("0.1000000000000000055511151231257827"), "b": json.Number("123456789012345678901")}},
		"numbers":                {`{"a":[0,-0,-1.5,1e400,1E-7,2e+3,0.0]}`, map[string]any{"a": numbers("0", "-0", "-1.5", "1e400", "1E-7", "2e+3", "0.0")}},
		"escapes":                {`{"\"\\\/\b\f\n\r\t\u00e9":"x\u0000y"}`, map[string]any{"\"\\/\b\f\n\r\té": "x\x00y"}},
		"surrogate pair":         {`{"a":"\ud83d\ude00!"}`, map[string]any{"a": "😀!"}},
		"text in UTF-8":          {`{"ñ":"日本"}`, map[string]any{"ñ": "日本"}},
		"as deep as allowed":     {`{"a":` + nested(gqlhttp.MaxNesting-1) + `}`, map[string]any{"a": nestedValue(gqlhttp.MaxNesting - 1)}},
		"one deeper":             {`{"a":` + nested(gqlhttp.MaxNesting) + `}`, nil},
		"very deep":              {strings.Repeat(`{"a":`, 100_000), nil},
		"a key twice":            {`{"a":1,"a":1}`, nil},
		"a key twice, below":     {`{"x":[{"a":1,"b":2,"a":3}]}`, nil},
		"a key twice, escaped":   {`{"a":1,"\u0061":1}`, nil},
		"nothing":                {``, nil},
		"white space alone":      {"  \n", nil},
		"a list":                 {`[]`, nil},
		"a string":               {`"{}"`, nil},
		"null":                   {`null`, nil},
		"byte order mark":        {"\ufeff{}", nil},
		"cut off":                {`{"a":"b`, nil},
		"cut off in an escape":   {`{"a":"\`, nil},
		"cut off in a unit":      {`{"a":"\u12`, nil},
		"trailing text":          {`{} x`, nil},
		"trailing object":        {`{}{}`, nil},
		"trailing comma":         {`{"a":1,}`, nil},
		"trailing comma in list": {`{"a":[1,]}`, nil},
		"no comma":               {`{"a":1 "b":2}`, nil},
		"no colon":               {`{"a" 1}`, nil},
		"no value":               {`{"a":}`, nil},
		"key without quotes":     {`{a:1}`, nil},
		"single quotes":          {`{'a':1}`, nil},
		"comment":                {`{/**/}`, nil},
		"NaN":                    {`{"a":NaN}`, nil},
		"Infinity":               {`{"a":-Infinity}`, nil},
		"plus sign":              {`{"a":+1}`, nil},
		"leading zero":           {`{"a":01}`, nil},
		"minus alone":            {`{"a":-}`, nil},
		"dot without digits":     {`{"a":1.}`, nil},
		"dot first":              {`{"a":.5}`, nil},
		"exponent without digit": {`{"a":1e}`, nil},
		"hexadecimal":            {`{"a":0x1}`, nil},
		"word in capitals":       {`{"a":True}`, nil},
		"half a word":            {`{"a":nul`, nil},
		"a word too long":        {`{"a":nulls}`, nil},
		"line break in a string": {"{\"a\":\"x\ny\"}", nil},
		"break after an escape":  {"{\"a\":\"\\t\ny\"}", nil},
		"unknown escape":         {`{"a":"\x41"}`, nil},
		"bad unit":               {`{"a":"\u12g4"}`, nil},
		"lone high surrogate":    {`{"a":"\ud83d"}`, nil},
		"lone low surrogate":     {`{"a":"\ude00"}`, nil},
		"two high surrogates":    {`{"a":"\ud83d\ud83d"}`, nil},
		"not UTF-8":              {"{\"a\":\"\xc3\x28\"}", nil},
		"NUL":                    {"{\"a\":\x00}", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := gqlhttp.DecodeObject(test.text)
			if test.want == nil {
				if kind := fault.KindOf(err); kind != fault.BadRequest {
					t.Errorf("DecodeObject(%.60q) = %v, %v, want BAD_REQUEST", test.text, got, err)
				}
				return
			}
			// Not cmp: its time doubles with each level.
			if !reflect.DeepEqual(got, test.want) || err != nil {
				t.Errorf("DecodeObject(%.60q) = %v, %v, want %v", test.text, got, err, test.want)
			}
		})
	}
}

func numbers(tokens ...string) []any {
	list := make([]any, len(tokens))
	for i, token := range tokens {
		list[i] = json.Number(token)
	}
	return list
}

func nested(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func nestedValue(levels int) any {
	value := []any{}
	for range levels - 1 {
		value = []any{value}
	}
	return value
}

// What we accept, encoding/json accepts with the same meaning; what it accepts
// and we do not is one of the decisions at the top of json.go.
func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":[1,-0.5e+7,true,null,"\u00e9\ud83d\ude00"],"b":{"c":{}}}`, `{"a":1,"a":2}`, `[]`, `{"a":01}`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"query":"{hello}","variables":{"n":1e400}} `, `{"a":` + nested(70) + `}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := gqlhttp.DecodeObject(string(text))
		reference := json.NewDecoder(bytes.NewReader(text))
		reference.UseNumber()
		var want map[string]any
		valid := json.Valid(text) && reference.Decode(&want) == nil && want != nil
		switch {
		case err == nil && !valid:
			t.Errorf("DecodeObject(%q) = %v, but it is no JSON object", text, got)
		case err == nil:
			if !reflect.DeepEqual(got, want) {
				t.Errorf("DecodeObject(%q) = %v, encoding/json gives %v", text, got, want)
			}
		case valid && utf8.Valid(text) && !bytes.Contains(text, []byte(`\u`)) && !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "deep"):
			t.Errorf("DecodeObject(%q): %v, but encoding/json accepts it", text, err)
		}
	})
}

// Nothing that comes in a URL is anything but decoded or a BAD_REQUEST.
func FuzzDecodeURL(f *testing.F) {
	for _, seed := range []string{
		"", "query={hello}", "query=%7Bhello%7D&variables=%7B%22a%22%3A1%7D&operationName=a&extensions={}&documentId=x",
		"query=a&query=b", "variables=[", "%", "a;b", "query=%ff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rawQuery string) {
		if err := gqlhttp.DecodeURL(rawQuery); err != nil && fault.KindOf(err) != fault.BadRequest {
			t.Errorf("DecodeURL(%q): %v, want BAD_REQUEST", rawQuery, err)
		}
	})
}

func BenchmarkDecodeObject(b *testing.B) {
	representations := strings.Repeat(`{"__typename":"PaymentLink","id":"0123456789abcdef0123456789abcdef"},`, 1_000)
	for name, text := range map[string]string{
		"short":                   `{"query":"{ paymentLinks(status: ACTIVE) { id url } }","variables":{"first":20}}`,
		"of 1000 representations": `{"query":"x","variables":{"representations":[` + strings.TrimSuffix(representations, ",") + `]}}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := gqlhttp.DecodeObject(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
