package paymentlink

import "time"

// Snapshot is one caller's whole list at one instant. It is a plain value;
// its Set is shared and never changes.
type Snapshot struct {
	// Set holds the links that could be read.
	Set *Set
	// FetchedAt is when upstream gave the list.
	FetchedAt time.Time
	// FreshUntil is when the list passes its normal age.
	FreshUntil time.Time
	// Stale reports that the list is past its normal age because upstream
	// could not be reached.
	Stale bool
	// Version changes whenever the content of the list does, and is equal on
	// every replica.
	Version string
	// Generation is a number that no other list of this process has. It changes
	// with the content, and whenever the list was purged. 0 says that it is not
	// known.
	Generation uint64
	// Body is what upstream sent, inflated, for who shares it with other
	// replicas: empty for a 204, nil where it is not handed out.
	Body []byte
	// Skipped counts the elements that could not be read and are not in Set.
	Skipped int
	// History is how the list came to be what it is; nil when nothing is known of
	// the lists before it.
	History *History
}
