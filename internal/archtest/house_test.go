package archtest_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/house.md") //nolint:gochecknoglobals // how go test takes flags

// TestHousePage compares docs/house.md with what packages import; -update, or
// make house, draws it anew.
func TestHousePage(t *testing.T) {
	const page = "../../docs/house.md"
	want := housePage(rooms(), list(t, "../.."))
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/house.md is out of date (make house) (-want +got):\n%s", diff)
	}
}

// housePage draws the rooms by group, and then lists each with what it imports.
// The drawing leaves out the program, which imports nearly all, and the arrows
// to rooms that nearly all import.
func housePage(house map[string]room, imports map[string][]string) string {
	paths := slices.Sorted(maps.Keys(house))
	importers := map[string]int{}
	ours := map[string][]string{}
	for _, path := range paths {
		for _, imported := range imports[strings.TrimSuffix(module+"/"+path, "/")] {
			if strings.HasPrefix(imported, module+"/") {
				ours[path] = append(ours[path], inModule(imported))
				importers[inModule(imported)]++
			}
		}
	}
	const everywhere = 7 // imported by so many, a room is vocabulary
	var b strings.Builder
	b.WriteString("# The house\n\nDrawn from the imports by `make house`; a test holds it to them. `internal/archtest/rooms_test.go` says what a room may\n" +
		"import. The drawing leaves out the program (`server.go`), and the arrows to rooms that nearly all import.\n\n```mermaid\nflowchart TD\n")
	for _, g := range []group{process, edge, graph, upstream, domain} {
		fmt.Fprintf(&b, "  subgraph %s_group [%s]\n", g, g)
		for _, path := range paths {
			if house[path].in == g && path != "" {
				fmt.Fprintf(&b, "    %s[%s]\n", node(path), strings.TrimPrefix(path, "internal/"))
			}
		}
		b.WriteString("  end\n")
	}
	for _, path := range paths {
		for _, other := range ours[path] {
			if path != "" && importers[other] < everywhere {
				fmt.Fprintf(&b, "  %s --> %s\n", node(path), node(other))
			}
		}
	}
	b.WriteString("```\n\n| room | group | imports of ours |\n| --- | --- | --- |\n")
	for _, path := range paths {
		name := path
		if name == "" {
			name = "server.go"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, house[path].in, strings.ReplaceAll(strings.Join(ours[path], ", "), "internal/", ""))
	}
	return b.String()
}

// node is a room's name in the drawing: some words are the language's own.
func node(path string) string { return "r_" + strings.NewReplacer("/", "_", "-", "_").Replace(path) }
