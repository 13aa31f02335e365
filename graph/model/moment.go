package model

import (
	"fmt"
	"sync/atomic"
	"time"

	"paymentlinks/internal/fault"
)

// Moment is what all views of one operation share: its instant, and how many
// QR codes it may draw. It is safe for concurrent use.
type Moment struct {
	now      time.Time
	maxCodes int64
	codes    atomic.Int64
}

// NewMoment is the moment of an operation that reads the clock once and may
// draw so many QR codes.
func NewMoment(now time.Time, maxCodes int) *Moment {
	return &Moment{now: now, maxCodes: int64(maxCodes)}
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
