package persisted_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paymentlinks/internal/persisted"
)

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"b.json", "a.json", "notes.txt"} {
		if err := os.WriteFile(in(name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(in("empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		names, want []string // nil wants an error
	}{
		"a file":           {[]string{in("notes.txt")}, []string{in("notes.txt")}},
		"a missing file":   {[]string{in("c.json")}, []string{in("c.json")}}, // whoever reads it says so
		"a folder":         {[]string{dir}, []string{in("a.json"), in("b.json")}},
		"an empty folder":  {[]string{in("empty")}, []string{in("empty")}},
		"a pattern":        {[]string{in("*.json"), in("notes.txt")}, []string{in("a.json"), in("b.json"), in("notes.txt")}},
		"nothing matches":  {[]string{in("*.yaml")}, nil},
		"a broken pattern": {[]string{in("[")}, nil},
	}
	for name, test := range tests {
		got, err := persisted.Expand(test.names)
		if (err == nil) != (test.want != nil) || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, test.want)
		}
	}
	if _, err := persisted.New(persisted.Config{Settings: persisted.Settings{Manifests: []string{in("*.yaml")}}}); err == nil || !strings.Contains(err.Error(), "no file matches") {
		t.Errorf("New = %v, want an error that says what is missing", err)
	}
}
