// Package snapshot keeps the newest list of payment links of every credential
// pair in memory, and decides when upstream is asked for a newer one.
//
// What is kept of a pair is one immutable value (kept), replaced as a whole. So
// a fresh list is answered without a lock. Everything else passes through one
// mutex, which is never held while upstream is asked. A flight asks upstream,
// in a goroutine of its own. A pair has at most one. Callers wait for it, each
// under its own context. A caller who leaves does not end it, unless it was the
// last one and the pair has no list that the flight would refresh.
//
// Ages of a list, counted from its fetch:
//
//   - up to FreshFor: answered from memory;
//   - up to twice that: answered from memory, one refresh behind;
//   - older: callers wait for upstream, and get the old list, marked stale,
//     only if that fails and only up to StaleFor.
//
// After a failed refresh the old list is answered at once until the next try,
// which comes after 1 s, doubling to 15 s. While upstream is known to fail,
// callers wait for a try at most 1 s before they take the old list. A pair
// without a list gets its failure again for the same times, so that an outage
// is not passed on request by request.
package snapshot
