package model

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// maxDurationDays bounds durations to a hundred years, far inside time.Duration.
const maxDurationDays = 36_500

const day = 24 * time.Hour

// MarshalDuration writes an ISO 8601 duration in seconds.
func MarshalDuration(d time.Duration) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		text := strconv.FormatInt(int64(d/time.Second), 10)
		if nanos := d % time.Second; nanos != 0 {
			text += strings.TrimRight(fmt.Sprintf(".%09d", int64(nanos)), "0")
		}
		_, _ = io.WriteString(w, `"PT`+text+`S"`)
	})
}

// UnmarshalDuration reads an ISO 8601 duration of weeks, days (of 24 hours),
// hours, minutes and seconds, in that order and at most 36,500 days long.
// Seconds may have a fraction of up to nine digits. It refuses years and months,
// whose length depends on where they start. Its error is an *InputError.
func UnmarshalDuration(v any) (time.Duration, error) {
	s, _ := v.(string)
	d, ok := parseDuration(s)
	if !ok {
		return 0, refuse("must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, at most 36,500 days")
	}
	return d, nil
}

func parseDuration(s string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok {
		return 0, false
	}
	date, clock, hasClock := strings.Cut(rest, "T")
	total, dateParts, ok := sumParts(date, []part{{'W', 7 * day}, {'D', day}})
	if !ok {
		return 0, false
	}
	if !hasClock {
		return total, dateParts > 0
	}
	clockTotal, clockParts, ok := sumParts(clock, []part{{'H', time.Hour}, {'M', time.Minute}, {'S', time.Second}})
	total += clockTotal
	return total, ok && clockParts > 0 && total <= maxDurationDays*day
}

// part is one designator and how long one of it is.
type part struct {
	designator byte
	length     time.Duration
}

// sumParts adds up s, which is made of numbers and designators in the order of
// parts. Both the sum and each of its terms stay within the bound.
func sumParts(s string, parts []part) (total time.Duration, count int, ok bool) {
	for _, p := range parts {
		end := strings.IndexByte(s, p.designator)
		if end < 0 {
			continue
		}
		length, ok := parseCount(s[:end], p.length)
		if !ok {
			return 0, 0, false
		}
		if total += length; total > maxDurationDays*day {
			return 0, 0, false
		}
		s = s[end+1:]
		count++
	}
	return total, count, s == ""
}

// parseCount reads how many of a unit there are; only seconds may have a fraction.
func parseCount(s string, unit time.Duration) (time.Duration, bool) {
	whole, fraction, hasFraction := strings.Cut(s, ".")
	count, ok := parseDigits(whole)
	if !ok || count > int64(maxDurationDays*day/unit) {
		return 0, false
	}
	length := time.Duration(count) * unit
	if !hasFraction {
		return length, true
	}
	if unit != time.Second || len(fraction) > len("000000000") {
		return 0, false
	}
	nanos, ok := parseDigits(fraction + strings.Repeat("0", len("000000000")-len(fraction)))
	return length + time.Duration(nanos), ok && fraction != ""
}

// parseDigits reads decimal digits alone: no sign, no separators.
func parseDigits(s string) (int64, bool) {
	if s == "" || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
