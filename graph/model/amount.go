package model

import (
	"context"

	"paymentlinks/graph/cost"
	"paymentlinks/internal/money"
)

// Amount is money in one currency.
type Amount struct {
	amount money.Amount
}

// Value is exact, with the currency's usual number of decimals.
func (a Amount) Value() string { return a.amount.Value() }

// Currency is the currency of Value.
func (a Amount) Currency() money.Currency { return a.amount.Currency() }

// MinorUnits counts the currency's smallest units; nil when Value is not a whole
// number of them.
func (a Amount) MinorUnits() *string { return optional(a.amount.MinorUnits()) }

// Formatted is for people who read in the locale. The error is a fault once the
// operation has composed as much as it may.
func (a Amount) Formatted(ctx context.Context, locale string) (string, error) {
	if err := cost.FromContext(ctx).Charge(cost.Text, formattedBytes); err != nil {
		return "", err
	}
	return a.amount.Format(locale), nil
}
