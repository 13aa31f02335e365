package graph_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata") //nolint:gochecknoglobals // a flag

// TestGolden runs each query of testdata and compares the whole answer. A
// query may begin with lines that say more of the request:
//
//	# links: shop            the list that upstream has (published by default)
//	# variables: {"n": 1}
//	# anonymous
//	# introspection: off
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.graphql")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d queries, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".graphql"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			req, links, introspection := readRequest(string(text))
			s := newServer(newSource(readLinks(t, "testdata/"+links+".json")...), func(c *graph.Config) { c.Introspection = introspection })

			var got bytes.Buffer
			if err := json.Indent(&got, s.do(t, req), "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			golden := strings.TrimSuffix(file, ".graphql") + ".json"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if calls := s.source.callCount(); calls > 1 {
				t.Errorf("%d calls of the source, want 1 at most", calls)
			}
			if s.log.Len() > 0 {
				t.Errorf("logged: %s", s.log)
			}
		})
	}
}

func readRequest(text string) (req request, links string, introspection bool) {
	links, introspection = "published", true
	req.query = text
	for line := range strings.Lines(text) {
		setting, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !ok {
			break
		}
		name, value, _ := strings.Cut(setting, ": ")
		switch name {
		case "links":
			links = value
		case "variables":
			req.variables = value
		case "anonymous":
			req.anonymous = true
		case "introspection":
			introspection = value != "off"
		}
	}
	return req, links, introspection
}
