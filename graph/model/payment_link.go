package model

import (
	"math"
	"time"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// PaymentLink is one link at one instant.
type PaymentLink struct {
	link   paymentlink.Link
	moment *Moment
}

// NewPaymentLink shows a link as it is at the moment.
func NewPaymentLink(link paymentlink.Link, moment *Moment) PaymentLink {
	return PaymentLink{link: link, moment: moment}
}

// NewPaymentLinks shows every link of a selection as it is at the moment.
func NewPaymentLinks(links paymentlink.Selection, moment *Moment) []PaymentLink {
	views := make([]PaymentLink, 0, links.Len())
	for link := range links.All() {
		views = append(views, NewPaymentLink(link, moment))
	}
	return views
}

// IsEntity marks the type as one that gateways may ask for by its key.
func (PaymentLink) IsEntity() {}

// ID is the key.
func (p PaymentLink) ID() string { return p.link.ID() }

// URL is the page to send to a payer.
func (p PaymentLink) URL() string { return p.link.URL() }

// Code is what people quote on the phone.
func (p PaymentLink) Code() string { return p.link.Code() }

// Slug is the merchant's own segment of the URL.
func (p PaymentLink) Slug() *string { return text(p.link.Slug()) }

// Title is never empty.
func (p PaymentLink) Title() string { return p.link.Title() }

// Description is the merchant's text.
func (p PaymentLink) Description() *string { return text(p.link.Description()) }

// Amount is what the payer is asked for.
func (p PaymentLink) Amount() *Amount {
	amount, ok := p.link.Amount()
	if !ok {
		return nil
	}
	return &Amount{amount: amount}
}

// Currency is also known without an amount.
func (p PaymentLink) Currency() *money.Currency {
	currency := p.link.Currency()
	return optional(currency, currency != "")
}

// Status says whether the link is switched on.
func (p PaymentLink) Status() paymentlink.Status { return p.link.Status() }

// State is status and expiry together.
func (p PaymentLink) State() paymentlink.State { return p.link.State(p.moment.now) }

// IsExpired reports whether the expiry time has been reached; nil when the
// expiry cannot be read.
func (p PaymentLink) IsExpired() *bool { return optional(p.link.IsExpired(p.moment.now)) }

// ExpiresAt is nil when the link never expires, or when the expiry cannot be read.
func (p PaymentLink) ExpiresAt() *time.Time { return optional(p.link.ExpiresAt()) }

// ExpiresIn counts whole units, rounded down and capped to 32 bits.
func (p PaymentLink) ExpiresIn(unit TimeUnit) *int32 {
	return optional(p.unitsLeft(unit))
}

// unitsLeft counts the units and notes when there will be one less: 0 stays 0.
func (p PaymentLink) unitsLeft(unit TimeUnit) (int32, bool) {
	left, ok := p.link.UnitsLeft(p.moment.now, unit.Length())
	if left > 0 {
		at, _ := p.link.ExpiresAt()
		p.moment.HoldsUntil(time.Unix(at.Unix()-left*int64(unit.Length()/time.Second), int64(at.Nanosecond())))
	}
	return int32(min(left, math.MaxInt32)), ok
}

// CreatedAt is nil when upstream sends no readable time.
func (p PaymentLink) CreatedAt() *time.Time { return optional(p.link.CreatedAt()) }

// UpdatedAt is nil when upstream sends no readable time.
func (p PaymentLink) UpdatedAt() *time.Time { return optional(p.link.UpdatedAt()) }

// Environment is test or live.
func (p PaymentLink) Environment() paymentlink.Environment { return p.link.Environment() }

// IsFixedTerm is upstream's own flag.
func (p PaymentLink) IsFixedTerm() *bool { return optional(p.link.FixedTerm()) }

// UserID is the upstream user that owns the link.
func (p PaymentLink) UserID() *string { return text(p.link.UserID()) }

// PurchaseID is upstream's purchase id.
func (p PaymentLink) PurchaseID() *string { return text(p.link.PurchaseID()) }

// StatusCode is upstream's code as sent.
func (p PaymentLink) StatusCode() *int32 { return optional(p.link.StatusCode()) }

// LinkType is upstream's code as sent.
func (p PaymentLink) LinkType() *int32 { return optional(p.link.LinkType()) }

// AvailableRates is raw JSON.
func (p PaymentLink) AvailableRates() []byte { return p.link.AvailableRates() }

// ExtraInfo is raw JSON.
func (p PaymentLink) ExtraInfo() []byte { return p.link.ExtraInfo() }

// Upstream is the whole element as raw JSON.
func (p PaymentLink) Upstream() []byte { return p.link.Upstream() }

// optional turns a value that may be missing into what gqlgen writes as null.
func optional[T any](value T, ok bool) *T {
	if !ok {
		return nil
	}
	return &value
}

func text(s string) *string { return optional(s, s != "") }
