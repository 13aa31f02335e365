package paymentlink

import (
	"errors"
	"slices"
	"time"
)

// MaxPeriods is how many periods there are at most.
const MaxPeriods = 400

// ErrPeriods is returned for links that lie more than MaxPeriods periods apart.
var ErrPeriods = errors.New("more than 400 periods")

// PeriodField is the time of a link that periods go by.
type PeriodField uint8

// The times.
const (
	PeriodOfCreation PeriodField = iota
	PeriodOfExpiry
)

// PeriodFields returns every field in the order of the schema.
func PeriodFields() []PeriodField { return []PeriodField{PeriodOfCreation, PeriodOfExpiry} }

// String returns the schema's name, "" for any other value.
func (f PeriodField) String() string {
	switch f {
	case PeriodOfCreation:
		return "CREATED_AT"
	case PeriodOfExpiry:
		return "EXPIRES_AT"
	}
	return ""
}

func (f PeriodField) time() int {
	if f == PeriodOfExpiry {
		return expiresAt
	}
	return createdAt
}

// PeriodGroup is the links whose time lies in one period.
type PeriodGroup struct {
	// From is the first instant of the period, To the first after it, in UTC.
	From, To time.Time
	Group
}

// WithoutDate returns how many links lack the time, and so are in no period.
func (sel Selection) WithoutDate(field PeriodField) int {
	n := 0
	for _, row := range sel.rows {
		if sel.set.facts[row].seconds[field.time()] == noTime {
			n++
		}
	}
	return n
}

// ByPeriod returns a group for each period from that of the first link to that
// of the last, those without links included. Totals are as they are at now. The
// error is ErrPeriods.
func (sel Selection) ByPeriod(unit PeriodUnit, field PeriodField, zone *time.Location, now time.Time) ([]PeriodGroup, error) {
	first, last := int64(noTime), int64(noTime)
	for _, row := range sel.rows {
		at := sel.set.facts[row].seconds[field.time()]
		switch {
		case at == noTime:
		case first == noTime:
			first, last = at, at
		default:
			first, last = min(first, at), max(last, at)
		}
	}
	if first == noTime {
		return nil, nil
	}
	// Periods begin on whole seconds, so fractions of them tell nothing here.
	starts, err := periodStarts(unit, zone, first, last)
	if err != nil {
		return nil, err
	}
	groupOf := make([]int32, len(sel.rows))
	for i, row := range sel.rows {
		at := sel.set.facts[row].seconds[field.time()]
		if at == noTime {
			groupOf[i] = -1
			continue
		}
		place, isStart := slices.BinarySearch(starts, at)
		if !isStart {
			place--
		}
		groupOf[i] = int32(place)
	}
	out := make([]PeriodGroup, len(starts)-1)
	for i, group := range sel.groups(len(out), groupOf, now) {
		out[i] = PeriodGroup{time.Unix(starts[i], 0).UTC(), time.Unix(starts[i+1], 0).UTC(), group}
	}
	return out, nil
}

// periodStarts returns where the periods from first to last begin, and where
// the last of them ends, in Unix seconds.
func periodStarts(unit PeriodUnit, zone *time.Location, first, last int64) ([]int64, error) {
	date := unit.first(time.Unix(first, 0), zone)
	starts := []int64{startOf(date, zone).Unix()}
	for starts[len(starts)-1] <= last {
		date = unit.next(date)
		switch start := startOf(date, zone).Unix(); {
		case start <= first:
			// Clocks were put back across midnight: the first link lies in the
			// part of the old date that came again.
			starts[0] = start
		case start > starts[len(starts)-1]: // not so for a date that was left out
			starts = append(starts, start)
		}
		if len(starts) > MaxPeriods+1 {
			return nil, ErrPeriods
		}
	}
	return starts, nil
}
