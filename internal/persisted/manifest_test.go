package persisted_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/persisted"
)

const apolloHead = `{"format":"apollo-persisted-query-manifest","version":1,"operations":`

func TestParseManifest(t *testing.T) {
	tests := map[string]struct {
		content string
		want    []persisted.Entry
	}{
		"Apollo": {
			apolloHead + `[{"id":"a","name":"A","type":"query","body":"query A{a}"},{"id":"b","body":"{b}"}]}`,
			[]persisted.Entry{{ID: "a", Name: "A", Type: "query", Body: "query A{a}"}, {ID: "b", Body: "{b}"}},
		},
		"Apollo, format last":               {`{"operations":[],"version":1,"format":"apollo-persisted-query-manifest"}`, []persisted.Entry{}},
		"Apollo, with more than we know":    {apolloHead + `[{"id":"a","body":"{a}","clientName":"web"}],"more":[1]}`, []persisted.Entry{{ID: "a", Body: "{a}"}}},
		"Relay, in the order of the file":   {`{"b":"{b}","a":"{a}"}`, []persisted.Entry{{ID: "b", Body: "{b}"}, {ID: "a", Body: "{a}"}}},
		"Relay, escaped":                    {` {"a\u0062" : "{\"é\" }"} `, []persisted.Entry{{ID: "ab", Body: `{"é" }`}}},
		"Relay, the same id twice":          {`{"a":"{a}","a":"{b}"}`, []persisted.Entry{{ID: "a", Body: "{a}"}, {ID: "a", Body: "{b}"}}},
		"Relay, with an id called format":   {`{"format":"{a}"}`, []persisted.Entry{{ID: "format", Body: "{a}"}}},
		"empty object":                      {`{}`, []persisted.Entry{}},
		"Relay, empty id is for New to see": {`{"":"{a}"}`, []persisted.Entry{{Body: "{a}"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := persisted.ParseManifest([]byte(test.content))
			if err != nil {
				t.Fatalf("ParseManifest(%s) = %v", test.content, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ParseManifest(%s) differs (-want +got)\n%s", test.content, diff)
			}
		})
	}
}

func TestParseManifestRefuses(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"empty":                   {``, "is not valid JSON at about byte 0"},
		"cut off":                 {`{"planted":"{a}"`, "is not valid JSON at about byte 16"},
		"cut off inside a text":   {`{"a":"planted`, "is not valid JSON at about byte 5"},
		"a list":                  {`["planted"]`, "is not a JSON object"},
		"a text":                  {`"planted"`, "is not a JSON object"},
		"null":                    {`null`, "is not a JSON object"},
		"something after it":      {`{"a":"{a}"} planted`, "is not valid JSON at about byte 12"},
		"a second value":          {`{"a":"{a}"} {}`, "is not valid JSON at about byte 13"},
		"no text":                 {`{"a":"{a}","planted":{"b":1}}`, "entry 2: is not a text"},
		"null for a text":         {`{"planted":null}`, "entry 1: is not a text"},
		"Apollo, another version": {`{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}`, "is an Apollo manifest of another version than 1"},
		"Apollo, no version":      {`{"format":"apollo-persisted-query-manifest","operations":[]}`, "is an Apollo manifest of another version than 1"},
		"Apollo, operations":      {apolloHead + `{"planted":1}}`, "does not have the shape of an Apollo manifest"},
		"Apollo, no id":           {apolloHead + `[{"id":"a","body":"{a}"},{"body":"{planted}"}]}`, "entry 2: needs an id and a body"},
		"Apollo, no body":         {apolloHead + `[{"id":"planted"}]}`, "entry 1: needs an id and a body"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			entries, err := persisted.ParseManifest([]byte(test.content))
			if err == nil || err.Error() != test.want {
				t.Errorf("ParseManifest(%s) = %v, %v; want the error %q", test.content, entries, err, test.want)
			}
		})
	}
}

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNewRefusesManifests(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"malformed":            {`{"planted`, "is not valid JSON at about byte 1"},
		"syntax":               {`{"a":"{a}","b":"{planted"}`, "entry 2: its document is not valid GraphQL syntax"},
		"no operation":         {`{"a":"fragment planted on T{a}"}`, "entry 1: its document holds no operation"},
		"no id":                {`{"":"{planted}"}`, "entry 1: it has no id"},
		"one id, two texts":    {`{"planted":"{a}","b":"{b}","planted":"{c}"}`, "entry 3: its id already names another document"},
		"another name":         {apolloHead + `[{"id":"a","name":"planted","body":"query A{a}"}]}`, "entry 1: its document holds no operation of the entry's name and type"},
		"another type":         {apolloHead + `[{"id":"a","name":"A","type":"mutation","body":"query A{planted}"}]}`, "entry 1: its document holds no operation of the entry's name and type"},
		"the check says so":    {`{"a":"{refused}"}`, "entry 1: The document is too wide."},
		"the check's own text": {`{"a":"{quoted}"}`, "entry 1: its document is not valid against the schema"},
	}
	check := func(text string) error {
		switch text {
		case "{refused}":
			return fault.Wrap(fault.LimitExceeded, "The document is too wide.", errors.New("planted"))
		case "{quoted}":
			return errors.New(`Cannot query field "planted"`)
		}
		return nil
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := write(t, test.content)
			_, err := persisted.New(persisted.Config{Settings: persisted.Settings{Manifests: []string{"testdata/apollo.json", file}}, Check: check})
			if want := "trusted documents: " + file + ": " + test.want; err == nil || err.Error() != want {
				t.Errorf("New with %s = %v, want the error %q", test.content, err, want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		cfg  persisted.Config
		want string
	}{
		"trusted only, nothing listed":  {persisted.Config{Settings: persisted.Settings{TrustedOnly: true}}, "needs a manifest that lists documents"},
		"trusted only, an empty list":   {persisted.Config{Settings: persisted.Settings{TrustedOnly: true, Manifests: []string{write(t, "{}")}}}, "needs a manifest that lists documents"},
		"negative size":                 {persisted.Config{Settings: persisted.Settings{MaxBytes: -2}}, "MaxBytes is -2"},
		"missing file":                  {persisted.Config{Settings: persisted.Settings{Manifests: []string{"testdata/nobody.json"}}}, "testdata/nobody.json"},
		"a directory":                   {persisted.Config{Settings: persisted.Settings{Manifests: []string{"../bounded"}}}, "../bounded"},
		"larger than a manifest may be": {persisted.Config{Settings: persisted.Settings{Manifests: []string{write(t, strings.Repeat(" ", persisted.MaxManifestBytes+1))}}}, "is larger than it may be: 67108864 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := persisted.New(test.cfg); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("New = %v, want an error with %q", err, test.want)
			}
		})
	}
}

// One document may be listed under several ids, and one id in several files.
func TestManifestsMayAgree(t *testing.T) {
	again := write(t, `{"3f8a":"`+activeLinks+`","another":"`+activeLinks+`"}`)
	checked := 0
	s := newStore(t, persisted.Config{
		Settings: persisted.Settings{Manifests: append(bothManifests(), again)},
		Check:    func(string) error { checked++; return nil },
	})
	for _, id := range []string{"3f8a", "another", "one-link", "counter", dashboardID} {
		if d, err := s.Resolve(persisted.Request{DocumentID: id}); err != nil || !d.IsTrusted {
			t.Errorf("Resolve(%q) = %+v, %v; want a trusted document", id, d, err)
		}
	}
	if checked != 6 {
		t.Errorf("%d entries were checked, want all 6", checked)
	}
}

// Whatever the file, a manifest is refused or every entry of it is text, and
// what was read can be written and read again.
func FuzzParseManifest(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `{"a":"{a}"}`, `{"a":"{a}","a":""}`, `{"format":"x"}`, `{"a":1}`, "{\"\xff\":\"\xff\"}", `{"a":"\ud800"}`,
		apolloHead + `[{"id":"a","name":"A","type":"query","body":"query A{a}"}]}`, apolloHead + `[null]}`, apolloHead + `null}`,
		`{"format":"apollo-persisted-query-manifest","version":"1"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		entries, err := persisted.ParseManifest(content)
		if err != nil {
			if entries != nil {
				t.Errorf("ParseManifest(%q) = %v beside the error %v", content, entries, err)
			}
			return
		}
		if !json.Valid(content) {
			t.Errorf("ParseManifest(%q) accepts what is no JSON", content)
		}
		relay := []byte("{")
		for i, e := range entries {
			if e.ID == "format" {
				return // Relay's format cannot say this of Apollo's
			}
			id, err := json.Marshal(e.ID)
			if err != nil {
				t.Fatal(err)
			}
			body, err := json.Marshal(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				relay = append(relay, ',')
			}
			relay = append(append(append(relay, id...), ':'), body...)
		}
		again, err := persisted.ParseManifest(append(relay, '}'))
		if err != nil {
			t.Fatalf("ParseManifest(%q), written as %s: %v", content, relay, err)
		}
		for i := range entries {
			if again[i].ID != entries[i].ID || again[i].Body != entries[i].Body {
				t.Errorf("entry %d of %q is read again as %+v", i+1, content, again[i])
			}
		}
	})
}
