package billpocket

import (
	"time"

	"paymentlinks/internal/paymentlink"
)

// Decode lets tests see the records of a body, which a Set hides.
func Decode(body []byte, location *time.Location) (records []paymentlink.Record, skipped int, err error) {
	l, err := decoder{location: location}.decode(body)
	if err != nil {
		return nil, 0, err
	}
	return l.records, l.skipped, nil
}

// ErrBody is what every error of a body's content wraps.
func ErrBody() error { return errBody }

// AbsoluteURL reads an element's URL; false for what is none.
func AbsoluteURL(s string) (string, bool) { return absoluteURL(s) }

// RetryAfter reads a header's value.
func RetryAfter(value string, now time.Time) time.Duration { return retryAfter(value, now) }

// Timestamp reads a JSON value as a time; false for one that cannot be read.
func Timestamp(value string, location *time.Location) (time.Time, bool) {
	return timestamp([]byte(value), location)
}
