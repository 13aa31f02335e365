package persisted_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/persisted"
)

// The documents of the manifests in testdata.
const (
	activeLinks = "query ActiveLinks { paymentLinks(status: ACTIVE) { id } }"
	dashboard   = "query Dashboard { paymentLinksConnection { totalCount } }"
	dashboardID = "f34d8b3ce0c0d6d8f0b1b1c6c1b8a0aa"
)

const greeting = "{ __typename }"

func newStore(tb testing.TB, cfg persisted.Config) *persisted.Store {
	tb.Helper()
	s, err := persisted.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// extension is extensions.persistedQuery as the edge decodes it.
func extension(hash string) map[string]any {
	return map[string]any{"version": json.Number("1"), "sha256Hash": hash}
}

func bothManifests() []string { return []string{"testdata/apollo.json", "testdata/relay.json"} }

// resolve compares what the store says with what is wanted; a fault is wanted
// by its kind and its whole sentence.
func resolve(t *testing.T, s *persisted.Store, r persisted.Request, want persisted.Document, refusal *fault.Error) persisted.Document {
	t.Helper()
	got, err := s.Resolve(r)
	var wantErr error
	if refusal != nil {
		wantErr = refusal
	}
	if diff := cmp.Diff(wantErr, err); diff != "" {
		t.Errorf("Resolve(%+v): error differs (-want +got)\n%s", r, diff)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(persisted.Document{})); diff != "" {
		t.Errorf("Resolve(%+v) differs (-want +got)\n%s", r, diff)
	}
	return got
}

func notFound() *fault.Error {
	return fault.New(fault.PersistedNotFound, "PersistedQueryNotFound")
}

func notSupported() *fault.Error {
	return fault.New(fault.PersistedUnsupported, "PersistedQueryNotSupported")
}

func bad(public string) *fault.Error { return fault.New(fault.BadRequest, public) }

// The conversation of Apollo's protocol, from the first question to the answer
// by hash.
func TestAutomaticPersistedQuery(t *testing.T) {
	s := newStore(t, persisted.Config{})
	asked := persisted.Request{Extension: extension(hashOf(greeting))}
	taught := persisted.Request{Query: greeting, Extension: extension(hashOf(greeting))}

	resolve(t, s, asked, persisted.Document{}, notFound())
	document := resolve(t, s, taught, persisted.Document{Text: greeting}, nil)
	resolve(t, s, asked, persisted.Document{}, notFound()) // it has not been validated yet
	s.Register(document)
	known := resolve(t, s, asked, persisted.Document{Text: greeting, IsNamed: true}, nil)
	s.Register(known)
	resolve(t, s, asked, persisted.Document{Text: greeting, IsNamed: true}, nil)
	resolve(t, s, persisted.Request{DocumentID: "sha256:" + hashOf(greeting)}, persisted.Document{Text: greeting, IsNamed: true}, nil)
	upper := persisted.Request{Extension: extension(strings.ToUpper(hashOf(greeting)))}
	resolve(t, s, upper, persisted.Document{Text: greeting, IsNamed: true}, nil)
}

func TestResolve(t *testing.T) {
	both := persisted.Config{Settings: persisted.Settings{Manifests: bothManifests()}}
	off := persisted.Config{Settings: persisted.Settings{MaxBytes: persisted.Off}}
	manifestsAlone := persisted.Config{Settings: persisted.Settings{Manifests: bothManifests(), MaxBytes: persisted.Off}}
	only := persisted.Config{Settings: persisted.Settings{Manifests: bothManifests(), TrustedOnly: true}}
	textRefused := bad(`Only trusted documents are executed here: send "documentId" or "extensions.persistedQuery", without a text.`)
	trustedActive := persisted.Document{Text: activeLinks, IsTrusted: true, IsNamed: true}
	trustedDashboard := persisted.Document{Text: dashboard, IsTrusted: true, IsNamed: true}
	version := func(v any) map[string]any {
		return map[string]any{"version": v, "sha256Hash": hashOf(greeting)}
	}
	tests := map[string]struct {
		cfg     persisted.Config
		request persisted.Request
		want    persisted.Document
		refusal *fault.Error
	}{
		"plain text":             {persisted.Config{}, persisted.Request{Query: greeting}, persisted.Document{Text: greeting}, nil},
		"nothing":                {persisted.Config{}, persisted.Request{}, persisted.Document{}, nil},
		"plain text, though off": {off, persisted.Request{Query: greeting}, persisted.Document{Text: greeting}, nil},

		"version as float":          {persisted.Config{}, persisted.Request{Query: greeting, Extension: version(1.0)}, persisted.Document{Text: greeting}, nil},
		"version as int64":          {persisted.Config{}, persisted.Request{Query: greeting, Extension: version(int64(1))}, persisted.Document{Text: greeting}, nil},
		"version as int":            {persisted.Config{}, persisted.Request{Query: greeting, Extension: version(1)}, persisted.Document{Text: greeting}, nil},
		"version 2":                 {persisted.Config{}, persisted.Request{Query: greeting, Extension: version(json.Number("2"))}, persisted.Document{}, notSupported()},
		"version 0":                 {persisted.Config{}, persisted.Request{Extension: version(0.0)}, persisted.Document{}, notSupported()},
		"version is no integer":     {persisted.Config{}, persisted.Request{Extension: version(1.5)}, persisted.Document{}, bad(`"extensions.persistedQuery.version" must be an integer.`)},
		"version is huge":           {persisted.Config{}, persisted.Request{Extension: version(json.Number("1e400"))}, persisted.Document{}, bad(`"extensions.persistedQuery.version" must be an integer.`)},
		"version is text":           {persisted.Config{}, persisted.Request{Extension: version("1")}, persisted.Document{}, bad(`"extensions.persistedQuery.version" must be an integer.`)},
		"version is missing":        {persisted.Config{}, persisted.Request{Extension: map[string]any{"sha256Hash": hashOf(greeting)}}, persisted.Document{}, bad(`"extensions.persistedQuery.version" must be an integer.`)},
		"hash is missing":           {persisted.Config{}, persisted.Request{Extension: map[string]any{"version": 1}}, persisted.Document{}, bad(`"extensions.persistedQuery.sha256Hash" must be a string.`)},
		"hash is a number":          {persisted.Config{}, persisted.Request{Extension: map[string]any{"version": 1, "sha256Hash": 1}}, persisted.Document{}, bad(`"extensions.persistedQuery.sha256Hash" must be a string.`)},
		"extension is a list":       {persisted.Config{}, persisted.Request{Extension: []any{}}, persisted.Document{}, bad(`"extensions.persistedQuery" must be an object.`)},
		"hash of another text":      {persisted.Config{}, persisted.Request{Query: greeting + " ", Extension: extension(hashOf(greeting))}, persisted.Document{}, bad("provided sha does not match query")},
		"hash is none, with a text": {persisted.Config{}, persisted.Request{Query: greeting, Extension: extension("abc")}, persisted.Document{}, bad("provided sha does not match query")},
		"hash is none":              {persisted.Config{}, persisted.Request{Extension: extension("abc")}, persisted.Document{}, notFound()},
		"hash of the right length":  {persisted.Config{}, persisted.Request{Extension: extension(strings.Repeat("g", 64))}, persisted.Document{}, notFound()},
		"switched off":              {off, persisted.Request{Extension: extension(hashOf(greeting))}, persisted.Document{}, notSupported()},
		"switched off, with a text": {off, persisted.Request{Query: greeting, Extension: extension(hashOf(greeting))}, persisted.Document{}, notSupported()},

		"Apollo's id":                   {both, persisted.Request{DocumentID: "3f8a"}, trustedActive, nil},
		"Apollo's id as a hash":         {both, persisted.Request{Extension: extension("3f8a")}, trustedActive, nil},
		"Relay's id":                    {both, persisted.Request{DocumentID: dashboardID}, trustedDashboard, nil},
		"true hash of a listed text":    {both, persisted.Request{Extension: extension(hashOf(dashboard))}, trustedDashboard, nil},
		"documentId with its algorithm": {both, persisted.Request{DocumentID: "sha256:" + hashOf(dashboard)}, trustedDashboard, nil},
		"documentId of unknown hash":    {both, persisted.Request{DocumentID: "sha256:" + hashOf("{a}")}, persisted.Document{}, notFound()},
		"documentId of broken hash":     {both, persisted.Request{DocumentID: "sha256:"}, persisted.Document{}, notFound()},
		"listed text with its hash":     {both, persisted.Request{Query: dashboard, Extension: extension(hashOf(dashboard))}, persisted.Document{Text: dashboard, IsTrusted: true}, nil},
		"unknown id":                    {both, persisted.Request{DocumentID: "nobody"}, persisted.Document{}, notFound()},
		"id without manifests":          {persisted.Config{}, persisted.Request{DocumentID: "3f8a"}, persisted.Document{}, notFound()},
		"id is part of a listed one":    {both, persisted.Request{DocumentID: "3f8"}, persisted.Document{}, notFound()},
		"other texts, too":              {both, persisted.Request{Query: greeting}, persisted.Document{Text: greeting}, nil},
		"id and text":                   {both, persisted.Request{DocumentID: "3f8a", Query: greeting}, persisted.Document{}, bad(`Send "documentId" alone, without "query" and "extensions.persistedQuery".`)},
		"id and hash":                   {both, persisted.Request{DocumentID: "3f8a", Extension: extension("3f8a")}, persisted.Document{}, bad(`Send "documentId" alone, without "query" and "extensions.persistedQuery".`)},
		"listed, though off":            {manifestsAlone, persisted.Request{Extension: extension("3f8a")}, trustedActive, nil},
		"hash and text, though off":     {manifestsAlone, persisted.Request{Query: greeting, Extension: extension(hashOf(greeting))}, persisted.Document{Text: greeting}, nil},

		"trusted only: listed":                {only, persisted.Request{DocumentID: "3f8a"}, trustedActive, nil},
		"trusted only: listed by hash":        {only, persisted.Request{Extension: extension(hashOf(dashboard))}, trustedDashboard, nil},
		"trusted only: unknown":               {only, persisted.Request{Extension: extension(hashOf(greeting))}, persisted.Document{}, notFound()},
		"trusted only: text":                  {only, persisted.Request{Query: greeting}, persisted.Document{}, textRefused},
		"trusted only: listed text":           {only, persisted.Request{Query: dashboard}, persisted.Document{}, textRefused},
		"trusted only: text with its hash":    {only, persisted.Request{Query: greeting, Extension: extension(hashOf(greeting))}, persisted.Document{}, textRefused},
		"trusted only: nothing":               {only, persisted.Request{}, persisted.Document{}, textRefused},
		"trusted only: text beside listed id": {only, persisted.Request{Query: greeting, Extension: extension("3f8a")}, persisted.Document{}, textRefused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resolve(t, newStore(t, test.cfg), test.request, test.want, test.refusal)
		})
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		request persisted.Request
		want    bool
	}{
		{persisted.Request{}, false},
		{persisted.Request{Query: greeting}, false},
		{persisted.Request{DocumentID: "a"}, true},
		{persisted.Request{Query: greeting, Extension: map[string]any{}}, true},
	}
	for _, test := range tests {
		if got := test.request.Names(); got != test.want {
			t.Errorf("Names of %+v = %t, want %t", test.request, got, test.want)
		}
	}
}

// What must not be kept is not, whoever calls Register.
func TestRegisterKeepsNothingElse(t *testing.T) {
	for name, cfg := range map[string]persisted.Config{
		"automatic":      {},
		"switched off":   {Settings: persisted.Settings{Manifests: bothManifests(), MaxBytes: persisted.Off}},
		"with manifests": {Settings: persisted.Settings{Manifests: bothManifests()}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, cfg)
			plain, err := s.Resolve(persisted.Request{Query: greeting})
			if err != nil {
				t.Fatal(err)
			}
			s.Register(plain)
			s.Register(persisted.Document{Text: greeting})
			resolve(t, s, persisted.Request{Extension: extension(hashOf(greeting))}, persisted.Document{}, notFound())
			resolve(t, s, persisted.Request{Extension: extension(strings.Repeat("0", 64))}, persisted.Document{}, notFound())
		})
	}
}

func TestLearntTextsAreBoundedByBytes(t *testing.T) {
	const memory = 1 << 20
	s := newStore(t, persisted.Config{Settings: persisted.Settings{MaxBytes: memory}})
	before := heap()
	kept := 0
	text := func(i int) string { return fmt.Sprintf("{a%d}%s", i, strings.Repeat("#", 20_000)) }
	for i := range 1000 { // 20 MB in all
		d, err := s.Resolve(persisted.Request{Query: text(i), Extension: extension(hashOf(text(i)))})
		if err != nil {
			t.Fatal(err)
		}
		s.Register(d)
	}
	for i := range 1000 {
		d, err := s.Resolve(persisted.Request{Extension: extension(hashOf(text(i)))})
		if err == nil {
			kept++
			if d.Text != text(i) {
				t.Errorf("the hash of text %d leads to another text", i)
			}
		}
	}
	if most := memory / 20_000; kept > most || kept < most/2 {
		t.Errorf("%d texts of 20 KB are kept, want at most %d and not far fewer", kept, most)
	}
	if grown := int64(heap()) - int64(before); grown > 3*memory {
		t.Errorf("the store takes %d bytes, want about %d", grown, memory)
	}
	runtime.KeepAlive(s)
}

// A kept text must not keep the request's body alive that it was cut from.
func TestLearntTextsLetGoOfTheRequest(t *testing.T) {
	s := newStore(t, persisted.Config{})
	before := heap()
	for i := range 100 {
		body := fmt.Sprintf("{a%03d}", i) + strings.Repeat(" ", 1<<20)
		d, err := s.Resolve(persisted.Request{Query: body[:6], Extension: extension(hashOf(body[:6]))})
		if err != nil {
			t.Fatal(err)
		}
		s.Register(d)
	}
	if grown := int64(heap()) - int64(before); grown > 10<<20 {
		t.Errorf("keeping 100 short texts took %d bytes", grown)
	}
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestStoreConcurrently(t *testing.T) {
	s := newStore(t, persisted.Config{Settings: persisted.Settings{MaxBytes: 8 << 10, Manifests: bothManifests()}})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 500 {
				text := fmt.Sprintf("{a%d}", (worker+i)%100)
				d, err := s.Resolve(persisted.Request{Extension: extension(hashOf(text))})
				if err != nil {
					d, err = s.Resolve(persisted.Request{Query: text, Extension: extension(hashOf(text))})
				}
				if err != nil || d.Text != text {
					t.Errorf("Resolve = %+v, %v; want the text %q", d, err, text)
				}
				s.Register(d)
			}
		})
	}
	wg.Wait()
}

func BenchmarkResolve(b *testing.B) {
	s := newStore(b, persisted.Config{Settings: persisted.Settings{Manifests: bothManifests()}})
	long := "{a}" + strings.Repeat("#", 8<<10)
	taught := persisted.Request{Query: long, Extension: extension(hashOf(long))}
	d, err := s.Resolve(taught)
	if err != nil {
		b.Fatal(err)
	}
	s.Register(d)
	for name, r := range map[string]persisted.Request{
		"text":        {Query: greeting},
		"hash":        {Extension: extension(hashOf(long))},
		"hash, 8 KiB": taught,
		"documentId":  {DocumentID: dashboardID},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Resolve(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
