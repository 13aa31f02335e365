package paymentlink_test

import (
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"paymentlinks/internal/paymentlink"
)

// What follows says the rules once more in the plainest way, over records and
// without an index: the reference that the Set is measured by.

func naiveStatus(r paymentlink.Record) paymentlink.Status {
	code, ok := r.StatusCode.Get()
	switch {
	case ok && code == 1:
		return paymentlink.StatusActive
	case ok && code == 0:
		return paymentlink.StatusInactive
	}
	return paymentlink.StatusUnknown
}

func naiveState(r paymentlink.Record, now time.Time) paymentlink.State {
	switch status := naiveStatus(r); {
	case !r.ExpiresAt.IsZero() && now.Compare(r.ExpiresAt) >= 0:
		return paymentlink.StateExpired
	case status == paymentlink.StatusInactive:
		return paymentlink.StateInactive
	case status == paymentlink.StatusActive && !r.UnreadableExpiry:
		return paymentlink.StateOpen
	}
	return paymentlink.StateUnknown
}

func naiveHasAmount(r paymentlink.Record) bool { return r.Amount.Valid && r.Currency != "" }

func naiveFold(s string) string {
	var folded strings.Builder
	for _, c := range s {
		// What would grow more than threefold folds to itself.
		if text := naiveFoldAll(string(c)); len(text) <= 3*len(string(c)) {
			folded.WriteString(text)
		} else {
			folded.WriteRune(c)
		}
	}
	return folded.String()
}

func naiveFoldAll(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFKD.String(s))
	return cases.Fold().String(s)
}

// naiveMatches takes the link beside its record for the title and the code
// alone, which have tables of their own.
func naiveMatches(f paymentlink.Filter, r paymentlink.Record, link paymentlink.Link, now time.Time) bool {
	inRange := func(tr paymentlink.TimeRange, t time.Time) bool {
		if tr.From.IsZero() && tr.To.IsZero() {
			return true
		}
		return !t.IsZero() && (tr.From.IsZero() || t.Compare(tr.From) >= 0) && (tr.To.IsZero() || t.Compare(tr.To) < 0)
	}
	switch {
	case f.IDs != nil && !slices.Contains(f.IDs, r.ID),
		f.Status != nil && !slices.Contains(f.Status, naiveStatus(r)),
		f.State != nil && !slices.Contains(f.State, naiveState(r, now)),
		f.Currency != nil && !slices.Contains(f.Currency, r.Currency),
		f.Amount.From != nil && (!naiveHasAmount(r) || r.Amount.Value.Cmp(*f.Amount.From) < 0),
		f.Amount.To != nil && (!naiveHasAmount(r) || r.Amount.Value.Cmp(*f.Amount.To) >= 0),
		f.Environment != nil && !slices.Contains(f.Environment, link.Environment()),
		f.Slug != nil && (link.Slug() == "" || !slices.ContainsFunc(f.Slug, func(s string) bool { return strings.EqualFold(s, link.Slug()) })),
		f.UserID != nil && (r.UserID == "" || !slices.Contains(f.UserID, r.UserID)),
		f.PurchaseID != nil && (r.PurchaseID == "" || !slices.Contains(f.PurchaseID, r.PurchaseID)),
		f.StatusCode != nil && (!r.StatusCode.Valid || !slices.Contains(f.StatusCode, r.StatusCode.Value)),
		f.LinkType != nil && (!r.LinkType.Valid || !slices.Contains(f.LinkType, r.LinkType.Value)),
		f.HasExpiry != nil && *f.HasExpiry != (!r.ExpiresAt.IsZero() || r.UnreadableExpiry),
		f.Not != nil && naiveMatches(*f.Not, r, link, now),
		!inRange(f.CreatedAt, r.CreatedAt), !inRange(f.UpdatedAt, r.UpdatedAt), !inRange(f.ExpiresAt, r.ExpiresAt):
		return false
	}
	if f.ExpiresWithin != nil {
		if r.ExpiresAt.IsZero() || r.ExpiresAt.Compare(now) <= 0 || r.ExpiresAt.Sub(now) > *f.ExpiresWithin {
			return false
		}
	}
	if naiveHoldsURL(f.Search, r.URL) {
		return true
	}
	if utf8.RuneCountInString(f.Search) > paymentlink.MaxSearchCharacters {
		return false
	}
	for word := range strings.FieldsSeq(naiveFold(f.Search)) {
		if !strings.Contains(naiveFold(link.Title()), word) &&
			!strings.Contains(naiveFold(link.Description()), word) &&
			!strings.Contains(naiveFold(link.Code()), word) {
			return false
		}
	}
	return true
}

// naiveHoldsURL knows no more of URLs than generated searches need: parameters
// and fragments behind, a full stop, another scheme or none, another case.
func naiveHoldsURL(text, url string) bool {
	bare := func(s string) string {
		s = strings.TrimSuffix(strings.ToLower(strings.ToUpper(s)), ".")
		s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
		s, _, _ = strings.Cut(s, "#")
		s, _, _ = strings.Cut(s, "?")
		return strings.TrimSuffix(s, "/")
	}
	for word := range strings.FieldsSeq(text) {
		if bare(word) == bare(url) {
			return true
		}
	}
	return false
}

func naiveSelect(set *paymentlink.Set, records []paymentlink.Record, f paymentlink.Filter, now time.Time) []string {
	ids := []string{}
	for i, r := range records {
		if naiveMatches(f, r, set.All().At(i), now) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func rat(r paymentlink.Record) *big.Rat {
	value, ok := new(big.Rat).SetString(r.Amount.Value.String())
	if !ok {
		panic("no rational: " + r.Amount.Value.String())
	}
	return value
}

func naiveTitle(r paymentlink.Record) string {
	code := strings.TrimSpace(r.Code)
	if code == "" {
		code = r.URL[strings.LastIndex(r.URL, "/")+1:]
	}
	if code == "" {
		code = r.ID
	}
	title := r.Description
	if i := strings.LastIndex(title, " ("); i >= 0 && strings.EqualFold(title[i:], " ("+code+")") {
		title = title[:i]
	}
	if title = strings.TrimSpace(title); title != "" {
		return title
	}
	return code
}

func naiveTitleKey(r paymentlink.Record) string {
	title := []rune(naiveTitle(r))
	return naiveFold(string(title[:min(len(title), 100)]))
}

// naiveCompare is the rule of an order, by rationals and whole records.
func naiveCompare(o paymentlink.Order, a, b paymentlink.Record) int {
	const absentLast, presentFirst = 1, -1
	direction := 1
	if strings.HasSuffix(o.String(), "_DESC") {
		direction = -1
	}
	byValue := func(hasA, hasB bool, compare func() int) int {
		switch {
		case !hasA && !hasB:
			return 0
		case !hasA:
			return absentLast
		case !hasB:
			return presentFirst
		}
		return compare()
	}
	byTime := func(x, y time.Time) int {
		return byValue(!x.IsZero(), !y.IsZero(), func() int { return direction * x.Compare(y) })
	}
	var c int
	switch {
	case strings.HasPrefix(o.String(), "CREATED_AT"):
		c = byTime(a.CreatedAt, b.CreatedAt)
	case strings.HasPrefix(o.String(), "UPDATED_AT"):
		c = byTime(a.UpdatedAt, b.UpdatedAt)
	case strings.HasPrefix(o.String(), "EXPIRES_AT"):
		c = byTime(a.ExpiresAt, b.ExpiresAt)
	case strings.HasPrefix(o.String(), "TITLE"):
		c = direction * strings.Compare(naiveTitleKey(a), naiveTitleKey(b))
	case strings.HasPrefix(o.String(), "STATE"):
		c = direction * (slices.Index(paymentlink.States(), naiveState(a, now)) - slices.Index(paymentlink.States(), naiveState(b, now)))
	default:
		c = byValue(a.Currency != "", b.Currency != "", func() int { return strings.Compare(string(a.Currency), string(b.Currency)) })
		if c == 0 {
			c = byValue(naiveHasAmount(a), naiveHasAmount(b), func() int { return direction * rat(a).Cmp(rat(b)) })
		}
	}
	if c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func naiveOrder(records []paymentlink.Record, o paymentlink.Order) []string {
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b paymentlink.Record) int { return naiveCompare(o, a, b) })
	ids := make([]string, len(sorted))
	for i, r := range sorted {
		ids[i] = r.ID
	}
	return ids
}
