package archtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestContributingNamesFiles: the files and folders that CONTRIBUTING.md sends people to are there.
func TestContributingNamesFiles(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, match := range regexp.MustCompile("`([a-zA-Z_./*-]+(?:/|\\.go|\\.md|\\.graphqls))`").FindAllStringSubmatch(string(page), -1) {
		name := match[1]
		if !strings.Contains(name, "/") && name != "server.go" && name != "wiring_test.go" {
			continue // a file of the room that the sentence is about
		}
		seen++
		found, err := filepath.Glob(filepath.Join(root, name))
		if err != nil || len(found) == 0 {
			t.Errorf("CONTRIBUTING.md names %s, which is not there (%v)", name, err)
		}
	}
	if seen < 20 {
		t.Errorf("only %d names were seen", seen)
	}
}
