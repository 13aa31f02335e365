package paymentlink

import (
	"slices"
	"strings"
	"unsafe"
)

// maxSteps is how many lists a History reaches back.
const maxSteps = 256

// History is how a list came to be what it is: the lists before it, each as
// what it had that the next one has not. Links that stayed as they were take no
// room. It is immutable and safe for concurrent use; nil is that of a list of
// which nothing is known.
type History struct {
	steps []step // oldest first
	bytes int64
}

// step is one list as the next one sees it.
type step struct {
	version string
	before  *Set     // links that the next list has in another form or not at all
	added   []string // ids that the next list has and this one has not
	bytes   int64
}

// SizeBytes estimates how much memory the History takes.
func (h *History) SizeBytes() int64 {
	if h == nil {
		return 0
	}
	return h.bytes
}

// Follow returns the History of next, which came after prev, of at most maxBytes.
// What does not fit is forgotten, the oldest list first. Both snapshots have a
// version; prev's own History is continued.
func Follow(prev, next *Snapshot, maxBytes int64) *History {
	if prev.Set == next.Set || prev.Version == next.Version {
		return prev.History
	}
	last := difference(prev, next.Set)
	total := last.bytes
	if total > maxBytes {
		return nil
	}
	var before []step
	if prev.History != nil {
		before = prev.History.steps
	}
	first := len(before)
	for first > 0 && len(before)-first+1 < maxSteps && total+before[first-1].bytes <= maxBytes {
		first--
		total += before[first].bytes
	}
	steps := make([]step, 0, len(before)-first+1)
	return &History{steps: append(append(steps, before[first:]...), last), bytes: total}
}

// difference compares the list of prev with the one that came after it.
func difference(prev *Snapshot, next *Set) step {
	var gone []int32
	for row := range int32(prev.Set.Len()) {
		if now, ok := next.likely(row, prev.Set.id(row)); !ok || !isEqual(prev.Set, row, next, now) {
			gone = append(gone, row)
		}
	}
	s := step{version: prev.Version, before: prev.Set.copyOf(gone)}
	s.bytes = int64(unsafe.Sizeof(s)) + int64(len(s.version)) + s.before.SizeBytes()
	for row := range int32(next.Len()) {
		if _, ok := prev.Set.likely(row, next.id(row)); !ok {
			id := strings.Clone(next.id(row)) // not to hold the whole list
			s.added = append(s.added, id)
			s.bytes += int64(len(id)) + int64(unsafe.Sizeof(id))
		}
	}
	return s
}

// likely finds an id that is likely to be in a row.
func (s *Set) likely(row int32, id string) (int32, bool) {
	if int(row) < s.Len() && s.id(row) == id {
		return row, true
	}
	return s.ids.find(id, s.id)
}

// isEqual reports whether a link of one list and a link of another say the same.
func isEqual(s *Set, row int32, t *Set, other int32) bool {
	a, b := Link{s, row}, Link{t, other}
	for text := range textCount {
		if a.text(text) != b.text(text) {
			return false
		}
	}
	for which := range timeCount {
		if !s.time(row, which).Equal(t.time(other, which)) {
			return false
		}
	}
	f, g := a.facts(), b.facts()
	return f.amount == g.amount && f.statusCode == g.statusCode && f.flags == g.flags &&
		a.Currency() == b.Currency() && s.places[row].linkType == t.places[other].linkType &&
		alias(a.Upstream()) == alias(b.Upstream())
}

// copyOf makes a Set of some links that shares nothing with s. It has what
// filters look at: rates, extra information and the elements are left out.
func (s *Set) copyOf(rows []int32) *Set {
	b := NewBuilder(nil, nil)
	b.Grow(len(rows))
	for _, row := range rows {
		l, f := Link{s, row}, &s.facts[row]
		r := Record{
			ID: l.text(textID), URL: l.text(textURL), Code: l.text(textCode), Slug: l.text(textSlug),
			Description: l.text(textDescription), Currency: l.Currency(), UserID: l.UserID(), PurchaseID: l.PurchaseID(),
			CreatedAt: s.time(row, createdAt), UpdatedAt: s.time(row, updatedAt), ExpiresAt: s.time(row, expiresAt),
			UnreadableExpiry: f.flags.has(hasUnreadableExpiry),
		}
		r.Amount.Value, r.Amount.Valid = f.amount, f.flags.has(hasAmount)
		r.StatusCode.Value, r.StatusCode.Valid = l.StatusCode()
		r.LinkType.Value, r.LinkType.Valid = l.LinkType()
		r.FixedTerm.Value, r.FixedTerm.Valid = l.FixedTerm()
		b.Add(&r)
		// The flags hold the environment, which the hosts that are live decide.
		b.set.facts[b.Len()-1].flags = f.flags
	}
	return b.Set()
}

// since returns how the links were, in the list of a version, that are not what
// they are in the newest list; false when the version is not known. The zero Link
// stands for one that was not there. current is the newest list's version.
func (h *History) since(version, current string) (map[string]Link, bool) {
	if version == current {
		return nil, true
	}
	if h == nil {
		return nil, false
	}
	for first, step := range slices.Backward(h.steps) {
		if step.version != version {
			continue
		}
		then := map[string]Link{}
		for _, s := range h.steps[first:] {
			s.recall(then)
		}
		return then, true
	}
	return nil, false
}

// recall adds the links of a step that no earlier one has told of.
func (s *step) recall(then map[string]Link) {
	for row := range int32(s.before.Len()) {
		if id := s.before.id(row); !has(then, id) {
			then[id] = Link{s.before, row}
		}
	}
	for _, id := range s.added {
		if !has(then, id) {
			then[id] = Link{}
		}
	}
}

func has(links map[string]Link, id string) bool {
	_, ok := links[id]
	return ok
}
