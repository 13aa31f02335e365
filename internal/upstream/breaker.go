package upstream

import (
	"math"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"paymentlinks/internal/tenant"
)

// When the breaker opens, and for how long.
const (
	window = 10 * time.Second
	// minTries in the window, and failures of so many tenants, are needed for a
	// verdict: one tenant whose list upstream cannot make says nothing about
	// the others.
	minTries          = 50
	minFailingTenants = 5
	// probeEvery is how long the breaker stays open before one try probes.
	probeEvery = 5 * time.Second
)

// breaker refuses tries while upstream fails for everybody. It is closed, open
// or half-open; half-open, one try at a time probes. It is safe for concurrent
// use.
//
// The window, the states and the delay are failsafe-go's circuit breaker. It
// is driven by hand for three reasons: as a policy it takes a neutral outcome
// for a success, it knows no tenants, and it counts the late end of a try that
// began before it opened as the end of the probe.
type breaker struct {
	changed func(State) // called with mu held

	mu      sync.Mutex
	circuit circuitbreaker.CircuitBreaker[any]
	state   State
	failing recentTenants
}

// State is the name of a state of the breaker, fit for logs and metrics.
type State = string

// The states.
const (
	Closed   State = "closed"
	Open     State = "open"
	HalfOpen State = "half_open"
)

// States returns every state, first that of a new breaker.
func States() []State { return []State{Closed, Open, HalfOpen} }

// newBreaker returns a closed breaker, which calls changed with each new state.
func newBreaker(changed func(State)) *breaker {
	return &breaker{
		changed: changed,
		state:   Closed,
		circuit: circuitbreaker.NewBuilder[any]().
			// A threshold that is never reached: end opens the circuit by hand.
			WithFailureThresholdPeriod(math.MaxInt, window).
			WithSuccessThreshold(1).
			WithDelay(probeEvery).
			Build(),
	}
}

// permit is the leave for one try.
type permit struct{ probe bool }

// begin gives leave for one try, which end must end. Refused, it returns the
// time after which asking again can help.
func (b *breaker) begin() (p permit, retryAfter time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.tell()
	if !b.circuit.TryAcquirePermit() {
		return permit{}, b.wait(), false
	}
	return permit{probe: b.circuit.IsHalfOpen()}, 0, true
}

// refuses is begin without taking the leave. A queue for places is spared the
// tries that would be refused at its end.
func (b *breaker) refuses() (retryAfter time.Duration, refused bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.circuit.IsOpen() && b.circuit.RemainingDelay() > 0 {
		return b.wait(), true
	}
	return 0, false
}

// wait is the time until the next probe, and a second while one is under way.
// b.mu is held.
func (b *breaker) wait() time.Duration { return max(b.circuit.RemainingDelay(), time.Second) }

// end takes the outcome of a try of one tenant.
func (b *breaker) end(p permit, key tenant.Key, o outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.tell()
	if p.probe != b.circuit.IsHalfOpen() {
		return // the try began before the breaker opened, and is not the probe
	}
	switch o {
	case success:
		b.circuit.RecordSuccess()
	case failure:
		b.circuit.RecordFailure()
		b.failing.add(key, time.Now())
		if b.isVerdict() {
			b.circuit.Open()
		}
	case neutral:
		if p.probe {
			// The circuit has no way to give a permit back. This renews it.
			b.circuit.Open()
			b.circuit.HalfOpen()
		}
	}
}

// isVerdict reports whether the window holds enough failures of enough tenants.
// b.mu is held.
func (b *breaker) isVerdict() bool {
	counts := b.circuit.Metrics()
	return counts.Executions() >= minTries &&
		2*counts.Failures() >= counts.Executions() &&
		b.failing.allSince(time.Now().Add(-window))
}

// tell reports a state that is new. b.mu is held.
func (b *breaker) tell() {
	state := Closed
	switch {
	case b.circuit.IsOpen():
		state = Open
	case b.circuit.IsHalfOpen():
		state = HalfOpen
	}
	if state != b.state {
		b.state = state
		b.changed(state)
	}
}

// recentTenants remembers the minFailingTenants tenants that failed last, the
// latest first. The zero value is empty.
type recentTenants struct {
	keys [minFailingTenants]tenant.Key
	at   [minFailingTenants]time.Time
}

// add puts a tenant first, and lets go of the one that failed longest ago.
func (r *recentTenants) add(key tenant.Key, now time.Time) {
	last := len(r.keys) - 1
	for i, known := range r.keys {
		if known == key {
			last = i
			break
		}
	}
	copy(r.keys[1:last+1], r.keys[:last])
	copy(r.at[1:last+1], r.at[:last])
	r.keys[0], r.at[0] = key, now
}

// allSince reports whether so many tenants failed after start.
func (r *recentTenants) allSince(start time.Time) bool { return r.at[len(r.at)-1].After(start) }
