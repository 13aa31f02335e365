package paymentlink

import (
	"slices"
	"time"

	"paymentlinks/internal/money"
)

// predicate is the part of a filter that no index answers, prepared for a pass
// over many links.
type predicate struct {
	filter                             *Filter
	now, until                         time.Time
	states                             uint8 // bit State-1
	environments                       uint8 // bit Environment
	slugs, users, purchases            map[string]struct{}
	byState, byAmount, byTime, byDelay bool
	byEnvironment, byText, byCode      bool
}

func newPredicate(f *Filter, now time.Time) predicate {
	p := predicate{
		filter:   f,
		now:      now,
		byState:  f.State != nil,
		byAmount: f.Amount != AmountRange{},
		byTime:   !f.CreatedAt.open() || !f.UpdatedAt.open() || !f.ExpiresAt.open(),
	}
	for _, state := range f.State {
		if state > 0 {
			p.states |= 1 << (state - 1)
		}
	}
	p.byEnvironment = f.Environment != nil
	for _, environment := range f.Environment {
		p.environments |= 1 << environment
	}
	p.byText = f.Slug != nil || f.UserID != nil || f.PurchaseID != nil
	p.slugs, p.users, p.purchases = textSet(f.Slug, ignoreCase), textSet(f.UserID, exactly), textSet(f.PurchaseID, exactly)
	p.byCode = f.StatusCode != nil || f.LinkType != nil
	if f.ExpiresWithin != nil {
		p.byDelay, p.until = true, now.Add(*f.ExpiresWithin)
	}
	return p
}

func (p *predicate) any() bool {
	return p.byState || p.byAmount || p.byTime || p.byDelay ||
		p.byEnvironment || p.byText || p.byCode || p.filter.HasExpiry != nil
}

// pick returns those of the rows that match.
func (s *Set) pick(rows []int32, p *predicate) []int32 {
	var picked []int32
	for i, row := range rows {
		if !p.matches(s, row) {
			continue
		}
		if picked == nil {
			// What is picked first tells little of how many will be; half the
			// rest saves most of the growing and wastes little.
			picked = make([]int32, 0, (len(rows)-i+1)/2)
		}
		picked = append(picked, row)
	}
	return picked
}

func (p *predicate) matches(s *Set, row int32) bool {
	f := &s.facts[row]
	if p.byState && p.states&(1<<(s.state(row, p.now)-1)) == 0 {
		return false
	}
	if p.byAmount && (!f.flags.has(hasAmount) || !p.filter.Amount.contains(f.amount)) {
		return false
	}
	if p.byDelay {
		// A link without an expiry has a zero one, which is never after now.
		if expires := s.time(row, expiresAt); !expires.After(p.now) || expires.After(p.until) {
			return false
		}
	}
	if p.byEnvironment && p.environments&(1<<f.flags.environment()) == 0 {
		return false
	}
	if want := p.filter.HasExpiry; want != nil && *want != (f.seconds[expiresAt] != noTime || f.flags.has(hasUnreadableExpiry)) {
		return false
	}
	if p.byCode && !p.matchesCodes(s, row) || p.byText && !p.matchesTexts(s, row) {
		return false
	}
	return !p.byTime ||
		p.filter.CreatedAt.contains(s.time(row, createdAt)) &&
			p.filter.UpdatedAt.contains(s.time(row, updatedAt)) &&
			p.filter.ExpiresAt.contains(s.time(row, expiresAt))
}

func (p *predicate) matchesCodes(s *Set, row int32) bool {
	f := &s.facts[row]
	return (p.filter.StatusCode == nil || f.flags.has(hasStatusCode) && slices.Contains(p.filter.StatusCode, f.statusCode)) &&
		(p.filter.LinkType == nil || f.flags.has(hasLinkType) && slices.Contains(p.filter.LinkType, s.places[row].linkType))
}

func (p *predicate) matchesTexts(s *Set, row int32) bool {
	link := Link{s, row}
	return (p.slugs == nil || isIn(p.slugs, ignoreCase(link.Slug()))) &&
		(p.users == nil || isIn(p.users, link.UserID())) &&
		(p.purchases == nil || isIn(p.purchases, link.PurchaseID()))
}

// textSet holds what the texts of a filter are compared as. It is nil for a nil
// list. The empty text, which stands for a missing value, is in none.
func textSet(texts []string, key func(string) string) map[string]struct{} {
	if texts == nil {
		return nil
	}
	set := make(map[string]struct{}, len(texts))
	for _, text := range texts {
		if text != "" {
			set[key(text)] = struct{}{}
		}
	}
	return set
}

func exactly(text string) string { return text }

func isIn(set map[string]struct{}, text string) bool {
	_, ok := set[text]
	return ok
}

func (r AmountRange) contains(d money.Decimal) bool {
	return (r.From == nil || d.Cmp(*r.From) >= 0) && (r.To == nil || d.Cmp(*r.To) < 0)
}

func (r TimeRange) open() bool { return r.From.IsZero() && r.To.IsZero() }

func (r TimeRange) contains(t time.Time) bool {
	if r.open() {
		return true
	}
	return !t.IsZero() && !t.Before(r.From) && (r.To.IsZero() || t.Before(r.To))
}
