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

// The parts that have tests of their own.
var (
	ErrBody       = errBody
	IsAbsoluteURL = isAbsoluteURL
	RetryAfter    = retryAfter
	Cause         = cause
)

// Timestamp reads a JSON value as a time.
func Timestamp(value string, location *time.Location) time.Time {
	return timestamp([]byte(value), location)
}
