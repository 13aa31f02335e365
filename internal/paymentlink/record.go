package paymentlink

import (
	"time"

	"paymentlinks/internal/money"
)

// Record is all that a reader of upstream's list knows of one link, as sent:
// nothing trimmed, nothing derived.
type Record struct {
	// ID is upstream's opaque id, never empty.
	ID string
	// URL is the absolute http or https URL to pay at, never empty.
	URL string
	// Code is the link's own code (secondary_link), "" when upstream sends none.
	Code string
	// Slug is the merchant's segment of URL (main_link), "" when upstream sends none.
	Slug string
	// Description is untrimmed, "" when upstream sends none.
	Description string
	// Amount is in major units of Currency; it counts only beside a currency.
	Amount Optional[money.Decimal]
	// Currency is "" when upstream sends no readable one.
	Currency money.Currency
	// StatusCode and LinkType are none when absent, unreadable or beyond 32 bits.
	StatusCode, LinkType Optional[int32]
	// FixedTerm is upstream's is_fixed_term.
	FixedTerm Optional[bool]
	// UserID and PurchaseID are opaque, numbers written as text; "" is none.
	UserID, PurchaseID string
	// CreatedAt, UpdatedAt and ExpiresAt are zero when upstream sends no
	// readable time.
	CreatedAt, UpdatedAt, ExpiresAt time.Time
	// UnreadableExpiry reports that upstream sends an expiry that cannot be
	// read. ExpiresAt is zero then.
	UnreadableExpiry bool
	// AvailableRates and ExtraInfo are raw JSON, nil when the key is missing.
	// They may alias the received body.
	AvailableRates, ExtraInfo []byte
	// Upstream is the whole element as raw JSON; it may alias the received body.
	Upstream []byte
}

// Optional is a value that upstream may leave out; its zero value is none.
type Optional[T any] struct {
	Value T
	Valid bool
}

// Some returns an Optional that holds value.
func Some[T any](value T) Optional[T] {
	return Optional[T]{Value: value, Valid: true}
}

// Get returns the value; false when there is none.
func (o Optional[T]) Get() (T, bool) { return o.Value, o.Valid }
