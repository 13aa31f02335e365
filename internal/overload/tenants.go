package overload

import (
	"sync"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// burst is how much of its rate a tenant may use at once.
const burst = time.Second

// TenantLimits are the bounds on one tenant. In each field 0, or less, sets none.
type TenantLimits struct {
	// Rate bounds the requests a second. What a tenant has not used of a second, it
	// may use at once.
	Rate int
	// InFlight bounds the requests that are answered at a time.
	InFlight int
}

// Tenants holds each tenant to its bounds. It is safe for concurrent use; a nil
// Tenants bounds nobody.
type Tenants struct {
	limits  TenantLimits
	isKnown func(tenant.Key) bool
	now     func() time.Time

	mu    sync.Mutex
	known map[tenant.Key]*standing
	sweep int // the size from which on standings are looked through
}

// standing is what one tenant has used of its bounds.
type standing struct {
	inFlight int
	// paidUntil is when all of its requests so far are within its rate.
	paidUntil time.Time
}

// NewTenants returns the bounds on tenants. Those for whom isKnown is false share
// the bounds of one: anybody can invent pairs of credentials. A nil now is
// time.Now.
func NewTenants(limits TenantLimits, isKnown func(tenant.Key) bool, now func() time.Time) *Tenants {
	if now == nil {
		now = time.Now
	}
	return &Tenants{limits: limits, isKnown: isKnown, now: now, known: map[tenant.Key]*standing{}, sweep: 1000}
}

// HasRate reports whether every request has to be counted.
func (t *Tenants) HasRate() bool { return t != nil && t.limits.Rate > 0 }

// Enter counts a request of a tenant. leave must be called once when it is
// answered. The error is a *fault.Error of kind RateLimited or Overloaded that
// says when to come back.
func (t *Tenants) Enter(key tenant.Key) (leave func(), err error) {
	if t == nil || t.limits.Rate <= 0 && t.limits.InFlight <= 0 {
		return func() {}, nil
	}
	if !t.isKnown(key) {
		key = tenant.Key{} // the one whose bounds strangers share
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	s := t.standing(key, now)
	if limit := t.limits.InFlight; limit > 0 && s.inFlight >= limit {
		return nil, &fault.Error{
			Kind: fault.Overloaded, Public: "Too many requests of this caller are being answered: try again soon.",
			RetryAfter: retryAfter, Limit: "tenant_in_flight",
		}
	}
	if t.limits.Rate > 0 {
		each := time.Second / time.Duration(t.limits.Rate)
		if s.paidUntil.Before(now) {
			s.paidUntil = now
		}
		if wait := s.paidUntil.Add(each).Sub(now.Add(burst)); wait > 0 {
			return nil, &fault.Error{
				Kind: fault.RateLimited, Public: "This caller sends requests too fast: slow down.",
				RetryAfter: wait, Limit: "tenant_rate",
			}
		}
		s.paidUntil = s.paidUntil.Add(each)
	}
	s.inFlight++
	return func() { t.leave(s) }, nil
}

func (t *Tenants) leave(s *standing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.inFlight--
}

// standing returns that of a tenant. Now and then it forgets those that have
// used nothing. t.mu is held.
func (t *Tenants) standing(key tenant.Key, now time.Time) *standing {
	if s, ok := t.known[key]; ok {
		return s
	}
	if len(t.known) >= t.sweep {
		for other, s := range t.known {
			if s.inFlight == 0 && !s.paidUntil.After(now) {
				delete(t.known, other)
			}
		}
		t.sweep = max(1000, 2*len(t.known))
	}
	s := &standing{}
	t.known[key] = s
	return s
}
