package relay_test

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"paymentlinks/internal/relay"
)

func TestCursorRoundTrip(t *testing.T) {
	tests := map[string]struct {
		kind   string
		fields []string
	}{
		"usual":             {"CREATED_AT_DESC", []string{"1691547528", "64d2f3e8-a1b2-4c3d-9e8f-0123456789ab"}},
		"no fields":         {"k", nil},
		"no kind":           {"", []string{"a"}},
		"nothing":           {"", nil},
		"empty fields":      {"k", []string{"", "", ""}},
		"separators inside": {"k", []string{"a,b", "a:b", "a\x00b", "|"}},
		"not ASCII":         {"k", []string{"Café de olla", "漢字"}},
		"invalid UTF-8":     {"k", []string{"\xff\xfe"}},
		"longer than 127":   {"k", []string{strings.Repeat("x", 300)}},
		"longest":           {"k", []string{strings.Repeat("x", 12_000)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cursor := relay.EncodeCursor(test.kind, test.fields...)
			if strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Errorf("cursor %q needs escaping in a URL", cursor)
			}
			if appended := string(relay.AppendCursor([]byte("x"), test.kind, test.fields...)); appended != "x"+cursor {
				t.Errorf("AppendCursor gives %q, want %q behind x", appended, cursor)
			}
			got, err := relay.DecodeCursor(test.kind, cursor)
			if err != nil || !slices.Equal(got, test.fields) {
				t.Errorf("%q decodes to %q, %v, want %q", cursor, got, err, test.fields)
			}
		})
	}
}

// encode is base64 as cursors use it, of content that EncodeCursor would not make.
func encode(content string) string { return base64.RawURLEncoding.EncodeToString([]byte(content)) }

func TestDecodeCursorRefuses(t *testing.T) {
	good := relay.EncodeCursor("k", "a", "bb")
	tests := map[string]struct {
		kind, cursor string
		want         error
	}{
		"another kind":            {"K", good, relay.ErrOtherKind},
		"a kind that begins so":   {"kk", good, relay.ErrOtherKind},
		"another kind, malformed": {"K", good + "AQ", relay.ErrMalformed},
		"empty":                   {"k", "", relay.ErrMalformed},
		"not base64":              {"k", "not a cursor!", relay.ErrMalformed},
		"an offset":               {"k", "20", relay.ErrMalformed},
		"standard base64":         {"k", base64.RawStdEncoding.EncodeToString([]byte("\x01\x01k\x03\xff\xff\xfe")), relay.ErrMalformed},
		"padded":                  {"k", base64.URLEncoding.EncodeToString([]byte("\x01\x01k\x01a")), relay.ErrMalformed},
		"line end inside":         {"k", good[:4] + "\n" + good[4:], relay.ErrMalformed},
		"line end behind":         {"k", good + "\r\n", relay.ErrMalformed},
		"spare bits set":          {"k", good[:len(good)-1] + string(good[len(good)-1]+1), relay.ErrMalformed},
		"cut off":                 {"k", good[:len(good)-2], relay.ErrMalformed},
		"trailing byte":           {"k", encode("\x01\x01k\x01a\x05"), relay.ErrMalformed},
		"another version":         {"k", encode("\x02\x01k\x01a"), relay.ErrMalformed},
		"no version":              {"k", encode("\x00"), relay.ErrMalformed},
		"version alone":           {"k", encode("\x01"), relay.ErrMalformed},
		"length over the end":     {"k", encode("\x01\x01k\x7fa"), relay.ErrMalformed},
		"huge length":             {"k", encode("\x01\x01k\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a"), relay.ErrMalformed},
		"overflowing length":      {"k", encode("\x01\x01k\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a"), relay.ErrMalformed},
		"long form of a length":   {"k", encode("\x01\x81\x00k\x01a"), relay.ErrMalformed},
		"over-long":               {"k", strings.Repeat("A", relay.MaxCursorBytes+1), relay.ErrMalformed},
		"over-long, well formed":  {"k", relay.EncodeCursor("k", strings.Repeat("x", relay.MaxCursorBytes)), relay.ErrMalformed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			fields, err := relay.DecodeCursor(test.kind, test.cursor)
			if !errors.Is(err, test.want) || fields != nil {
				t.Errorf("DecodeCursor(%q, %.60q) = %q, %v, want %v", test.kind, test.cursor, fields, err, test.want)
			}
		})
	}
}

// No cursor is the prefix of another's meaning: different places, different text.
func TestCursorsAreDistinct(t *testing.T) {
	seen := map[string][]string{}
	for _, place := range [][]string{
		{}, {""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"ab"}, {"a", "b"}, {"\x01b"}, {"a\x01b"},
	} {
		for _, kind := range []string{"", "k", "kk", "k\x01a"} {
			cursor := relay.EncodeCursor(kind, place...)
			if other, ok := seen[cursor]; ok {
				t.Errorf("%q and %q share a cursor", other, append([]string{kind}, place...))
			}
			seen[cursor] = append([]string{kind}, place...)
		}
	}
}

// A changed character either is refused or says something else; it never
// decodes to the same place.
func TestChangedCursorIsNoSynonym(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cursor := relay.EncodeCursor("CREATED_AT_DESC", "1691547528", "64d2f3e8")
	want, err := relay.DecodeCursor("CREATED_AT_DESC", cursor)
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		changed := []byte(cursor)
		i := r.IntN(len(changed))
		changed[i] = byte(r.IntN(256))
		if string(changed) == cursor {
			continue
		}
		if got, err := relay.DecodeCursor("CREATED_AT_DESC", string(changed)); err == nil && slices.Equal(got, want) {
			t.Errorf("%q decodes like %q", changed, cursor)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("k", relay.EncodeCursor("k", "a", "bb"))
	f.Add("CREATED_AT_DESC", relay.EncodeCursor("CREATED_AT_DESC", "1691547528000000000", "64d2f3e8-a1b2-4c3d"))
	f.Add("", relay.EncodeCursor(""))
	f.Add("k", encode("\x01\x81\x00k\x01a"))
	f.Add("k", "====")
	f.Add("k", strings.Repeat("_", 100))
	f.Fuzz(func(t *testing.T, kind, text string) {
		// Whatever is accepted is canonical.
		fields, err := relay.DecodeCursor(kind, text)
		if err == nil && relay.EncodeCursor(kind, fields...) != text {
			t.Errorf("%q is accepted and encodes back to %q", text, relay.EncodeCursor(kind, fields...))
		}
		if err != nil && !errors.Is(err, relay.ErrMalformed) && !errors.Is(err, relay.ErrOtherKind) {
			t.Errorf("%q: error %v", text, err)
		}
		// Whatever is encoded is accepted, as long as it is not over-long.
		cursor := relay.EncodeCursor(kind, text, "second")
		got, err := relay.DecodeCursor(kind, cursor)
		if len(cursor) > relay.MaxCursorBytes {
			if !errors.Is(err, relay.ErrMalformed) {
				t.Errorf("a cursor of %d bytes: error %v", len(cursor), err)
			}
			return
		}
		if err != nil || !slices.Equal(got, []string{text, "second"}) {
			t.Errorf("%q decodes to %q, %v", cursor, got, err)
		}
	})
}
