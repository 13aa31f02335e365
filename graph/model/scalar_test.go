package model_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph/model"
	"paymentlinks/internal/money"
)

func marshal(m graphql.Marshaler) string {
	var out bytes.Buffer
	m.MarshalGQL(&out)
	return out.String()
}

// readCase is a value and what a reader makes of it; refused when want is nil.
type readCase struct {
	value any
	want  any
}

func testReader[T comparable](t *testing.T, read func(any) (T, error), cases []readCase) {
	t.Helper()
	for _, c := range cases {
		got, err := read(c.value)
		if c.want == nil {
			refused, ok := errors.AsType[*model.InputError](err)
			if !ok || refused.Reason == "" || refused.Argument != "" {
				t.Errorf("%T %v: got %v, %v; want an InputError with a reason alone", c.value, c.value, got, err)
			}
			continue
		}
		if err != nil || any(got) != c.want {
			t.Errorf("%T %v: got %v, %v; want %v", c.value, c.value, got, err, c.want)
		}
	}
}

func TestUnmarshalInt(t *testing.T) {
	testReader(t, model.UnmarshalInt, []readCase{
		{int64(0), int32(0)},
		{int64(math.MaxInt32), int32(math.MaxInt32)},
		{int64(math.MinInt32), int32(math.MinInt32)},
		{json.Number("250"), int32(250)},
		{json.Number("-1"), int32(-1)},
		{int64(math.MaxInt32 + 1), nil},
		{int64(math.MinInt32 - 1), nil},
		{json.Number("2147483648"), nil},
		{json.Number("1.0"), nil},
		{json.Number("1e2"), nil},
		{json.Number("99999999999999999999"), nil},
		{"1", nil},
		{"", nil},
		{1.5, nil},
		{true, nil},
		{nil, nil},
		{[]any{int64(1)}, nil},
	})
}

func TestUnmarshalID(t *testing.T) {
	testReader(t, model.UnmarshalID, []readCase{
		{"", ""},
		{"a b", "a b"},
		{int64(7), "7"},
		{int64(-7), "-7"},
		{json.Number("12345678901234567890123"), "12345678901234567890123"},
		{json.Number("-5"), "-5"},
		{json.Number("1.5"), nil},
		{json.Number("1e3"), nil},
		{json.Number(""), nil},
		{json.Number("5-"), nil},
		{1.5, nil},
		{true, nil},
		{nil, nil},
		{map[string]any{}, nil},
	})
}

func TestUnmarshalString(t *testing.T) {
	testReader(t, model.UnmarshalString, []readCase{
		{"", ""}, {"é", "é"}, {json.Number("1"), nil}, {int64(1), nil}, {true, nil}, {nil, nil}, {[]any{"a"}, nil},
	})
}

func TestUnmarshalURL(t *testing.T) {
	testReader(t, model.UnmarshalURL, []readCase{
		{"https://pay.example/a?b=c", "https://pay.example/a?b=c"},
		{"http://x", "http://x"},
		{"", nil},
		{"/a", nil},
		{"//x/a", nil},
		{"ftp://x/a", nil},
		{"javascript:alert(1)", nil},
		{"https://", nil},
		{"http://[", nil},
		{nil, nil},
		{1, nil},
	})
}

func TestUnmarshalCurrency(t *testing.T) {
	testReader(t, model.UnmarshalCurrencyCodeAlpha, []readCase{
		{"MXN", money.Currency("MXN")},
		{"usd", money.Currency("USD")},
		{"Xxx", money.Currency("XXX")},
		{"", nil},
		{"MX", nil},
		{"MXNN", nil},
		{" MXN", nil},
		{"M1N", nil},
		{"MÑN", nil},
		{json.Number("123"), nil},
		{int64(484), nil},
		{nil, nil},
	})
}

func TestUnmarshalDecimal(t *testing.T) {
	read := func(v any) (string, error) {
		d, err := model.UnmarshalDecimal(v)
		return d.String(), err
	}
	cases := []readCase{
		{"30.00", "30"},
		{"-1.5", "-1.5"},
		{"0.1", "0.1"},
		{json.Number("0.1"), "0.1"},
		{json.Number("1e3"), "1000"},
		{int64(30), "30"},
		{"9999999999999999999", "9999999999999999999"},
		{json.Number("1234567890.123456789"), "1234567890.123456789"},
		{"", nil},
		{"1,5", nil},
		{"+1", nil},
		{"0x10", nil},
		{"NaN", nil},
		{"Infinity", nil},
		{" 1", nil},
		{"1e400", nil},
		{"12345678901234567890", nil},
		{0.1, nil},
		{true, nil},
		{nil, nil},
		{strings.Repeat("9", 100_000), nil},
	}
	testReader(t, read, cases)
	testReader(t, model.UnmarshalDecimalText, cases)
}

func TestUnmarshalDateTime(t *testing.T) {
	at := time.Date(2023, 8, 9, 2, 18, 48, 0, time.UTC)
	read := func(v any) (time.Time, error) {
		got, err := model.UnmarshalDateTime(v)
		return got.UTC(), err
	}
	testReader(t, read, []readCase{
		{"2023-08-09T02:18:48Z", at},
		{"2023-08-09T02:18:48.000Z", at},
		{"2023-08-09t02:18:48z", at},
		{"2023-08-09T02:18:48-00:00", at},
		{"2023-08-08T20:18:48-06:00", at},
		{"2023-08-10T02:17:48+23:59", at},
		{"2023-08-09T02:18:48.5+00:00", at.Add(time.Second / 2)},
		{"2023-08-09t02:18:48.123456789-00:00", at.Add(123_456_789)},
		{"", nil},
		{"2023-08-09", nil},
		{"2023-08-09T02:18:48", nil},
		{"2023-08-09 02:18:48Z", nil},
		{"2023-08-09\x7402:18:48\x5a", at}, // t and Z
		{"2023-08-09\x3402:18:48Z", nil},   // t without a bit
		{"2023-08-09T2:18:48Z", nil},
		{"2023-08-09T02:18:48,5Z", nil},
		{"2023-08-09T02:18:48.Z", nil},
		{"2023-08-09T02:18:48.1234567890Z", nil},
		{"2023-08-09T02:18:48.5.5Z", nil},
		{"2023-08-09T02:18:48ZZ", nil},
		{"2023-08-09T02:18:48Z ", nil},
		{"2023-08-09T02:18:48:", nil},
		{"2023-08-09T02:18:60Z", nil},
		{"2023-02-30T00:00:00Z", nil},
		{"2023-08-09T24:00:00Z", nil},
		{"2023-08-09T02:18Z", nil},
		{"2023-08-09T02:18:48+24:00", nil},
		{"2023-08-09T02:18:48+23:60", nil},
		{"2023-08-09T02:18:48+03:30:15", nil},
		{"2023-08-09T02:18:48+0330", nil},
		{"1691547528", nil},
		{int64(1691547528), nil},
		{json.Number("5"), nil},
		{nil, nil},
		{true, nil},
	})
}

func TestRawJSONCannotBeGiven(t *testing.T) {
	for _, value := range []any{nil, "{}", map[string]any{}} {
		if _, err := model.UnmarshalRawJSON(value); err == nil {
			t.Errorf("%v was read", value)
		}
	}
}

func TestMarshal(t *testing.T) {
	d, err := money.ParseDecimal("30.50")
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("", -6*3600)
	tests := map[string]struct {
		got  graphql.Marshaler
		want string
	}{
		"int":               {model.MarshalInt(math.MinInt32), "-2147483648"},
		"id":                {model.MarshalID(`a"b`), `"a\"b"`},
		"string":            {model.MarshalString("é\n"), `"é\n"`},
		"url":               {model.MarshalURL("https://x/?a=1&b=2"), `"https://x/?a=1&b=2"`},
		"currency":          {model.MarshalCurrencyCodeAlpha("MXN"), `"MXN"`},
		"decimal":           {model.MarshalDecimal(d), `"30.5"`},
		"decimal text":      {model.MarshalDecimalText("30.50"), `"30.50"`},
		"raw":               {model.MarshalRawJSON([]byte(`{"a": [1.50]}`)), `{"a": [1.50]}`},
		"no raw":            {model.MarshalRawJSON(nil), "null"},
		"time":              {model.MarshalDateTime(time.Date(2023, 8, 9, 2, 18, 48, 0, time.UTC)), `"2023-08-09T02:18:48.000Z"`},
		"time in a zone":    {model.MarshalDateTime(time.Date(2023, 8, 8, 20, 18, 48, 0, zone)), `"2023-08-09T02:18:48.000Z"`},
		"time and fraction": {model.MarshalDateTime(time.Date(2023, 8, 9, 2, 18, 48, 120_000_000, time.UTC)), `"2023-08-09T02:18:48.120Z"`},
		"longest time":      {model.MarshalDateTime(time.Date(2023, 8, 9, 2, 18, 48, 123_456_789, zone)), `"2023-08-09T08:18:48.123Z"`},
		"duration":          {model.MarshalDuration(90 * time.Minute), `"PT5400S"`},
		"short duration":    {model.MarshalDuration(1500 * time.Millisecond), `"PT1.5S"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := marshal(test.got)
			if got != test.want || !json.Valid([]byte(got)) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Reasons are shown to clients: whatever is refused, they say nothing of it.
func TestReasonsSayNothingOfTheValue(t *testing.T) {
	const secret = "SECRETVALUE"
	readers := map[string]func(any) error{
		"Int":      func(v any) error { _, err := model.UnmarshalInt(v); return err },
		"Decimal":  func(v any) error { _, err := model.UnmarshalDecimal(v); return err },
		"DateTime": func(v any) error { _, err := model.UnmarshalDateTime(v); return err },
		"Duration": func(v any) error { _, err := model.UnmarshalDuration(v); return err },
		"Currency": func(v any) error { _, err := model.UnmarshalCurrencyCodeAlpha(v); return err },
		"URL":      func(v any) error { _, err := model.UnmarshalURL(v); return err },
		"Status":   func(v any) error { _, err := model.UnmarshalStatus(v); return err },
	}
	for name, read := range readers {
		if err := read(secret); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
