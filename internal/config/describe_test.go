package config_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/config"
)

var update = flag.Bool("update", false, "rewrite docs/settings.md") //nolint:gochecknoglobals // how go test takes flags

func settings(t *testing.T) []config.Setting {
	t.Helper()
	all, err := config.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSettingsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range settings(t) {
		if seen[s.Env] || !strings.HasPrefix(s.Env, config.Prefix) {
			t.Errorf("%s is listed twice or lacks the prefix", s.Env)
		}
		seen[s.Env] = true
		if s.Group == "" || s.Default == "" || !strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s lacks a group, a default or a sentence of help: %+v", s.Env, s)
		}
		if !s.IsDefault {
			t.Errorf("%s is not its default although nothing is set: %q", s.Env, s.Value)
		}
	}
}

// TestSettingsPage compares docs/settings.md with the settings; -update rewrites it.
func TestSettingsPage(t *testing.T) {
	const page = "../../docs/settings.md"
	want := settingsPage(settings(t))
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/settings.md is out of date (go test ./internal/config -update) (-want +got):\n%s", diff)
	}
}

// firstOf is where a group begins.
func firstOf(all []config.Setting, group string) int {
	return slices.IndexFunc(all, func(s config.Setting) bool { return s.Group == group })
}

func settingsPage(all []config.Setting) string {
	var b strings.Builder
	b.WriteString(`# Settings

Every setting is an environment variable and a flag: ` + "`PAYMENTLINKS_MAX_DEPTH=20`" + ` is ` + "`--max-depth 20`" + `. A flag goes
before its variable, and an empty variable counts as absent. Unknown flags, contradictions and bad values are errors at start
that name the setting; an unknown ` + "`PAYMENTLINKS_*`" + ` variable is a warning. Byte counts are written ` + "`65536`, `64KiB` or `1MiB`" + `,
durations ` + "`500ms`, `15s` or `5m`" + `, lists with commas. ` + "`paymentlinks --help`" + ` prints the same list.
`)
	group := ""
	byGroup := slices.Clone(all)
	slices.SortStableFunc(byGroup, func(a, b config.Setting) int { return firstOf(all, a.Group) - firstOf(all, b.Group) })
	for _, s := range byGroup {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n## %s\n\n| variable | default | what |\n| --- | --- | --- |\n", group)
		}
		value := s.Default
		if s.Unit != "" && s.Unit != "bytes" && s.Unit != "duration" {
			value += " " + s.Unit
		}
		help := s.Help
		if s.Max != "" {
			help += fmt.Sprintf(" From %s to %s.", s.Min, s.Max)
		}
		if s.Min == "0" {
			help += " 0 is off."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Env, value, help)
	}
	return b.String()
}
