package paymentlink_test

import (
	"errors"
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// periodsOf makes links of the times and returns their periods as text.
func periodsOf(t *testing.T, unit paymentlink.PeriodUnit, location *time.Location, times ...string) (out []string) {
	t.Helper()
	var records []paymentlink.Record
	for i, text := range times {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, paymentlink.Record{ID: fmt.Sprint(i), CreatedAt: at})
	}
	periods, err := newSet(records).All().ByPeriod(unit, paymentlink.PeriodOfCreation, location, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range periods {
		out = append(out, fmt.Sprintf("%s %s %d", p.From.Format(time.RFC3339), p.To.Sub(p.From), p.Count))
	}
	return out
}

func TestByPeriod(t *testing.T) {
	const day, week, month = paymentlink.PeriodDay, paymentlink.PeriodWeek, paymentlink.PeriodMonth
	tests := map[string]struct {
		unit  paymentlink.PeriodUnit
		zone  string
		times []string
		want  []string
	}{
		"none":              {day, "UTC", nil, nil},
		"one":               {day, "UTC", []string{"2026-03-01T12:00:00Z"}, []string{"2026-03-01T00:00:00Z 24h0m0s 1"}},
		"the first instant": {day, "UTC", []string{"2026-03-01T00:00:00Z"}, []string{"2026-03-01T00:00:00Z 24h0m0s 1"}},
		"the last instant":  {day, "UTC", []string{"2026-03-01T23:59:59.999999999Z"}, []string{"2026-03-01T00:00:00Z 24h0m0s 1"}},
		"no gaps": {
			day, "UTC",
			[]string{"2026-03-03T00:00:00Z", "2026-02-28T23:00:00Z", "2026-03-03T01:00:00Z"},
			[]string{"2026-02-28T00:00:00Z 24h0m0s 1", "2026-03-01T00:00:00Z 24h0m0s 0", "2026-03-02T00:00:00Z 24h0m0s 0", "2026-03-03T00:00:00Z 24h0m0s 2"},
		},
		"a zone's day": {day, "America/Mexico_City", []string{"2026-03-01T05:59:59Z", "2026-03-01T06:00:00Z"}, []string{
			"2026-02-28T06:00:00Z 24h0m0s 1", "2026-03-01T06:00:00Z 24h0m0s 1",
		}},
		"clocks go forward":        {day, "America/New_York", []string{"2026-03-08T12:00:00Z"}, []string{"2026-03-08T05:00:00Z 23h0m0s 1"}},
		"clocks go back":           {day, "America/New_York", []string{"2026-11-01T12:00:00Z"}, []string{"2026-11-01T04:00:00Z 25h0m0s 1"}},
		"by half an hour":          {day, "Australia/Lord_Howe", []string{"2026-04-05T00:00:00Z"}, []string{"2026-04-04T13:00:00Z 24h30m0s 1"}},
		"no midnight":              {day, "America/Sao_Paulo", []string{"2018-11-04T12:00:00Z"}, []string{"2018-11-04T03:00:00Z 23h0m0s 1"}},
		"two midnights":            {day, "America/Havana", []string{"2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z"}, []string{"2026-11-01T04:00:00Z 25h0m0s 2"}},
		"a date that was left out": {day, "Pacific/Apia", []string{"2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"}, []string{"2011-12-29T10:00:00Z 24h0m0s 1", "2011-12-30T10:00:00Z 24h0m0s 1"}},
		"a part of a date that came again": {day, "America/St_Johns", []string{"2010-11-07T03:00:00Z"}, []string{
			"2010-11-07T02:30:00Z 25h0m0s 1",
		}},
		"weeks begin on Monday":      {week, "UTC", []string{"2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z"}, []string{"2026-02-23T00:00:00Z 168h0m0s 1", "2026-03-02T00:00:00Z 168h0m0s 1"}},
		"a week with an hour less":   {week, "Europe/Madrid", []string{"2026-03-29T12:00:00Z"}, []string{"2026-03-22T23:00:00Z 167h0m0s 1"}},
		"months":                     {month, "America/Mexico_City", []string{"2024-01-31T12:00:00Z", "2024-03-01T05:59:59Z"}, []string{"2024-01-01T06:00:00Z 744h0m0s 1", "2024-02-01T06:00:00Z 696h0m0s 1"}},
		"a month with an hour more":  {month, "America/New_York", []string{"2026-11-15T00:00:00Z"}, []string{"2026-11-01T04:00:00Z 721h0m0s 1"}},
		"a zone of whole quarters":   {day, "Asia/Kathmandu", []string{"2026-03-01T00:00:00Z"}, []string{"2026-02-28T18:15:00Z 24h0m0s 1"}},
		"before zones were reckoned": {day, "Asia/Manila", []string{"1800-01-01T00:00:00Z"}, []string{"1799-12-31T15:56:08Z 24h0m0s 1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, periodsOf(t, test.unit, zone(t, test.zone), test.times...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPeriodsAreBounded(t *testing.T) {
	first := time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
	for days, want := range map[int]error{399: nil, 400: paymentlink.ErrPeriods, 3_000_000: paymentlink.ErrPeriods} {
		sel := newSet([]paymentlink.Record{{ID: "a", CreatedAt: first}, {ID: "b", CreatedAt: first.AddDate(0, 0, days)}}).All()
		got, err := sel.ByPeriod(paymentlink.PeriodDay, paymentlink.PeriodOfCreation, time.UTC, now)
		if !errors.Is(err, want) || (err == nil && len(got) != days+1) {
			t.Errorf("%d days apart: %d periods, %v, want %v", days, len(got), err, want)
		}
	}
}

// naiveStart looks at every minute from before a date begins anywhere on Earth.
func naiveStart(year int, month time.Month, day int, location *time.Location) time.Time {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	for t := date.Add(-16 * time.Hour); ; t = t.Add(time.Minute) {
		y, m, d := t.In(location).Date()
		if !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(date) {
			return t
		}
	}
}

// naivePeriods counts links between one start and the next, from well before
// the first, and then leaves out what lies before the first and behind the last.
func naivePeriods(t *testing.T, unit paymentlink.PeriodUnit, location *time.Location, at func(paymentlink.Record) time.Time, records []paymentlink.Record) (out []plainGroup) {
	t.Helper()
	var first, last time.Time
	for _, r := range records {
		if at(r).IsZero() {
			continue
		}
		if first.IsZero() || at(r).Before(first) {
			first = at(r)
		}
		if at(r).After(last) {
			last = at(r)
		}
	}
	if first.IsZero() {
		return nil
	}
	date := first.AddDate(0, 0, -40)
	for unit == paymentlink.PeriodWeek && date.Weekday() != time.Monday || unit == paymentlink.PeriodMonth && date.Day() != 1 {
		date = date.AddDate(0, 0, 1)
	}
	for {
		next := date.AddDate(0, 0, 1)
		for unit == paymentlink.PeriodWeek && next.Weekday() != time.Monday || unit == paymentlink.PeriodMonth && next.Day() != 1 {
			next = next.AddDate(0, 0, 1)
		}
		from, to := naiveStart(date.Year(), date.Month(), date.Day(), location), naiveStart(next.Year(), next.Month(), next.Day(), location)
		date = next
		if from.After(last) {
			return out
		}
		if !to.After(first) || !to.After(from) {
			continue
		}
		var some []paymentlink.Record
		for _, r := range records {
			if !at(r).IsZero() && !at(r).Before(from) && at(r).Before(to) {
				some = append(some, r)
			}
		}
		out = append(out, plainGroup{from.Format(time.RFC3339) + " " + to.Format(time.RFC3339), len(some), naiveCurrencies(some, now)})
	}
}

func TestPeriodsEqualTheNaiveLoop(t *testing.T) {
	const seed = 63
	r := newRand(seed)
	zones := []string{
		"UTC", "America/Mexico_City", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Asia/Beirut",
		"Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca",
	}
	for round := range 60 {
		location := zone(t, zones[round%len(zones)])
		begin := time.Date(pickOne(r, 1995, 2010, 2011, 2018, 2026), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), 0, 0, 0, time.UTC)
		records := generate(r, r.IntN(60))
		for i := range records {
			near := func() time.Time {
				if r.IntN(8) == 0 {
					return time.Time{}
				}
				return begin.Add(time.Duration(r.Int64N(int64(30 * 24 * time.Hour)))).Truncate(pickOne(r, time.Nanosecond, time.Minute, time.Hour))
			}
			records[i].CreatedAt, records[i].ExpiresAt, records[i].UnreadableExpiry = near(), near(), false
		}
		sel := newSet(records).All()
		unit, field := pickOne(r, paymentlink.PeriodUnits()...), pickOne(r, paymentlink.PeriodFields()...)
		at := func(record paymentlink.Record) time.Time { return record.CreatedAt }
		if field == paymentlink.PeriodOfExpiry {
			at = func(record paymentlink.Record) time.Time { return record.ExpiresAt }
		}
		periods, err := sel.ByPeriod(unit, field, location, now)
		if err != nil {
			t.Fatal(err)
		}
		var got []plainGroup
		inside := 0
		for _, p := range periods {
			inside += p.Count
			got = append(got, plainGroup{p.From.Format(time.RFC3339) + " " + p.To.Format(time.RFC3339), p.Count, plainCurrencies(t, p.ByCurrency)})
		}
		if diff := cmp.Diff(naivePeriods(t, unit, location, at, records), got); diff != "" {
			t.Fatalf("seed %d, round %d, %v by %v in %v (-want +got):\n%s", seed, round, unit, field, location, diff)
		}
		if outside := sel.WithoutDate(field); inside+outside != len(records) {
			t.Fatalf("seed %d, round %d: %d links in periods and %d without a date of %d", seed, round, inside, outside, len(records))
		}
	}
}
