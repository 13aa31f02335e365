package model

import (
	"context"
	"sync"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// Summary is counts and totals over a set of links at one instant.
type Summary struct {
	links    paymentlink.Selection
	summary  paymentlink.Summary
	snapshot *paymentlink.Snapshot
	moment   *Moment
}

// NewSummary adds up a selection of the snapshot as it is at the moment. The
// error is that of ctx.
func NewSummary(
	ctx context.Context, links paymentlink.Selection, snapshot *paymentlink.Snapshot, moment *Moment,
) (Summary, error) {
	summary := Summary{links: links, snapshot: snapshot, moment: moment}
	err := moment.InTurn(ctx, func() { summary.summary = links.Summary(moment.now) })
	return summary, err
}

// lazySummary is a summary that is made when it is first asked for. It is safe
// for concurrent use.
type lazySummary struct {
	once    sync.Once
	summary Summary
	err     error
}

func (l *lazySummary) get(sum func() (Summary, error)) (Summary, error) {
	l.once.Do(func() { l.summary, l.err = sum() })
	return l.summary, l.err
}

// Count is how many links there are.
func (s Summary) Count() int32 { return count(s.summary.Count) }

// ByState has an entry for every state, in the order of the schema.
func (s Summary) ByState() []StateCount {
	counts := make([]StateCount, len(s.summary.ByState))
	for i, c := range s.summary.ByState {
		counts[i] = StateCount{State: c.State, Count: count(c.Count)}
	}
	return counts
}

// ByCurrency has an entry for every currency in use, by code.
func (s Summary) ByCurrency() []CurrencySummary { return currencySummaries(s.summary.ByCurrency) }

func currencySummaries(shared []paymentlink.CurrencySummary) []CurrencySummary {
	summaries := make([]CurrencySummary, len(shared))
	for i := range shared {
		summaries[i] = CurrencySummary{summary: &shared[i]}
	}
	return summaries
}

// NextToExpire is nil when no open link will.
func (s Summary) NextToExpire() *PaymentLink {
	link, ok := s.summary.NextToExpire()
	return optional(NewPaymentLink(link, s.moment), ok)
}

// Snapshot is the list that was added up.
func (s Summary) Snapshot() Snapshot { return Snapshot{snapshot: s.snapshot, moment: s.moment} }

// StateCount is how many links are in one state.
type StateCount struct {
	State paymentlink.State
	Count int32
}

// CurrencySummary is the totals of the amounts asked for in one currency.
type CurrencySummary struct {
	summary *paymentlink.CurrencySummary // shared, never changed
}

// Currency is the currency of every amount of c.
func (c CurrencySummary) Currency() money.Currency { return c.summary.Currency }

// Count includes links without an amount.
func (c CurrencySummary) Count() int32 { return count(c.summary.Count) }

// Total is the sum of the amounts asked for.
func (c CurrencySummary) Total() Amount { return Amount{amount: c.summary.Total} }

// OpenTotal is the part of Total that stands on open links.
func (c CurrencySummary) OpenTotal() Amount { return Amount{amount: c.summary.OpenTotal} }

// AmountCount counts the links that have an amount.
func (c CurrencySummary) AmountCount() int32 { return count(c.summary.Amounts) }

// Min is the smallest amount; nil when no link has one.
func (c CurrencySummary) Min() *Amount { return optionalAmount(c.summary.Min()) }

// Max is the largest amount; nil when no link has one.
func (c CurrencySummary) Max() *Amount { return optionalAmount(c.summary.Max()) }

// Average is rounded; nil when no link has an amount.
func (c CurrencySummary) Average() *Amount { return optionalAmount(c.summary.Average()) }

func optionalAmount(amount money.Amount, ok bool) *Amount {
	return optional(Amount{amount: amount}, ok)
}
