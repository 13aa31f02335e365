package model

import (
	"unicode/utf8"

	"paymentlinks/internal/paymentlink"
)

// The bounds that the schema gives for PaymentLinkFilter.
const (
	maxFilterIDs        = 250
	maxSearchCharacters = 100
)

// CheckFilter returns an *InputError when a filter is beyond its bounds.
func CheckFilter(f *paymentlink.Filter) error {
	switch {
	case len(f.IDs) > maxFilterIDs:
		return &InputError{Argument: "filter.ids", Reason: "must hold at most 250 ids"}
	case utf8.RuneCountInString(f.Search) > maxSearchCharacters:
		return &InputError{Argument: "filter.search", Reason: "must have at most 100 characters"}
	}
	return nil
}
