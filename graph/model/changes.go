package model

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/relay"
)

const (
	// syncKind is the kind of a sync token among cursors.
	syncKind = "paymentLinkChanges"
	// syncHashBytes of a filter's hash are in a token.
	syncHashBytes = 9
	// maxKnown is how many lists a client may have parts of. Each is compared
	// with the newest one. A client that was given more begins anew.
	maxKnown = 8
)

// The causes of a reset.
const (
	// ResetFirst: the client holds nothing yet.
	ResetFirst = "first"
	// ResetUnknownVersion: the list that it holds is not known here.
	ResetUnknownVersion = "unknown_version"
	// ResetTooManyVersions: it holds parts of too many lists.
	ResetTooManyVersions = "too_many_versions"
)

// Sync says what a client wants to follow and what it holds of it, its token read.
type Sync struct {
	filter paymentlink.Filter
	hash   string
	known  []paymentlink.Known // nil: nothing
	first  int
}

// NewSync reads the arguments of paymentLinkChanges. Its error is an *InputError.
func NewSync(filter paymentlink.Filter, since *string, first *int32) (Sync, error) {
	s := Sync{filter: filter, hash: hashOf(filter), first: relay.DefaultPageSize}
	if first != nil {
		if *first < 1 || *first > relay.MaxPageSize {
			return Sync{}, &InputError{Argument: "first", Reason: "must be from 1 to " + strconv.Itoa(relay.MaxPageSize)}
		}
		s.first = int(*first)
	}
	if since == nil {
		return s, nil
	}
	fields, err := relay.DecodeCursor(syncKind, *since)
	if err == nil {
		s.known, err = readKnown(fields)
	}
	if err != nil {
		return Sync{}, &InputError{Argument: "since", Reason: "is not a sync token"}
	}
	if fields[0] != s.hash {
		return Sync{}, &InputError{Argument: "since", Reason: "is a sync token of another filter"}
	}
	return s, nil
}

// Filter is what the client follows.
func (s Sync) Filter() *paymentlink.Filter { return &s.filter }

// Cut returns the first of the changes that bring the client to the snapshot, and
// why the client has to begin anew; "" when it has not.
func (s Sync) Cut(snapshot *paymentlink.Snapshot, moment *Moment) (changes Changes, reset string) {
	known, at := s.known, moment.now
	switch {
	case known == nil:
		reset = ResetFirst
	case len(known) > maxKnown:
		reset = ResetTooManyVersions
	case len(known) > 1 && known[0].Version == snapshot.Version:
		at = known[0].At // the pages of one list are of one instant
	}
	var all []paymentlink.Change
	if reset == "" {
		var ok bool
		if all, ok = snapshot.Changes(s.filter, known, at); !ok {
			reset, at = ResetUnknownVersion, moment.now
		}
	}
	if reset != "" {
		known = []paymentlink.Known{{}}
		all, _ = snapshot.Changes(s.filter, known, at)
	}
	upTo, page := "", all
	if len(all) > s.first {
		page = all[:s.first]
		upTo = page[s.first-1].ID
	}
	return Changes{
		changes: page, known: paymentlink.Advance(known, upTo, snapshot.Version, at), hash: s.hash,
		isReset: reset != "", hasMore: upTo != "", snapshot: snapshot, moment: moment,
	}, reset
}

// Changes are what a client is told.
type Changes struct {
	changes          []paymentlink.Change
	known            []paymentlink.Known
	hash             string
	isReset, hasMore bool
	snapshot         *paymentlink.Snapshot
	moment           *Moment
}

// Len is how many changes are told.
func (c Changes) Len() int { return len(c.changes) }

// Changes are by id.
func (c Changes) Changes() []Change {
	views := make([]Change, len(c.changes))
	for i, change := range c.changes {
		views[i] = Change{change: change, link: PaymentLink{link: change.Link, moment: c.moment}}
	}
	return views
}

// SyncToken says what the client holds once it has applied the changes.
func (c Changes) SyncToken() string {
	fields := []string{c.hash}
	for _, k := range c.known {
		at := ""
		if k.Version != "" {
			at = strconv.FormatInt(k.At.UnixNano(), 36)
		}
		fields = append(fields, k.UpTo, k.Version, at)
	}
	return relay.EncodeCursor(syncKind, fields...)
}

// IsReset says that the client has to drop what it holds.
func (c Changes) IsReset() bool { return c.isReset }

// HasMore says that these are not all.
func (c Changes) HasMore() bool { return c.hasMore }

// Snapshot is the list that the changes lead to.
func (c Changes) Snapshot() Snapshot { return Snapshot{snapshot: c.snapshot, moment: c.moment} }

// Change is what became of one link.
type Change struct {
	change paymentlink.Change
	link   PaymentLink
}

// Kind is seen through the filter.
func (c Change) Kind() paymentlink.ChangeKind { return c.change.Kind }

// ID is the link's.
func (c Change) ID() string { return c.change.ID }

// Link is nil for one that is removed.
func (c Change) Link() *PaymentLink {
	if c.change.Link.IsZero() {
		return nil
	}
	return &c.link
}

var errNoToken = errors.New("no sync token")

// readKnown reads the fields of a token.
func readKnown(fields []string) ([]paymentlink.Known, error) {
	const perKnown = 3
	if len(fields)%perKnown != 1 || len(fields) == 1 || len(fields) > 1+perKnown*(maxKnown+1) {
		return nil, errNoToken
	}
	var known []paymentlink.Known
	for rest := fields[1:]; len(rest) > 0; rest = rest[perKnown:] {
		k := paymentlink.Known{UpTo: rest[0], Version: rest[1]}
		isLast := len(rest) == perKnown
		if isLast != (k.UpTo == "") || !isLast && len(known) > 0 && k.UpTo <= known[len(known)-1].UpTo {
			return nil, errNoToken
		}
		if k.Version != "" {
			at, err := strconv.ParseInt(rest[2], 36, 64)
			if err != nil {
				return nil, errNoToken
			}
			k.At = time.Unix(0, at)
		}
		known = append(known, k)
	}
	return known, nil
}

// hashOf is equal for equal filters, on every replica.
func hashOf(f paymentlink.Filter) string {
	written := struct {
		Filter   paymentlink.Filter
		From, To string // of the amount, which has no form in JSON
		Not      string
	}{Filter: f}
	if f.Amount.From != nil {
		written.From = f.Amount.From.String()
	}
	if f.Amount.To != nil {
		written.To = f.Amount.To.String()
	}
	if f.Not != nil {
		written.Not, written.Filter.Not = hashOf(*f.Not), nil
	}
	text, _ := json.Marshal(written) // plain values; times have four digits of a year
	sum := sha256.Sum256(text)
	return string(sum[:syncHashBytes])
}
