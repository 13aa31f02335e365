package archtest_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

const module = "paymentlinks"

// violation is an import that no row allows, or a package without a row (then
// imports is empty).
type violation struct {
	pkg, imports string
}

func (v violation) String() string {
	if v.imports == "" {
		return v.pkg + " has no row in rooms_test.go: say what it may import"
	}
	return v.pkg + " must not import " + v.imports
}

// check compares what packages import with what the house allows. Both sides of
// imports are import paths.
func check(house map[string]room, imports map[string][]string) (violations []violation) {
	for pkg, imported := range imports {
		own, ok := house[inModule(pkg)]
		if !ok {
			violations = append(violations, violation{pkg, ""})
			continue
		}
		for _, path := range imported {
			if !own.allows(path) {
				violations = append(violations, violation{pkg, path})
			}
		}
	}
	slices.SortFunc(violations, func(a, b violation) int {
		return cmp.Or(strings.Compare(a.pkg, b.pkg), strings.Compare(a.imports, b.imports))
	})
	return violations
}

func (r room) allows(path string) bool {
	switch {
	case path == module || strings.HasPrefix(path, module+"/"):
		return slices.Contains(r.ours, inModule(path))
	case strings.Contains(strings.Split(path, "/")[0], "."): // only modules have a host name
		return slices.ContainsFunc(r.modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
	}
	return !isDoor(path) || slices.Contains(r.doors, path)
}

// inModule returns an import path as a path in the module; "" is its root.
func inModule(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// isDoor reports whether a package of the standard library reaches the network,
// the file system, the process or other processes, or goes under the language.
func isDoor(path string) bool {
	switch path {
	case "net/url", "net/netip", "net/mail", "net/textproto":
		return false // text alone
	case "C", "net", "os", "unsafe", "plugin", "syscall", "expvar", "io/ioutil", "log", "log/syslog", "database/sql":
		return true
	}
	return strings.HasPrefix(path, "net/") || strings.HasPrefix(path, "os/")
}

// list returns what the packages of the module in dir import, tests left out.
func list(t *testing.T, dir string) map[string][]string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	imports := map[string][]string{}
	for line := range strings.Lines(stdout.String()) {
		fields := strings.Fields(line)
		imports[fields[0]] = fields[1:]
	}
	return imports
}

func TestEveryRoomKeepsToItsImports(t *testing.T) {
	imports := list(t, "../..")
	if len(imports[module]) == 0 || len(imports[module+"/internal/money"]) == 0 {
		t.Fatalf("go list did not see the module: %d packages", len(imports))
	}
	for _, v := range check(rooms(), imports) {
		t.Error(v)
	}
}

// The rows themselves must make sense: a name in them that no row has is a slip.
func TestRowsNameRooms(t *testing.T) {
	house := rooms()
	for path, r := range house {
		for _, other := range r.ours {
			if _, ok := house[other]; !ok {
				t.Errorf("the row of %q allows %q, which has no row", path, other)
			}
			if other == path || other == "" {
				t.Errorf("the row of %q allows itself or the program", path)
			}
		}
		for _, door := range r.doors {
			if !isDoor(door) {
				t.Errorf("the row of %q allows %q, which needs no permission", path, door)
			}
		}
	}
}

// TestNoPermissionIsUnused: a permission that nobody uses is an arrow that
// somebody may draw without thinking. Nor may a row outlive its room.
func TestNoPermissionIsUnused(t *testing.T) {
	for _, u := range unused(rooms(), list(t, "../..")) {
		t.Error(u)
	}
}

// unused returns rows without a package, and permissions that no import needs.
func unused(house map[string]room, imports map[string][]string) []string {
	var found []string
	for path, r := range house {
		imported, ok := imports[strings.TrimSuffix(module+"/"+path, "/")]
		if !ok {
			found = append(found, fmt.Sprintf("the row of %q has no package", path))
			continue
		}
		for _, other := range r.ours {
			if !slices.Contains(imported, module+"/"+other) {
				found = append(found, fmt.Sprintf("%q may import %q, and does not", path, other))
			}
		}
		for _, other := range r.modules {
			if !slices.ContainsFunc(imported, func(i string) bool { return i == other || strings.HasPrefix(i, other+"/") }) {
				found = append(found, fmt.Sprintf("%q may use the module %q, and does not", path, other))
			}
		}
		for _, door := range r.doors {
			if !slices.Contains(imported, door) {
				found = append(found, fmt.Sprintf("%q may open %q, and does not", path, door))
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestUnusedFindsPlantedRows(t *testing.T) {
	house := map[string]room{
		"graph":          {ours: []string{"internal/money", "internal/fault"}, modules: []string{"example.org/a", "example.org/b"}, doors: []string{"os", "net"}},
		"internal/money": {},
		"internal/fault": {},
		"internal/gone":  {},
	}
	got := unused(house, map[string][]string{
		"paymentlinks/graph":          {"fmt", "net", "example.org/a/deep", "paymentlinks/internal/money"},
		"paymentlinks/internal/money": nil, "paymentlinks/internal/fault": nil,
	})
	want := []string{
		`"graph" may import "internal/fault", and does not`,
		`"graph" may open "os", and does not`,
		`"graph" may use the module "example.org/b", and does not`,
		`the row of "internal/gone" has no package`,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestArrowsBetweenGroups: the edge never comes to know upstream, nor the graph
// either of them. Only the program, which joins all, may.
func TestArrowsBetweenGroups(t *testing.T) {
	house := rooms()
	for path, r := range house {
		if r.in == "" {
			t.Errorf("the row of %q names no group", path)
		}
		for _, other := range r.ours {
			if to := house[other].in; path != "" && to != r.in && !slices.Contains(r.in.below(), to) {
				t.Errorf("%q of %s may import %q of %s", path, r.in, other, to)
			}
		}
	}
}

// The domain and the vocabulary never come to depend on what uses them, not
// even by way of another room.
func TestAllowedImportsHaveNoCycle(t *testing.T) {
	house := rooms()
	var walk func(path string, above []string)
	walk = func(path string, above []string) {
		if slices.Contains(above, path) {
			t.Fatalf("rows allow a cycle: %s", strings.Join(append(above, path), " -> "))
		}
		for _, other := range house[path].ours {
			walk(other, append(slices.Clip(above), path))
		}
	}
	for path := range maps.Keys(house) {
		walk(path, nil)
	}
}

func TestCheckFindsPlantedImports(t *testing.T) {
	house := map[string]room{
		"":                  {ours: []string{"graph", "internal/money"}, doors: []string{"os"}},
		"graph":             {ours: []string{"internal/money"}, modules: []string{"example.org/graphql/v2"}},
		"internal/money":    {modules: []string{"example.org/decimal"}},
		"internal/snapshot": {},
	}
	tests := map[string]struct {
		pkg, imports string
		allowed      bool
	}{
		"allowed":                       {"paymentlinks/graph", "paymentlinks/internal/money", true},
		"the domain upwards":            {"paymentlinks/internal/money", "paymentlinks/graph", false},
		"a sibling":                     {"paymentlinks/graph", "paymentlinks/internal/snapshot", false},
		"below an allowed room":         {"paymentlinks/graph", "paymentlinks/internal/money/deep", false},
		"a name that begins like one":   {"paymentlinks/graph", "paymentlinks/internal/moneybag", false},
		"the program":                   {"paymentlinks/graph", "paymentlinks", false},
		"its module":                    {"paymentlinks/internal/money", "example.org/decimal", true},
		"a package of its module":       {"paymentlinks/graph", "example.org/graphql/v2/ast", true},
		"another version":               {"paymentlinks/graph", "example.org/graphql", false},
		"another's module":              {"paymentlinks/graph", "example.org/decimal", false},
		"a module that begins like one": {"paymentlinks/internal/money", "example.org/decimals", false},
		"the standard library":          {"paymentlinks/internal/money", "math/big", true},
		"text of addresses":             {"paymentlinks/internal/money", "net/url", true},
		"a door":                        {"paymentlinks/graph", "net/http", false},
		"a door's room":                 {"paymentlinks/graph", "net/http/httputil", false},
		"another's door":                {"paymentlinks/internal/money", "os", false},
		"its door":                      {"paymentlinks", "os", true},
		"a door beside its own":         {"paymentlinks", "os/exec", false},
		"under the language":            {"paymentlinks/internal/money", "unsafe", false},
		"no row":                        {"paymentlinks/internal/utils", "strings", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			violations := check(house, map[string][]string{test.pkg: {"fmt", test.imports}})
			if got := len(violations) == 0; got != test.allowed {
				t.Errorf("%s importing %s: allowed = %v, want %v (%v)", test.pkg, test.imports, got, test.allowed, violations)
			}
		})
	}
}

// The same with real files and the real table, through go list.
func TestPlantedModuleFails(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":                     "module paymentlinks\n\ngo 1.26.0\n",
		"main.go":                    "package main\n\nimport _ \"paymentlinks/internal/snapshot\"\n\nfunc main() {}\n",
		"internal/money/money.go":    "package money\n\nimport (\n\t_ \"net/http\"\n\t_ \"paymentlinks/internal/fault\"\n)\n",
		"internal/money/x_test.go":   "package money\n\nimport _ \"os\"\n", // tests may
		"internal/fault/fault.go":    "package fault\n\nimport _ \"errors\"\n",
		"internal/snapshot/store.go": "package snapshot\n\nimport _ \"paymentlinks/internal/fault\"\n",
		"internal/helpers/all.go":    "package helpers\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []violation{
		{"paymentlinks/internal/helpers", ""},
		{"paymentlinks/internal/money", "net/http"},
		{"paymentlinks/internal/money", "paymentlinks/internal/fault"},
	}
	if diff := gocmp.Diff(want, check(rooms(), list(t, dir)), gocmp.AllowUnexported(violation{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
