package config_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/config"
)

// file writes a settings file.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A flag goes before its variable, and that before the file.
func TestSettingsFile(t *testing.T) {
	name := file(t, "fresh-for: 1s\nmax-depth: 3\nmax-tokens: 0\nallowed-origins: [https://a.example, 'https://b.example']\nlive-hosts: a.example, b.example\nproduction: false\nlog-level:\n")
	env := []string{"PAYMENTLINKS_CONFIG_FILE=" + name, "PAYMENTLINKS_FRESH_FOR=2s"}
	for args, want := range map[string]time.Duration{"": 2 * time.Second, "--fresh-for=3s": 3 * time.Second} {
		c := parse(t, strings.Fields(args), env...)
		if c.Snapshots.FreshFor != want || c.Document.Depth != 3 || c.Document.Tokens != -1 {
			t.Errorf("%q: fresh for %s, depth %d, tokens %d", args, c.Snapshots.FreshFor, c.Document.Depth, c.Document.Tokens)
		}
		if diff := cmp.Diff([]string{"https://a.example", "https://b.example"}, c.Edge.AllowedOrigins); diff != "" {
			t.Errorf("origins (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]string{"a.example", "b.example"}, c.Upstream.LiveHosts); diff != "" {
			t.Errorf("hosts (-want +got)\n%s", diff)
		}
	}
	for _, args := range [][]string{{"--config-file=" + name}, {"--config-file", name}, {"serve", "--config-file", name}} {
		if c := parse(t, args, "PAYMENTLINKS_CONFIG_FILE=/nowhere"); c.Document.Depth != 3 {
			t.Errorf("%v: depth %d", args, c.Document.Depth)
		}
	}
	if c := parse(t, nil, "PAYMENTLINKS_CONFIG_FILE="+file(t, "# nothing\n")); c.Document.Depth != 15 {
		t.Errorf("an empty file: depth %d", c.Document.Depth)
	}
}

func TestBrokenSettingsFiles(t *testing.T) {
	tests := map[string]struct {
		content string
		want    []string // all in the error
	}{
		"unknown key":      {"max-dephth: 3\n", []string{"PAYMENTLINKS_CONFIG_FILE", `"max-dephth"`, "perhaps max-depth was meant"}},
		"two problems":     {"nothing-like-it: 3\nfresh-for: SECRET\n", []string{`"nothing-like-it"`, "PAYMENTLINKS_FRESH_FOR"}},
		"itself":           {"config-file: other.yaml\n", []string{`"config-file"`}},
		"out of range":     {"max-depth: 100000\n", []string{"PAYMENTLINKS_MAX_DEPTH"}},
		"no mapping":       {"- a\n", []string{"line 1"}},
		"a mapping inside": {"fresh-for:\n  SECRET: 1\n", []string{"not of the expected form"}},
		"twice":            {"max-depth: 3\nmax-depth: 4\n", []string{"line 2"}},
		"two documents":    {"max-depth: 3\n---\nmax-depth: 4\n", []string{"more than one"}},
		"no YAML":          {"a: [", []string{"not of the expected form"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Parse(nil, []string{"PAYMENTLINKS_CONFIG_FILE=" + file(t, test.content)}, io.Discard, io.Discard)
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
			if err != nil && strings.Contains(err.Error(), "SECRET") && name != "two problems" {
				t.Errorf("the error quotes the file: %v", err)
			}
		})
	}
	if _, _, err := config.Parse(nil, []string{"PAYMENTLINKS_CONFIG_FILE=/nowhere/settings.yaml"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "PAYMENTLINKS_CONFIG_FILE") {
		t.Errorf("a missing file: %v", err)
	}
	if _, _, err := config.Parse([]string{"version"}, []string{"PAYMENTLINKS_CONFIG_FILE=/nowhere/settings.yaml"}, io.Discard, io.Discard); err != nil {
		t.Errorf("a command that needs no setting: %v", err)
	}
}

// What can change while the program runs is taken over; the rest waits, by name.
func TestRenewed(t *testing.T) {
	old := parse(t, nil, "PAYMENTLINKS_MAX_DEPTH=3", "PAYMENTLINKS_FRESH_FOR=1s", "PAYMENTLINKS_USER_TOKEN=old", "PAYMENTLINKS_API_KEY=k")
	fresh := parse(t, nil, "PAYMENTLINKS_MAX_DEPTH=4", "PAYMENTLINKS_FRESH_FOR=2s", "PAYMENTLINKS_USER_TOKEN=new", "PAYMENTLINKS_API_KEY=k",
		"PAYMENTLINKS_MAX_BODY_BYTES=2MiB", "PAYMENTLINKS_MAX_HEADER_BYTES=128KiB", "PAYMENTLINKS_MAX_LINKS=7")
	got, waiting := old.Renewed(fresh)
	if got.Document.Depth != 4 || got.Edge.MaxBodyBytes != 2<<20 || got.Operation.Links != 7 || got.Callers.UserToken != "new" {
		t.Errorf("not renewed: depth %d, body %d, links %d", got.Document.Depth, got.Edge.MaxBodyBytes, got.Operation.Links)
	}
	if got.Snapshots.FreshFor != time.Second || got.Edge.MaxHeaderBytes != 64<<10 {
		t.Errorf("renewed: fresh for %s, header %d", got.Snapshots.FreshFor, got.Edge.MaxHeaderBytes)
	}
	slices.Sort(waiting)
	if diff := cmp.Diff([]string{"PAYMENTLINKS_FRESH_FOR", "PAYMENTLINKS_MAX_HEADER_BYTES"}, waiting); diff != "" {
		t.Errorf("waiting (-want +got)\n%s", diff)
	}
}
