package answer

import (
	"time"

	"paymentlinks/internal/tenant"
)

// Life says for how long an answer holds. It does not change.
type Life struct {
	store      *Store
	owner      tenant.Key
	generation uint64
	epoch      uint64
	// flips is when a field of the answer changes by itself; zero for never.
	flips time.Time
}

// Until returns when the answer stops being fresh. ok is false when it does not
// hold at now: its list was purged, replaced or is past its age, a link has
// expired, or the store has forgotten it. It allocates nothing.
func (l *Life) Until(now time.Time) (until time.Time, ok bool) {
	if l.epoch != l.store.epoch.Load() || l.hasFlipped(now) {
		return time.Time{}, false
	}
	generation, until := l.store.cfg.Lists.Current(l.owner)
	if generation != l.generation || !now.Before(until) {
		return time.Time{}, false
	}
	return l.earliest(until), true
}

// earliest returns the list's end of freshness, or when the answer flips if
// that comes before.
func (l *Life) earliest(until time.Time) time.Time {
	if !l.flips.IsZero() && l.flips.Before(until) {
		return l.flips
	}
	return until
}

func (l *Life) hasFlipped(now time.Time) bool { return !l.flips.IsZero() && !now.Before(l.flips) }

// since returns when the answer stops being fresh, for a caller who has waited
// for it since an instant. A caller who was given the list before takes it at
// any age; any other must have asked while it was fresh, or would have waited
// for a newer one.
func (l *Life) since(asked time.Time, isGiven bool) (until time.Time, ok bool) {
	if l.epoch != l.store.epoch.Load() || l.hasFlipped(l.store.cfg.Now()) {
		return time.Time{}, false
	}
	generation, until := l.store.cfg.Lists.Current(l.owner)
	if generation != l.generation || (!isGiven && until.Before(asked)) {
		return time.Time{}, false
	}
	return l.earliest(until), true
}
