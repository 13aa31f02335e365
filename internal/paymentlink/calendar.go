package paymentlink

import "time"

// PeriodUnit is how long a period is in the calendar of a time zone.
type PeriodUnit uint8

// The units. Weeks begin on Monday.
const (
	PeriodDay PeriodUnit = iota
	PeriodWeek
	PeriodMonth
)

// PeriodUnits returns every unit in the order of the schema.
func PeriodUnits() []PeriodUnit { return []PeriodUnit{PeriodDay, PeriodWeek, PeriodMonth} }

// String returns the schema's name, "" for any other value.
func (u PeriodUnit) String() string {
	switch u {
	case PeriodDay:
		return "DAY"
	case PeriodWeek:
		return "WEEK"
	case PeriodMonth:
		return "MONTH"
	}
	return ""
}

// A date is midnight in UTC here, whatever zone it is a date of.

// first returns the first date of the period that holds the date of an instant
// in a zone.
func (u PeriodUnit) first(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch u {
	case PeriodDay:
	case PeriodWeek:
		const daysOfAWeek = 7
		return date.AddDate(0, 0, -(int(date.Weekday()-time.Monday)+daysOfAWeek)%daysOfAWeek)
	case PeriodMonth:
		return date.AddDate(0, 0, 1-day)
	}
	return date
}

// next returns the first date of the period after one that begins on a date.
func (u PeriodUnit) next(date time.Time) time.Time {
	switch u {
	case PeriodDay:
	case PeriodWeek:
		return date.AddDate(0, 0, 7)
	case PeriodMonth:
		return date.AddDate(0, 1, 0)
	}
	return date.AddDate(0, 0, 1)
}

// earliest is further ahead of UTC than any zone was or is (15:56 in Manila
// until 1844).
const earliest = 16 * time.Hour

// startOf returns the first instant at which it is a date, or later, in a zone.
// That is not always midnight, and where clocks are put back across midnight it
// is the first of two. A date that a zone left out starts where the next does.
func startOf(date time.Time, zone *time.Location) time.Time {
	midnight := date.Unix()
	t := date.Add(-earliest).In(zone)
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		start := time.Unix(max(t.Unix(), midnight-int64(offset)), 0).UTC()
		if end.IsZero() || start.Before(end) {
			return start
		}
		t = end
	}
}
