package paymentlink

import (
	"cmp"
	"slices"
	"time"
)

// Group is counts and totals over some of the links of a selection.
type Group struct {
	// Count is the number of links.
	Count int
	// ByCurrency has the currencies in use, by code.
	ByCurrency []CurrencySummary
}

// EnvironmentGroup is the links of one environment.
type EnvironmentGroup struct {
	Environment Environment
	Group
}

// SlugGroup is the links with one slug, whose case is ignored.
type SlugGroup struct {
	// Slug is as the first of the links has it, "" for those that have none.
	Slug string
	Group
}

// ByEnvironment returns a group for every environment, in the order of the
// schema. Totals are as they are at the instant.
func (sel Selection) ByEnvironment(now time.Time) []EnvironmentGroup {
	environments := Environments()
	groupOf := make([]int32, len(sel.rows))
	for i := range groupOf {
		environment := sel.set.facts[sel.rows[i]].flags.environment()
		groupOf[i] = int32(slices.Index(environments, environment))
	}
	out := make([]EnvironmentGroup, len(environments))
	for i, group := range sel.groups(len(environments), groupOf, now) {
		out[i] = EnvironmentGroup{environments[i], group}
	}
	return out
}

// BySlug returns a group for every slug in use, by slug, and last one for the
// links that have none, if there are such. Totals are as they are at the
// instant.
func (sel Selection) BySlug(now time.Time) []SlugGroup {
	type slug struct {
		key  string
		rows SlugGroup
	}
	var slugs []slug
	places := map[string]int32{}
	groupOf := make([]int32, len(sel.rows))
	for i := range groupOf {
		name := sel.At(i).Slug()
		key := ignoreCase(name)
		place, ok := places[key]
		if !ok {
			place = int32(len(slugs))
			places[key] = place
			slugs = append(slugs, slug{key, SlugGroup{Slug: name}})
		}
		groupOf[i] = place
	}
	for i, group := range sel.groups(len(slugs), groupOf, now) {
		slugs[i].rows.Group = group
	}
	slices.SortFunc(slugs, func(a, b slug) int {
		return cmp.Or(presence(a.key != "", b.key != ""), cmp.Compare(a.key, b.key))
	})
	out := make([]SlugGroup, len(slugs))
	for i := range slugs {
		out[i] = slugs[i].rows
	}
	return out
}

// groups adds up n groups of links. groupOf has the group of each, -1 for none.
func (sel Selection) groups(n int, groupOf []int32, now time.Time) []Group {
	out := make([]Group, n)
	for _, group := range groupOf {
		if group >= 0 {
			out[group].Count++
		}
	}
	// The rows are dealt out by counting, so that each group is added up at once.
	ends := make([]int, n)
	total := 0
	for i := range out {
		ends[i] = total
		total += out[i].Count
	}
	rows := make([]int32, total)
	for i, group := range groupOf {
		if group >= 0 {
			rows[ends[group]] = sel.rows[i]
			ends[group]++
		}
	}
	if sel.set == nil {
		return out
	}
	totals := newTally(sel.set)
	for i := range out {
		for _, row := range rows[ends[i]-out[i].Count : ends[i]] {
			totals.add(row, sel.set.state(row, now))
		}
		out[i].ByCurrency = totals.take()
	}
	return out
}
