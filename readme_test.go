package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/examples/*.json") //nolint:gochecknoglobals // how go test takes flags

// TestExamples asks what docs/examples asks, and compares the answers with
// those beside them; -update rewrites them.
func TestExamples(t *testing.T) {
	s := start(t)
	documents, err := filepath.Glob("docs/examples/*.graphql")
	if err != nil || len(documents) < 4 {
		t.Fatalf("%d examples (%v), want at least 4", len(documents), err)
	}
	for _, name := range documents {
		t.Run(filepath.Base(name), func(t *testing.T) {
			got := s.query(t, read(t, name))
			golden := strings.TrimSuffix(name, ".graphql") + ".json"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil { //nolint:gosec // a page for everybody
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(read(t, golden), got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name) //nolint:gosec // a file of ours
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestReadme compares README.md with the files and settings that it shows;
// -update rewrites the settings.
func TestReadme(t *testing.T) {
	readme := read(t, "README.md")
	for _, name := range []string{"open", "page", "by_code"} {
		for extension, language := range map[string]string{"graphql": "graphql", "json": "json"} {
			file := filepath.Join("docs", "examples", name+"."+extension)
			if !strings.Contains(readme, "```"+language+"\n"+read(t, file)+"```") {
				t.Errorf("README.md does not show %s as it is", file)
			}
		}
	}
	page := read(t, filepath.Join("docs", "settings.md"))
	shown := 0
	for _, row := range regexp.MustCompile("(?m)^\\| (`PAYMENTLINKS_\\w+`) .*$").FindAllStringSubmatch(readme, -1) {
		shown++
		want := regexp.MustCompile("(?m)^\\| " + row[1] + " .*$").FindString(page)
		if row[0] != want {
			t.Errorf("README.md shows a setting otherwise than docs/settings.md:\n%s\n%s", row[0], want)
		}
		readme = strings.Replace(readme, row[0], want, 1)
	}
	if shown < 10 {
		t.Errorf("README.md shows %d settings", shown)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(readme), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
}

// TestReadmeInThePlayground pastes README's queries into the playground: sent
// with the headers that its editor opens with, they give README's answers.
func TestReadmeInThePlayground(t *testing.T) {
	s := start(t)
	_, page := s.do(t, http.MethodGet, s.url+"/", "")
	attribute := regexp.MustCompile(`data-settings="([^"]*)"`).FindStringSubmatch(page)
	if attribute == nil {
		t.Fatal("the page carries no settings")
	}
	var settings struct{ Headers string }
	if err := json.Unmarshal([]byte(html.UnescapeString(attribute[1])), &settings); err != nil {
		t.Fatal(err)
	}
	var headers map[string]string
	if err := json.Unmarshal([]byte(settings.Headers), &headers); err != nil {
		t.Fatalf("headers %q: %v", settings.Headers, err)
	}
	var header []string
	for name, value := range headers {
		header = append(header, name, value)
	}
	pairs := regexp.MustCompile("(?s)```graphql\n(.*?)```\n\n```json\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(pairs) < 3 {
		t.Fatalf("README.md shows %d queries with their answers, want at least 3", len(pairs))
	}
	for _, pair := range pairs {
		if diff := cmp.Diff(pair[2], s.query(t, pair[1], header...)); diff != "" {
			t.Errorf("%s\nanswer (-README +playground):\n%s", pair[1], diff)
		}
	}
}

// indent lays JSON out as a person would: what fits into a line stays on it.
func indent(t *testing.T, margin string, text []byte) string {
	t.Helper()
	const width = 110
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	if compact := line.String(); len(margin)+len(compact) <= width || (compact[0] != '{' && compact[0] != '[') {
		// What is in quotes stays as it is; outside, commas and colons get their space.
		return regexp.MustCompile(`"(\\.|[^"\\])*"|[,:]`).ReplaceAllStringFunc(compact, func(token string) string {
			return token + strings.Repeat(" ", strings.Count(",:", token))
		})
	}
	decoder := json.NewDecoder(&line)
	opening, err := decoder.Token()
	var parts []string
	for err == nil && decoder.More() {
		var key json.Token
		name := ""
		if opening == json.Delim('{') {
			if key, err = decoder.Token(); err != nil {
				break
			}
			name = fmt.Sprintf("%q: ", key)
		}
		var value json.RawMessage
		if err = decoder.Decode(&value); err == nil {
			parts = append(parts, margin+"  "+name+indent(t, margin+"  ", value))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	closing := map[json.Token]string{json.Delim('{'): "}", json.Delim('['): "]"}[opening]
	return fmt.Sprint(opening) + "\n" + strings.Join(parts, ",\n") + "\n" + margin + closing
}
