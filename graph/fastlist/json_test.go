package fastlist_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph/fastlist"
	"paymentlinks/graph/model"
)

// stock is what gqlgen writes.
func stock(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{
		"", "plain", `quo"ted`, `back\slash`, "tab\tline\nreturn\r", "\x00\x01\x1f\x20\x7f", "ñandú €", "\u2028</script>&", "\xff\xfe broken", "a\"", "\"a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(fastlist.AppendString([]byte("x"), s)), "x"+stock(graphql.MarshalString(s)); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	})
}

func FuzzAppendTime(f *testing.F) {
	f.Add(int64(0), int64(0), 0)
	f.Add(int64(1691547528), int64(0), 3600)
	f.Add(int64(1691547528), int64(120_000_000), -21600)
	f.Add(int64(-62135596800), int64(1), 0)
	f.Add(int64(253402300800), int64(999_999_999), 0)
	f.Fuzz(func(t *testing.T, seconds, nanos int64, offset int) {
		at := time.Unix(seconds, nanos%1e9).In(time.FixedZone("", offset%(24*3600)))
		want := at.UTC().Format(`"2006-01-02T15:04:05.000Z"`)
		if got := string(fastlist.AppendTime(nil, at, true)); got != want {
			t.Errorf("%v: got %s, want %s", at, got, want)
		}
		if got := stock(model.MarshalDateTime(at)); got != want {
			t.Errorf("%v: gqlgen writes %s, want %s", at, got, want)
		}
	})
}

func TestAppendIsWhatGqlgenWrites(t *testing.T) {
	tests := map[string]struct {
		got  []byte
		want graphql.Marshaler
	}{
		"null":           {fastlist.AppendNull(nil), graphql.Null},
		"text":           {fastlist.AppendText(nil, "a"), graphql.MarshalString("a")},
		"no text":        {fastlist.AppendText(nil, ""), graphql.Null},
		"empty string":   {fastlist.AppendString(nil, ""), graphql.MarshalString("")},
		"zero":           {fastlist.AppendInt(nil, 0, true), model.MarshalInt(0)},
		"the least int":  {fastlist.AppendInt(nil, math.MinInt32, true), model.MarshalInt(math.MinInt32)},
		"the most int":   {fastlist.AppendInt(nil, math.MaxInt32, true), model.MarshalInt(math.MaxInt32)},
		"no int":         {fastlist.AppendInt(nil, 5, false), graphql.Null},
		"true":           {fastlist.AppendBool(nil, true, true), graphql.MarshalBoolean(true)},
		"false":          {fastlist.AppendBool(nil, false, true), graphql.MarshalBoolean(false)},
		"no bool":        {fastlist.AppendBool(nil, true, false), graphql.Null},
		"no time":        {fastlist.AppendTime(nil, time.Unix(0, 0), false), graphql.Null},
		"raw":            {fastlist.AppendRaw(nil, []byte(`{"a": [1]}`)), model.MarshalRawJSON([]byte(`{"a": [1]}`))},
		"no raw":         {fastlist.AppendRaw(nil, nil), model.MarshalRawJSON(nil)},
		"raw of nothing": {fastlist.AppendRaw(nil, []byte{}), model.MarshalRawJSON([]byte{})},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if want := stock(test.want); string(test.got) != want {
				t.Errorf("got %s, want %s", test.got, want)
			}
		})
	}
}
