package paymentlink

import "time"

// Summary is counts and totals over a selection at one instant.
type Summary struct {
	// Count is the number of links.
	Count int
	// ByState has every state, in the order of the schema.
	ByState [stateCount]StateCount
	// ByCurrency has the currencies in use, by code. Links without a currency
	// are in none of them. It is shared with other Summaries: it must not be
	// changed.
	ByCurrency []CurrencySummary

	next Link
}

// StateCount is the number of links in one state.
type StateCount struct {
	State State
	Count int
}

// NextToExpire returns the open link that expires next, of several at the same
// instant the one with the smallest id; false when none will.
func (s Summary) NextToExpire() (Link, bool) { return s.next, !s.next.IsZero() }

// timedSummary is a summary and the time for which it holds: no link of the
// selection expires within.
type timedSummary struct {
	Summary
	from, until time.Time // from included, until excluded; zero: open
}

// Summary counts and adds up the selection in one pass.
func (sel Selection) Summary(now time.Time) Summary {
	if sel.posting == nil {
		return sel.summarize(now).Summary
	}
	kept := sel.posting.summary.Load()
	if kept == nil || now.Before(kept.from) || (!kept.until.IsZero() && !now.Before(kept.until)) {
		kept = sel.summarize(now)
		sel.posting.summary.Store(kept)
	}
	return kept.Summary
}

func (sel Selection) summarize(now time.Time) *timedSummary {
	out := &timedSummary{}
	out.Count = len(sel.rows)
	for i, state := range States() {
		out.ByState[i].State = state
	}
	if sel.set == nil {
		return out
	}
	totals := newTally(sel.set)
	for _, row := range sel.rows {
		state := sel.set.state(row, now)
		out.ByState[state-1].Count++
		totals.add(row, state)
		if sel.set.facts[row].seconds[expiresAt] != noTime {
			out.see(sel.set, row, state)
		}
	}
	out.ByCurrency = totals.take()
	return out
}

// see notes what a link's expiry says of the time for which the summary holds,
// and of the link to expire next.
func (t *timedSummary) see(s *Set, row int32, state State) {
	expires := s.time(row, expiresAt)
	if state == StateExpired {
		if expires.After(t.from) {
			t.from = expires
		}
		return
	}
	if t.until.IsZero() || expires.Before(t.until) {
		t.until = expires
	}
	if state != StateOpen {
		return
	}
	if !t.next.IsZero() {
		if c := expires.Compare(s.time(t.next.row, expiresAt)); c > 0 || (c == 0 && s.compareIDs(row, t.next.row) > 0) {
			return
		}
	}
	t.next = Link{s, row}
}
