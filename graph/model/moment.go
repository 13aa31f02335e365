package model

import (
	"fmt"
	"sync/atomic"
	"time"

	"paymentlinks/internal/fault"
)

// Moment is what all views of one operation share: its instant, how many QR
// codes it may draw and how long its answer may get. It is safe for concurrent use.
type Moment struct {
	now                time.Time
	maxCodes, maxBytes int64
	codes, bytes       atomic.Int64
}

// NewMoment is the moment of an operation that reads the clock once, may draw
// so many QR codes and answer so many bytes.
func NewMoment(now time.Time, maxCodes int, maxBytes int64) *Moment {
	return &Moment{now: now, maxCodes: int64(maxCodes), maxBytes: maxBytes}
}

// Now is the operation's instant.
func (m *Moment) Now() time.Time { return m.now }

// drawCode counts a QR code towards the bound. Complexity cannot bound them: it
// takes paymentLinks for a hundred links, and the list may be ten thousand long.
func (m *Moment) drawCode() error {
	if m.codes.Add(1) > m.maxCodes {
		return fault.New(fault.LimitExceeded, fmt.Sprintf("One operation may draw at most %d QR codes.", m.maxCodes))
	}
	return nil
}

// Spend counts bytes towards the answer while it grows, so that one too long
// is given up before it fills the memory. With 0 it only tells.
func (m *Moment) Spend(bytes int) error {
	if m.bytes.Add(int64(bytes)) > m.maxBytes {
		return fault.New(fault.LimitExceeded, fmt.Sprintf("The answer would be larger than %d bytes: ask for less at a time.", m.maxBytes))
	}
	return nil
}
