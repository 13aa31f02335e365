package model

import (
	"strings"
	"time"
	"unicode/utf8"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// The bounds that the schema gives for PaymentLinkFilter.
const (
	maxFilterValues = 250
	maxURLSearch    = 2048 // characters of a search that may hold a URL
	maxNots         = 5
)

// Filter is PaymentLinkFilter as it was given. A nil field was left out or null.
// An empty list is not nil: it matches no link.
type Filter struct {
	IDs           []string
	Status        []paymentlink.Status
	State         []paymentlink.State
	Currency      []money.Currency
	Environment   []paymentlink.Environment
	Slug          []string
	UserID        []string
	PurchaseID    []string
	StatusCode    []int32
	LinkType      []int32
	HasExpiry     *bool
	Amount        *paymentlink.AmountRange
	CreatedAt     *TimeRange
	UpdatedAt     *TimeRange
	ExpiresAt     *TimeRange
	ExpiresWithin *time.Duration
	Search        *string
	Not           *Filter
}

// TimeRange is PaymentLinkDateTimeRange as it was given.
type TimeRange struct{ From, To *time.Time }

// Select returns the filter as the domain has it. A nil f selects all links. The
// error is an *InputError.
func (f *Filter) Select() (paymentlink.Filter, error) {
	if f == nil {
		return paymentlink.Filter{}, nil
	}
	return f.selects("filter", maxNots)
}

// selects reads the filter at a path, below which so many more may be negated.
func (f *Filter) selects(path string, nots int) (paymentlink.Filter, error) {
	if err := f.check(path); err != nil {
		return paymentlink.Filter{}, err
	}
	selects := paymentlink.Filter{
		IDs: f.IDs, Status: f.Status, State: f.State, Currency: f.Currency, Environment: f.Environment,
		Slug: f.Slug, UserID: f.UserID, PurchaseID: f.PurchaseID, StatusCode: f.StatusCode, LinkType: f.LinkType,
		CreatedAt: f.CreatedAt.instants(), UpdatedAt: f.UpdatedAt.instants(), ExpiresAt: f.ExpiresAt.instants(),
		HasExpiry: f.HasExpiry, ExpiresWithin: f.ExpiresWithin,
	}
	if f.Amount != nil {
		selects.Amount = *f.Amount
	}
	if f.Search != nil {
		selects.Search = *f.Search
	}
	if f.Not == nil {
		return selects, nil
	}
	if nots == 0 {
		return paymentlink.Filter{}, &InputError{Argument: path + ".not", Reason: "must have at most 5 levels"}
	}
	not, err := f.Not.selects(path+".not", nots-1)
	selects.Not = &not
	return selects, err
}

// IsForOperators reports whether the filter would tell values that are for
// operators alone (graph/scopes.go). A nil f tells nothing.
func (f *Filter) IsForOperators() bool {
	return f != nil && (f.PurchaseID != nil || f.StatusCode != nil || f.LinkType != nil || f.Not.IsForOperators())
}

// check holds the filter itself, without what it negates, to its bounds.
func (f *Filter) check(path string) error {
	for _, list := range []struct {
		name   string
		length int
	}{
		{"ids", len(f.IDs)},
		{"slug", len(f.Slug)},
		{"userId", len(f.UserID)},
		{"purchaseId", len(f.PurchaseID)},
		{"statusCode", len(f.StatusCode)},
		{"linkType", len(f.LinkType)},
	} {
		if list.length > maxFilterValues {
			return &InputError{Argument: path + "." + list.name, Reason: "must hold at most 250 values"}
		}
	}
	if f.Search == nil {
		return nil
	}
	bound := paymentlink.MaxSearchCharacters
	if strings.Contains(*f.Search, "/") {
		bound = maxURLSearch
	}
	if utf8.RuneCountInString(*f.Search) > bound {
		return &InputError{Argument: path + ".search", Reason: "must have at most 100 characters, or 2,048 with a URL"}
	}
	return nil
}

func (r *TimeRange) instants() paymentlink.TimeRange {
	if r == nil {
		return paymentlink.TimeRange{}
	}
	return paymentlink.TimeRange{From: instantOf(r.From), To: instantOf(r.To)}
}

// instantOf reads an end of a range. The zero time means that the end is open,
// so the year 1 begins a nanosecond late.
func instantOf(end *time.Time) time.Time {
	switch {
	case end == nil:
		return time.Time{}
	case end.IsZero():
		return end.Add(1)
	}
	return *end
}
