package paymentlink

import (
	"cmp"
	"slices"
	"time"
)

// ChangeKind says what became of a link, seen through a filter.
type ChangeKind uint8

// The kinds of changes.
const (
	// Added: the link matches the filter, and did not before.
	Added ChangeKind = iota
	// Changed: it matches as before, and is another one: in upstream's list, or
	// because its expiry was reached.
	Changed
	// Removed: it matched, and does not any more or is not in the list.
	Removed
)

// ChangeKinds returns every kind in the order of the schema.
func ChangeKinds() []ChangeKind { return []ChangeKind{Added, Changed, Removed} }

// String is the schema's name of a kind.
func (k ChangeKind) String() string {
	switch k {
	case Added:
		return "ADDED"
	case Changed:
		return "CHANGED"
	case Removed:
	}
	return "REMOVED"
}

// Change is what became of one link.
type Change struct {
	Kind ChangeKind
	ID   string
	// Link is as it is now, and missing for one that was Removed.
	Link Link
}

// Known is what somebody knows of the links that match a filter: those of one
// range of ids, as they were in one list at one instant.
type Known struct {
	// UpTo ends the range, which begins behind that of the Known before. It is
	// included; "" is the end of all ids.
	UpTo string
	// Version is that of the list; "" when nothing is known of these links.
	Version string
	// At is the instant.
	At time.Time
}

// Changes returns by id what has to be told of the links that match a filter to
// somebody who knows something of them, so that it is what the snapshot is at
// now. The ranges of known are ascending and the last has no end. It is false when
// a version is not known here: then nothing can be told but everything anew.
func (s *Snapshot) Changes(f Filter, known []Known, now time.Time) ([]Change, bool) {
	matching := s.Set.Select(f, now).rows
	var all []Change
	behind := ""
	for _, k := range known {
		c := comparison{snapshot: s, filter: &f, known: k, behind: behind, now: now, matching: matching}
		if k.Version != "" {
			var ok bool
			if c.then, ok = s.History.since(k.Version, s.Version); !ok {
				return nil, false
			}
			if k.Version == s.Version && k.At.Equal(now) {
				behind = k.UpTo
				continue
			}
			c.matched = s.Set.Select(f, k.At).rows
		}
		all = c.rows(all)
		all = c.others(all)
		behind = k.UpTo
	}
	slices.SortFunc(all, func(a, b Change) int { return cmp.Compare(a.ID, b.ID) })
	return all, true
}

// comparison is between a range of what is known and the list as it is.
type comparison struct {
	snapshot *Snapshot
	filter   *Filter
	known    Known
	behind   string // where the range begins
	now      time.Time

	then              map[string]Link // links that are not what they were in the known list
	matched, matching []int32         // rows of the list, at the known instant and now; ascending
}

func (c *comparison) covers(id string) bool {
	return id > c.behind && (c.known.UpTo == "" || id <= c.known.UpTo)
}

// rows appends the changes of the links that are the same in both lists.
func (c *comparison) rows(all []Change) []Change {
	set, before, after := c.snapshot.Set, c.matched, c.matching
	for len(before) > 0 || len(after) > 0 {
		var row int32
		was, is := false, false
		switch {
		case len(after) == 0 || len(before) > 0 && before[0] < after[0]:
			row, was = before[0], true
		case len(before) == 0 || after[0] < before[0]:
			row, is = after[0], true
		default:
			row, was, is = after[0], true, true
		}
		if was {
			before = before[1:]
		}
		if is {
			after = after[1:]
		}
		if was && is && set.expired(row, c.known.At) == set.expired(row, c.now) {
			continue
		}
		if id := set.id(row); c.covers(id) && !has(c.then, id) {
			all = appendChange(all, id, Link{set, row}, was, is)
		}
	}
	return all
}

// others appends the changes of the links that are not what they were.
func (c *comparison) others(all []Change) []Change {
	lists := map[*Set][]int32{}
	for id, then := range c.then {
		if !c.covers(id) {
			continue
		}
		was := false
		if !then.IsZero() {
			matched, ok := lists[then.set]
			if !ok {
				matched = then.set.Select(*c.filter, c.known.At).rows
				lists[then.set] = matched
			}
			_, was = slices.BinarySearch(matched, then.row)
		}
		link, is := c.snapshot.Set.ByID(id)
		if is {
			_, is = slices.BinarySearch(c.matching, link.row)
		}
		all = appendChange(all, id, link, was, is)
	}
	return all
}

func appendChange(all []Change, id string, link Link, was, is bool) []Change {
	switch {
	case was && is:
		return append(all, Change{Kind: Changed, ID: id, Link: link})
	case is:
		return append(all, Change{Kind: Added, ID: id, Link: link})
	case was:
		return append(all, Change{Kind: Removed, ID: id})
	}
	return all
}

// Advance returns what somebody knows who was told the changes of the list of a
// version at an instant, up to an id; "" is all of them.
func Advance(known []Known, upTo, version string, at time.Time) []Known {
	next := append(make([]Known, 0, 1+len(known)), Known{UpTo: upTo, Version: version, At: at})
	if upTo == "" {
		return next
	}
	for _, k := range known {
		switch {
		case k.UpTo != "" && k.UpTo <= upTo:
		case len(next) == 1 && k.Version == version && k.At.Equal(at): // the same list goes on
			next[0].UpTo = k.UpTo
		default:
			next = append(next, k)
		}
	}
	return next
}
