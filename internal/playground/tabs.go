package playground

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// tabsText holds the operations that the page opens with, each under a comment
// that says what it is good for.
//
//go:embed tabs.graphql
var tabsText string

// tab is one tab in the words of GraphiQL's property defaultTabs.
type tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables"`
}

// headers are what the header editor of every tab opens with.
func (d Demo) headers() map[string]string {
	if d == (Demo{}) {
		return nil
	}
	return map[string]string{"BP-User-Token": d.UserToken, "X-Api-Key": d.APIKey}
}

// variables are those of the tabs, by the operation's name.
func (c Config) variables() map[string]map[string]any {
	if c.Demo == (Demo{}) {
		yesterday := c.Now().UTC().Add(-24 * time.Hour)
		return map[string]map[string]any{"AskedSince": {"from": yesterday.Format(time.RFC3339)}}
	}
	return map[string]map[string]any{
		"AskedSince": {"from": c.Demo.LinksFrom},
		"Counter":    {"code": c.Demo.LinkCode},
		"Raw":        {"id": c.Demo.LinkID},
	}
}

// tabsWith returns the tabs, their variables filled in by the operation's name.
func tabsWith(variables map[string]map[string]any) ([]tab, error) {
	operationName := regexp.MustCompile(`(?m)^query (\w+)`)
	unused := maps.Clone(variables)

	var tabs []tab
	for text := range strings.SplitSeq(strings.TrimSpace(tabsText), "\n\n") {
		name := operationName.FindStringSubmatch(text)[1]
		filled, err := editorText(variables[name])
		if err != nil {
			return nil, fmt.Errorf("variables of %s: %w", name, err)
		}
		delete(unused, name)
		tabs = append(tabs, tab{Query: text + "\n", Variables: filled})
	}
	if len(unused) > 0 {
		return nil, fmt.Errorf("no tab has the operation %s", slices.Sorted(maps.Keys(unused))[0])
	}
	return tabs, nil
}
