package snapshot

import (
	"time"

	"paymentlinks/internal/tenant"
)

// Entry is what is kept of one tenant, for operators.
type Entry struct {
	// FetchedAt is when upstream gave the list, FreshUntil when it passes its
	// normal age.
	FetchedAt  time.Time `json:"fetchedAt"`
	FreshUntil time.Time `json:"freshUntil"`
	// Failures counts the fetches that failed since.
	Failures int    `json:"failures"`
	Version  string `json:"version"`
	Links    int    `json:"links"`
	Skipped  int    `json:"skipped"`
	Bytes    int64  `json:"bytes"`
}

// Find returns the tenants of that short key, as the log tells it, whose list is
// kept. Two may share one, which is rare. It looks at every list, and holds up
// nobody.
func (s *Store) Find(short string) map[tenant.Key]Entry {
	found := map[tenant.Key]Entry{}
	for key, k := range s.lists.All() {
		if key.Short() == short {
			found[key] = Entry{
				FetchedAt: k.snapshot.FetchedAt, FreshUntil: k.snapshot.FreshUntil, Failures: k.failures, Version: k.snapshot.Version,
				Links: k.snapshot.Set.Len(), Skipped: k.snapshot.Skipped, Bytes: int64(k.weight),
			}
		}
	}
	return found
}
