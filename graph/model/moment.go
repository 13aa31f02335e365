package model

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"paymentlinks/internal/qrcode"
)

// Moment is what all views of one operation share: its instant, the QR code
// that was drawn last, and how long what was given out holds. It is safe for
// concurrent use.
type Moment struct {
	now      time.Time
	turn     chan struct{} // holds one while a field looks at all links
	drawings drawings
	holds    atomic.Int64 // nanoseconds after now
	volatile atomic.Bool
}

// NewMoment returns the moment of an operation that reads the clock once.
func NewMoment(now time.Time) *Moment {
	m := &Moment{now: now, turn: make(chan struct{}, 1)}
	m.holds.Store(math.MaxInt64)
	return m
}

// Now is the operation's instant.
func (m *Moment) Now() time.Time { return m.now }

// InTurn runs what looks at every link of a list, for one field of the operation
// at a time. The error is that of ctx, and then nothing was run: fields that run
// at once would all be in the middle of their work when the caller leaves.
func (m *Moment) InTurn(ctx context.Context, look func()) error {
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-m.turn }()
	if err := ctx.Err(); err != nil { // both may have been ready
		return err
	}
	look()
	return nil
}

// HoldsUntil notes that a value was given out that changes by itself at the
// instant, although the list stays the same.
func (m *Moment) HoldsUntil(at time.Time) {
	held := int64(at.Sub(m.now)) // 292 years at most
	for {
		known := m.holds.Load()
		if held >= known || m.holds.CompareAndSwap(known, held) {
			return
		}
	}
}

// NextChange is the earliest instant that was noted; false when there was none.
func (m *Moment) NextChange() (time.Time, bool) {
	held := m.holds.Load()
	if held == math.MaxInt64 {
		return time.Time{}, false
	}
	return m.now.Add(time.Duration(held)), true
}

// IsVolatile reports whether a value was given out that is another one when the
// same list is fetched again: when it was fetched.
func (m *Moment) IsVolatile() bool { return m.volatile.Load() }

// drawings draws codes one after another. Fields of one link under several
// aliases follow each other, so the last code and its last picture are those that
// are asked for again.
type drawings struct {
	mu      sync.Mutex
	encoder qrcode.Encoder
	url     string
	level   qrcode.Level
	last    *qrcode.Code

	format  qrcode.Format
	size    int
	picture string   // of last; "" when there is none yet
	matrix  []string // of last; nil when there is none yet
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
	d.url, d.level, d.last, d.picture, d.matrix = url, level, code, "", nil
	return code, nil
}

// dataURI returns a picture of a code. Before it makes one it calls charge, and
// tells whether it is the first of that code.
func (d *drawings) dataURI(code *qrcode.Code, format qrcode.Format, size int, charge func(isFirst bool) error) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	isFirst := d.last != code || d.picture == ""
	if !isFirst && d.format == format && d.size == size {
		return d.picture, nil
	}
	if err := charge(isFirst); err != nil {
		return "", err
	}
	picture, err := code.DataURI(format, size)
	if err == nil && d.last == code {
		d.format, d.size, d.picture = format, size, picture
	}
	return picture, err
}

// rows returns the matrix of a code. It must not be changed.
func (d *drawings) rows(code *qrcode.Code) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.last != code:
		return code.Matrix()
	case d.matrix == nil:
		d.matrix = code.Matrix()
	}
	return d.matrix
}
