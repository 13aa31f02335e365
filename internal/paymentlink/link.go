package paymentlink

import (
	"strings"
	"time"
	"unicode/utf8"

	"paymentlinks/internal/money"
)

// Link is one payment link: a small handle on a Set, cheap to copy. Its zero
// value stands for a missing link: only IsZero may be called on it.
type Link struct {
	set *Set
	row int32
}

func (l Link) facts() *facts { return &l.set.facts[l.row] }

func (l Link) text(text int) string { return l.set.text(l.row, text) }

// IsZero reports whether l stands for a missing link.
func (l Link) IsZero() bool { return l.set == nil }

// ID returns upstream's opaque id.
func (l Link) ID() string { return l.text(textID) }

// URL returns the page to send to a payer.
func (l Link) URL() string { return l.text(textURL) }

// Code returns what people quote on the phone: the link's own code, else the
// last segment of the URL's path, else the id. It is never empty.
func (l Link) Code() string { return l.set.code(l.row) }

// Slug returns the merchant's own segment of the URL, white space trimmed, ""
// when there is none.
func (l Link) Slug() string { return strings.TrimSpace(l.text(textSlug)) }

// Title returns the description without the " (CODE)" that upstream appends
// to it, white space trimmed, or else the code. It is never empty.
func (l Link) Title() string {
	code := l.Code()
	if title := strings.TrimSpace(cutCode(l.text(textDescription), code)); title != "" {
		return title
	}
	return code
}

// Description returns the merchant's text, white space trimmed, "" when there is none.
func (l Link) Description() string { return strings.TrimSpace(l.text(textDescription)) }

// Amount returns what the payer is asked for; false when upstream sends no
// readable amount or no readable currency.
func (l Link) Amount() (money.Amount, bool) {
	f := l.facts()
	if !f.flags.has(hasAmount) {
		return money.Amount{}, false
	}
	return money.NewAmount(f.amount, l.Currency()), true
}

// Currency returns the link's currency, also when there is no amount; "" when
// upstream sends none.
func (l Link) Currency() money.Currency { return l.set.currency(l.row) }

// Status says whether the link is switched on.
func (l Link) Status() Status { return l.facts().status }

// StatusCode returns upstream's code as sent; false when there is none that fits 32 bits.
func (l Link) StatusCode() (int32, bool) {
	f := l.facts()
	return f.statusCode, f.flags.has(hasStatusCode)
}

// State is decided in this order: expired, inactive, open, unknown. An active
// link whose expiry cannot be read is unknown.
func (l Link) State(now time.Time) State { return l.set.state(l.row, now) }

// IsExpired reports whether the expiry time has been reached; not so without an
// expiry. ok is false when upstream sends an expiry that cannot be read.
func (l Link) IsExpired(now time.Time) (expired, ok bool) {
	return l.set.expired(l.row, now), !l.facts().flags.has(hasUnreadableExpiry)
}

// ExpiresAt returns when the link expires or expired; false when it never does,
// or when upstream sends a time that cannot be read: IsExpired tells the two apart.
func (l Link) ExpiresAt() (time.Time, bool) { return known(l.set.time(l.row, expiresAt)) }

// TimeLeft returns the time until ExpiresAt, 0 once expired and at most the
// longest time.Duration (292 years; UnitsLeft has no such bound); false when
// there is no expiry that can be read.
func (l Link) TimeLeft(now time.Time) (time.Duration, bool) {
	at, ok := l.ExpiresAt()
	if !ok {
		return 0, false
	}
	return max(0, at.Sub(now)), true
}

// UnitsLeft returns how many whole units, rounded down, are left until
// ExpiresAt, 0 once expired; false when there is no expiry that can be read. A
// unit is a positive, whole number of seconds.
func (l Link) UnitsLeft(now time.Time, unit time.Duration) (int64, bool) {
	at, ok := l.ExpiresAt()
	if !ok {
		return 0, false
	}
	seconds := at.Unix() - now.Unix()
	if at.Nanosecond() < now.Nanosecond() {
		seconds--
	}
	return max(0, seconds) / int64(unit/time.Second), true
}

// CreatedAt returns when the link was created; false when upstream sends no readable time.
func (l Link) CreatedAt() (time.Time, bool) { return known(l.set.time(l.row, createdAt)) }

// UpdatedAt returns when the link was last changed; false when upstream sends no readable time.
func (l Link) UpdatedAt() (time.Time, bool) { return known(l.set.time(l.row, updatedAt)) }

// Environment is test or live, read from the host of the URL.
func (l Link) Environment() Environment { return l.facts().flags.environment() }

// FixedTerm returns upstream's own flag of that name; false when it sends none.
func (l Link) FixedTerm() (isFixedTerm, ok bool) {
	f := l.facts().flags
	return f.has(fixedTerm), f.has(hasFixedTerm)
}

// UserID returns the upstream user that owns the link, "" when upstream sends none.
func (l Link) UserID() string { return l.text(textUserID) }

// PurchaseID returns upstream's purchase id, "" when it sends none.
func (l Link) PurchaseID() string { return l.text(textPurchaseID) }

// LinkType returns upstream's code as sent; false when there is none that fits 32 bits.
func (l Link) LinkType() (int32, bool) {
	return l.set.places[l.row].linkType, l.facts().flags.has(hasLinkType)
}

// AvailableRates returns raw JSON, nil when upstream sends none. The bytes
// must not be changed.
func (l Link) AvailableRates() []byte { return l.set.raw(l.row, textAvailableRates) }

// ExtraInfo returns raw JSON, nil when upstream sends none. The bytes must not
// be changed.
func (l Link) ExtraInfo() []byte { return l.set.raw(l.row, textExtraInfo) }

// Upstream returns the whole element as upstream sent it. The bytes must not
// be changed.
func (l Link) Upstream() []byte {
	p := &l.set.places[l.row]
	return l.set.bytes(p.elementStart, p.elementLength)
}

func known(t time.Time) (time.Time, bool) { return t, !t.IsZero() }

// lastSegment returns the last segment of a URL's path that is not empty, as
// it is written there.
func lastSegment(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	if end := strings.IndexAny(url, "?#"); end >= 0 {
		url = url[:end]
	}
	_, path, _ := strings.Cut(url, "/")
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// cutCode removes the " (CODE)" that upstream appends to descriptions; case is
// ignored, since upstream writes the code in capitals there.
func cutCode(description, code string) string {
	rest, ok := strings.CutSuffix(description, ")")
	if !ok {
		return description
	}
	// Texts that differ in case alone may differ in bytes, but not in characters.
	start := len(rest)
	for range utf8.RuneCountInString(code) {
		_, size := utf8.DecodeLastRuneInString(rest[:start])
		start -= size
	}
	if before, ok := strings.CutSuffix(rest[:start], " ("); ok && strings.EqualFold(rest[start:], code) {
		return before
	}
	return description
}
