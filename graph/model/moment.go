package model

import "time"

// Moment is the instant of one operation, which all its views share. It is
// safe for concurrent use.
type Moment struct {
	now time.Time
}

// NewMoment returns the moment of an operation that reads the clock once.
func NewMoment(now time.Time) *Moment { return &Moment{now: now} }

// Now is the operation's instant.
func (m *Moment) Now() time.Time { return m.now }
