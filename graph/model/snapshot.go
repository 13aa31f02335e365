package model

import (
	"math"
	"time"

	"paymentlinks/internal/paymentlink"
)

// Snapshot says how fresh an answer is.
type Snapshot struct {
	snapshot *paymentlink.Snapshot
	moment   *Moment
}

// FetchedAt is when upstream gave the list.
func (s Snapshot) FetchedAt() time.Time {
	s.moment.volatile.Store(true)
	return s.snapshot.FetchedAt
}

// IsStale reports that upstream could not be reached for a newer one.
func (s Snapshot) IsStale() bool { return s.snapshot.Stale }

// Version changes with the content.
func (s Snapshot) Version() string { return s.snapshot.Version }

// SkippedCount is how many elements could not be read.
func (s Snapshot) SkippedCount() int32 { return count(s.snapshot.Skipped) }

// count fits a length into the schema's Int; lists end far below its bound.
func count(n int) int32 { return int32(min(n, math.MaxInt32)) }
