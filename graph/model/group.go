package model

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"paymentlinks/internal/paymentlink"
)

// EnvironmentSummary is the links of one environment.
type EnvironmentSummary struct{ group paymentlink.EnvironmentGroup }

// Environment is what the links have in common.
func (e EnvironmentSummary) Environment() paymentlink.Environment { return e.group.Environment }

// Count is how many links there are.
func (e EnvironmentSummary) Count() int32 { return count(e.group.Count) }

// ByCurrency has an entry for every currency in use, by code.
func (e EnvironmentSummary) ByCurrency() []CurrencySummary {
	return currencySummaries(e.group.ByCurrency)
}

// SlugSummary is the links with one slug.
type SlugSummary struct{ group paymentlink.SlugGroup }

// Slug is nil for the links that have none.
func (s SlugSummary) Slug() *string { return text(s.group.Slug) }

// Count is how many links there are.
func (s SlugSummary) Count() int32 { return count(s.group.Count) }

// ByCurrency has an entry for every currency in use, by code.
func (s SlugSummary) ByCurrency() []CurrencySummary { return currencySummaries(s.group.ByCurrency) }

// PeriodSummary is the links of one period.
type PeriodSummary struct{ group paymentlink.PeriodGroup }

// From is the first instant of the period.
func (p PeriodSummary) From() time.Time { return writable(p.group.From) }

// To is the first instant after the period.
func (p PeriodSummary) To() time.Time { return writable(p.group.To) }

// Count is how many links there are.
func (p PeriodSummary) Count() int32 { return count(p.group.Count) }

// ByCurrency has an entry for every currency in use, by code.
func (p PeriodSummary) ByCurrency() []CurrencySummary { return currencySummaries(p.group.ByCurrency) }

// writable returns t, or the instant next to it that RFC 3339 can write, which
// ends with the year 9999. Links that never expire may say that they do then.
func writable(t time.Time) time.Time {
	begin, end := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(begin):
		return begin
	case !t.Before(end):
		return end.Add(-time.Millisecond)
	}
	return t
}

// ByEnvironment has an entry for every environment, in the order of the schema.
// The error is that of ctx.
func (s Summary) ByEnvironment(ctx context.Context) ([]EnvironmentSummary, error) {
	var summaries []EnvironmentSummary
	err := s.moment.InTurn(ctx, func() {
		for _, group := range s.links.ByEnvironment(s.moment.now) {
			summaries = append(summaries, EnvironmentSummary{group})
		}
	})
	return summaries, err
}

// BySlug has an entry for every slug in use, by slug. The error is that of ctx.
func (s Summary) BySlug(ctx context.Context) ([]SlugSummary, error) {
	summaries := []SlugSummary{}
	err := s.moment.InTurn(ctx, func() {
		for _, group := range s.links.BySlug(s.moment.now) {
			summaries = append(summaries, SlugSummary{group})
		}
	})
	return summaries, err
}

// ByPeriod has an entry for every period from the first link to the last. The
// error is an *InputError or that of ctx.
func (s Summary) ByPeriod(
	ctx context.Context, unit paymentlink.PeriodUnit, field paymentlink.PeriodField, timeZone string,
) ([]PeriodSummary, error) {
	zone, err := zoneOf(timeZone)
	if err != nil {
		return nil, err
	}
	summaries := []PeriodSummary{}
	var refusal error
	err = s.moment.InTurn(ctx, func() {
		groups, err := s.links.ByPeriod(unit, field, zone, s.moment.now)
		if err != nil {
			refusal = &InputError{
				Argument: "unit",
				Reason:   fmt.Sprintf("must give at most %d periods: take a longer one, or a narrower filter", paymentlink.MaxPeriods),
			}
		}
		for _, group := range groups {
			summaries = append(summaries, PeriodSummary{group})
		}
	})
	return summaries, cmp.Or(err, refusal)
}

// WithoutDate is how many links are in no period. The error is that of ctx.
func (s Summary) WithoutDate(ctx context.Context, field paymentlink.PeriodField) (int32, error) {
	n := 0
	err := s.moment.InTurn(ctx, func() { n = s.links.WithoutDate(field) })
	return count(n), err
}

// maxZoneBytes is more than the name of any zone has.
const maxZoneBytes = 64

// zoneOf finds a time zone. Package time takes "" for UTC, and "Local" for the
// zone of this machine, which callers have no use for.
func zoneOf(name string) (*time.Location, error) {
	if name != "" && name != "Local" && len(name) <= maxZoneBytes {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, &InputError{Argument: "timeZone", Reason: "must be the name of an IANA time zone, America/Mexico_City say"}
}
