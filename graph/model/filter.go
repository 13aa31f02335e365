package model

import (
	"time"
	"unicode/utf8"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// The bounds that the schema gives for PaymentLinkFilter.
const (
	maxFilterIDs        = 250
	maxSearchCharacters = 100
)

// Filter is PaymentLinkFilter as it was given. A nil field was left out or null.
// An empty list is not nil: it matches no link.
type Filter struct {
	IDs           []string
	Status        []paymentlink.Status
	State         []paymentlink.State
	Currency      []money.Currency
	Amount        *paymentlink.AmountRange
	CreatedAt     *TimeRange
	UpdatedAt     *TimeRange
	ExpiresAt     *TimeRange
	ExpiresWithin *time.Duration
	Search        *string
}

// TimeRange is PaymentLinkDateTimeRange as it was given.
type TimeRange struct{ From, To *time.Time }

// Select returns the filter as the domain has it. A nil f selects all links. The
// error is an *InputError.
func (f *Filter) Select() (paymentlink.Filter, error) {
	if f == nil {
		return paymentlink.Filter{}, nil
	}
	if len(f.IDs) > maxFilterIDs {
		return paymentlink.Filter{}, &InputError{Argument: "filter.ids", Reason: "must hold at most 250 ids"}
	}
	selects := paymentlink.Filter{
		IDs: f.IDs, Status: f.Status, State: f.State, Currency: f.Currency,
		CreatedAt: f.CreatedAt.instants(), UpdatedAt: f.UpdatedAt.instants(), ExpiresAt: f.ExpiresAt.instants(),
		ExpiresWithin: f.ExpiresWithin,
	}
	if f.Amount != nil {
		selects.Amount = *f.Amount
	}
	if f.Search != nil {
		if utf8.RuneCountInString(*f.Search) > maxSearchCharacters {
			return paymentlink.Filter{}, &InputError{Argument: "filter.search", Reason: "must have at most 100 characters"}
		}
		selects.Search = *f.Search
	}
	return selects, nil
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
