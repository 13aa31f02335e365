package persisted

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Expand returns the files that names of manifests stand for: a file itself, all
// files *.json of a folder, or what a pattern such as manifests/*.json matches.
// Each is sorted by name. A pattern that matches nothing is an error.
func Expand(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		pattern, isPattern := name, strings.ContainsAny(name, "*?[")
		if !isPattern {
			pattern = filepath.Join(name, "*.json")
		}
		found, err := filepath.Glob(pattern)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case len(found) == 0 && isPattern:
			return nil, fmt.Errorf("%s: no file matches", name)
		case len(found) == 0:
			found = []string{name} // a file; or an empty folder, which is no manifest
		}
		slices.Sort(found)
		files = append(files, found...)
	}
	return files, nil
}
