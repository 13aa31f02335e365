package model

import (
	"sync"
	"time"

	"paymentlinks/internal/qrcode"
)

// Moment is what all views of one operation share: its instant, and the QR code
// that was drawn last. It is safe for concurrent use.
type Moment struct {
	now      time.Time
	drawings drawings
}

// NewMoment returns the moment of an operation that reads the clock once.
func NewMoment(now time.Time) *Moment { return &Moment{now: now} }

// Now is the operation's instant.
func (m *Moment) Now() time.Time { return m.now }

// drawings draws codes one after another. Fields of one link under several
// aliases follow each other, so the last code is the one that is asked for again.
type drawings struct {
	mu      sync.Mutex
	encoder qrcode.Encoder
	url     string
	level   qrcode.Level
	last    *qrcode.Code
}

// draw returns the code of a URL. It calls charge before it draws.
func (d *drawings) draw(url string, level qrcode.Level, charge func() error) (*qrcode.Code, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last != nil && d.url == url && d.level == level {
		return d.last, nil
	}
	if err := charge(); err != nil {
		return nil, err
	}
	code, err := d.encoder.Encode(url, level)
	if err != nil {
		return nil, err
	}
	d.url, d.level, d.last = url, level, code
	return code, nil
}
