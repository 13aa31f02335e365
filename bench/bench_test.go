package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSmoke runs every workload for a moment against the peers that are written
// in Go: all answers are right, and the report holds all cells.
func TestSmoke(t *testing.T) {
	bin, out := t.TempDir(), t.TempDir()
	build(t, "..", filepath.Join(bin, "paymentlinks"), ".")
	build(t, ".", bin+"/", "./floor", "./naive")
	var progress strings.Builder
	arguments := []string{
		"-bin", bin, "-out", out, "-peers", "paymentlinks,net/http,gqlgen", "-connections", "4",
		"-runs", "2", "-warm", "1ms", "-time", "20ms", "-strict",
	}
	if err := run(arguments, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	report := read(t, filepath.Join(out, "RESULTS.md"))
	for _, w := range workloads {
		if !strings.Contains(report, "## "+w.name+": ") {
			t.Errorf("the report has no %s", w.name)
		}
	}
	if got := strings.Count(report, "| paymentlinks | "); got != len(workloads)+1 {
		t.Errorf("paymentlinks stands in %d rows, want one for each workload and its version:\n%s", got, report)
	}
	if plot := read(t, filepath.Join(out, "results.svg")); strings.Count(plot, `class="own"`) != len(workloads) {
		t.Errorf("the plot lacks bars:\n%s", plot)
	}
}

func build(t *testing.T, folder, output string, packages ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-buildvcs=false", "-o", output}, packages...)...)
	cmd.Dir = folder
	if printed, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A peer that is not installed, and one that answers wrongly, are in the report.
func TestReportNamesWhatFailed(t *testing.T) {
	runs := [][][]measurement{{{{err: errNotCompared}}, {{err: os.ErrNotExist}}}}
	version := func() (string, error) { return "", os.ErrNotExist }
	report := table{workloads: workloads[:1], peers: []peer{{name: "a", version: version}, {name: "b", version: version}}, runs: runs}
	var text strings.Builder
	if err := report.markdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| a | missing: file does not exist |", "| a | – |", "| b | failed |", "- b failed: file does not exist"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &text)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	w := workloads[0]
	right, err := json.Marshal(w.answer())
	if err != nil {
		t.Fatal(err)
	}
	if err := compare(right, w.answer()); err != nil {
		t.Errorf("the right answer: %v", err)
	}
	for name, wrong := range map[string]string{
		"another value":  strings.Replace(string(right), "bn000003", "bn000004", 1),
		"an error":       strings.Replace(string(right), "{", `{"errors":[{"message":"no"}],`, 1),
		"nothing":        `{"data":null}`,
		"an item less":   `{"data":{"paymentLinks":[]}}`,
		"no JSON at all": "<html>",
	} {
		if err := compare([]byte(wrong), w.answer()); err == nil {
			t.Errorf("%s is taken for the right answer", name)
		}
	}
}

// Answers arrive in any pieces.
func TestReadAnswer(t *testing.T) {
	for name, text := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 12\r\n\r\nhello, world",
		"in chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7;x=y\r\nhello, \r\n5\r\nworld\r\n0\r\nTrailer: 1\r\n\r\n",
	} {
		for size := 1; size <= len(text); size++ {
			var a answer
			done := false
			for at := 0; at < len(text); at += size {
				var err error
				if done, err = a.read([]byte(text[at:min(at+size, len(text))])); err != nil {
					t.Fatalf("%s in pieces of %d: %v", name, size, err)
				}
				if done != (at+size >= len(text)) {
					t.Fatalf("%s in pieces of %d: done is %v at %d", name, size, done, at)
				}
			}
			if a.status != 200 || a.length != len("hello, world") {
				t.Errorf("%s in pieces of %d: status %d, %d bytes", name, size, a.status, a.length)
			}
		}
	}
}

// Each request of a workload that has new ones differs from the one before.
func TestRequestsDiffer(t *testing.T) {
	for _, w := range workloads {
		template := w.request("127.0.0.1:1", false)
		template.number(7)
		first := string(template.bytes)
		template.number(1234567890)
		second := string(template.bytes)
		if isNew := w.kind == proxied || w.kind == distinct; isNew != (first != second) {
			t.Errorf("%s: two requests\n%s\n%s", w.name, first, second)
		}
		if len(first) != len(second) || !strings.HasSuffix(first[:template.headEnd], "\r\n\r\n") {
			t.Errorf("%s: head and body are not where they are said to be\n%s", w.name, first)
		}
	}
}
