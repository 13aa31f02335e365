package config

import (
	"maps"
	"slices"
	"strings"
)

// unknownVariables warns of variables that have our prefix and name no setting.
// They are not an error: Kubernetes injects such for every service named
// paymentlinks.
func unknownVariables(env map[string]string, settings []Setting) Warnings {
	var warnings Warnings
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, Prefix) || slices.ContainsFunc(settings, func(s Setting) bool { return s.Env == name }) {
			continue
		}
		warnings = append(warnings, Warning{Setting: name, Message: "There is no such setting.", Nearest: nearest(name, settings)})
	}
	return warnings
}

// nearest returns the setting that name begins, else the one whose name is the
// fewest edits away, or nothing where a third of it or more would have to change.
func nearest(name string, settings []Setting) string {
	best, fewest := "", (len(name)-len(Prefix)+2)/3
	for _, s := range settings {
		if strings.HasPrefix(s.Env, name) && name != Prefix {
			return s.Env
		}
		if d := distance(name, s.Env); d < fewest {
			best, fewest = s.Env, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two ASCII strings.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
