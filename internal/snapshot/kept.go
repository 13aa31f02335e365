package snapshot

import (
	"math"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// overheadBytes is what an entry takes beside its list: the key, the cache's
// node and kept itself, rounded up.
const overheadBytes = 1 << 10

// ages are the two settings by which a list grows old.
type ages struct {
	freshFor, staleFor time.Duration
}

// kept is all that is remembered of a pair that has a list. It never changes:
// a success or a failure puts another in its place.
type kept struct {
	// snapshot has FreshUntil set and Stale not.
	snapshot paymentlink.Snapshot
	// begunAt is when the fetch that brought the list began: whatever upstream
	// was told before is in the list.
	begunAt time.Time
	// behindUntil ends the time of refreshing behind, heldUntil that of
	// standing in for a failing upstream.
	behindUntil, heldUntil time.Time

	// weight is the entry's share of Config.MaxBytes.
	weight uint32

	// failures counts the fetches that failed since the last success, and
	// nextTry is when the next may begin; both zero while upstream is well.
	failures int
	nextTry  time.Time
	// err is the last of these failures, for callers to whom the list is too old.
	err error
}

// keep dates the list that a fetch brought. A list without a date counts from
// the beginning of its fetch.
func (a ages) keep(snapshot paymentlink.Snapshot, begunAt time.Time) *kept {
	if snapshot.FetchedAt.IsZero() {
		snapshot.FetchedAt = begunAt
	}
	if snapshot.FetchedAt.Before(begunAt) { // another replica fetched it
		begunAt = snapshot.FetchedAt
	}
	snapshot.Body = nil
	snapshot.FreshUntil = snapshot.FetchedAt.Add(a.freshFor)
	snapshot.Stale = false
	return &kept{
		snapshot:    snapshot,
		begunAt:     begunAt,
		behindUntil: snapshot.FreshUntil.Add(a.freshFor),
		heldUntil:   snapshot.FetchedAt.Add(a.staleFor),
		weight:      uint32(min(snapshot.Set.SizeBytes()+snapshot.History.SizeBytes()+overheadBytes, math.MaxUint32)),
	}
}

// isFresh reports whether the list is of its normal age.
func (k *kept) isFresh(now time.Time) bool { return now.Before(k.snapshot.FreshUntil) }

// isBehind reports whether the list is answered while a refresh runs behind:
// not when the last refresh failed, for then the list is a stale one.
func (k *kept) isBehind(now time.Time) bool { return k.failures == 0 && now.Before(k.behindUntil) }

// isHeld reports whether the list may still stand in for a failing upstream.
func (k *kept) isHeld(now time.Time) bool { return now.Before(k.heldUntil) }

// satisfies reports whether the fetch began no earlier than notBefore.
func (k *kept) satisfies(notBefore time.Time) bool { return !k.begunAt.Before(notBefore) }

// stale returns the list as what stands in for a failing upstream.
func (k *kept) stale() *paymentlink.Snapshot {
	snapshot := k.snapshot
	snapshot.Stale = true
	return &snapshot
}

// afterFailure returns what is kept once a fetch has failed with err at now: the
// same list, not asked for again before the next try.
func (k *kept) afterFailure(now time.Time, err error) *kept {
	next := *k
	next.failures++
	next.err = err
	next.nextTry = now.Add(pause(next.failures, err))
	return &next
}

func weigh(_ tenant.Key, k *kept) uint32 { return k.weight }
