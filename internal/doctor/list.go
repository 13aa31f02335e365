package doctor

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// futureDoubt is how far in the future a link may have been created before the
// zone of upstream's times is in doubt: clocks differ by less.
const futureDoubt = 5 * time.Minute

// List is what upstream's list holds, counted.
type List struct {
	Elements int `json:"elements"`
	Bytes    int `json:"bytes"`
	// The counts are by the values as upstream sends them.
	StatusCodes map[string]int `json:"statusCodes"`
	Currencies  map[string]int `json:"currencies"`
	LinkTypes   map[string]int `json:"linkTypes"`
	// Zones counts the times by how they name their zone: none, Z or an offset.
	Zones map[string]int `json:"zones"`
	// Skipped counts the elements that are left out, by reason.
	Skipped map[string]int `json:"skipped"`

	newest time.Time // the last creation whose zone is an assumption
}

// readList counts what a body holds, with a reader of its own: what the client
// leaves out would otherwise not be seen. It quotes short values alone.
func readList(body []byte, location *time.Location) *List {
	l := &List{
		Bytes: len(body), StatusCodes: map[string]int{}, Currencies: map[string]int{},
		LinkTypes: map[string]int{}, Zones: map[string]int{}, Skipped: map[string]int{},
	}
	var elements []json.RawMessage
	if json.Unmarshal(body, &elements) != nil {
		return l
	}
	l.Elements = len(elements)
	seen := map[string]bool{}
	for _, raw := range elements {
		var element map[string]any
		if json.Unmarshal(raw, &element) != nil || element == nil {
			l.Skipped["not an object"]++
			continue
		}
		id := strings.TrimSpace(fmt.Sprint(element["id"]))
		switch {
		case element["id"] == nil || id == "":
			l.Skipped["without an id"]++
		case !hasURL(element):
			l.Skipped["without a URL"]++
		case seen[id]:
			l.Skipped["id repeated"]++
		}
		seen[id] = true
		l.StatusCodes[short(element["status"])]++
		l.Currencies[short(element["currency"])]++
		l.LinkTypes[short(element["link_type"])]++
		for _, key := range []string{"created_at", "updated_at", "expired_at"} {
			l.readTime(key, element[key], location)
		}
	}
	return l
}

// hasURL reports whether an element has a URL to pay at, or the parts of one.
func hasURL(element map[string]any) bool {
	if path, ok := element["custom_link_path"].(string); ok && isWeb(path) {
		return true
	}
	domain, _ := element["domain"].(string)
	main, _ := element["main_link"].(string)
	second, _ := element["secondary_link"].(string)
	return isWeb(domain) && main != "" && second != ""
}

func isWeb(text string) bool {
	u, err := url.Parse(strings.TrimSpace(text))
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (l *List) readTime(key string, value any, location *time.Location) {
	text, ok := value.(string)
	if !ok {
		return
	}
	text = strings.TrimSpace(text)
	if at, err := time.ParseInLocation("2006-01-02T15:04:05", text, location); err == nil {
		l.Zones["none"]++
		if key == "created_at" && at.After(l.newest) {
			l.newest = at
		}
		return
	}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		l.Zones["unreadable"]++
	case strings.HasSuffix(strings.ToUpper(text), "Z"):
		l.Zones["Z"]++
	default:
		l.Zones[at.Format("-07:00")]++
	}
}

// short is a value as a count's name: upstream's words are data, so no long one
// gets out.
func short(value any) string {
	switch v := value.(type) {
	case nil:
		return "none"
	case string:
		if text := strings.ToUpper(strings.TrimSpace(v)); len(text) <= 3 {
			return text
		}
	case float64:
		if v == float64(int32(v)) {
			return fmt.Sprint(int32(v))
		}
	}
	return "other"
}

func (l *List) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "The list has %d elements in %d bytes\n", l.Elements, l.Bytes)
	for _, row := range []struct {
		name   string
		counts map[string]int
	}{
		{"status codes", l.StatusCodes},
		{"currencies", l.Currencies},
		{"link types", l.LinkTypes},
		{"zones of times", l.Zones},
		{"skipped", l.Skipped},
	} {
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(row.counts)) {
			parts = append(parts, fmt.Sprintf("%s: %d", key, row.counts[key]))
		}
		if len(parts) == 0 {
			parts = []string{"none"}
		}
		fmt.Fprintf(b, "  %-15s %s\n", row.name, strings.Join(parts, ", "))
	}
}
