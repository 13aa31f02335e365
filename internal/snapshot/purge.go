package snapshot

import "paymentlinks/internal/tenant"

// Purge lets go of the list of a tenant, as upstream's refusal of the pair does.
// Nothing that was fetched before is answered to anybody from then on: a fetch
// under way is given up, and its waiters begin another.
func (s *Store) Purge(key tenant.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists.Invalidate(key)
	if f := s.flights[key]; f != nil {
		delete(s.flights, key)
		f.purged = true
		f.cancel()
	}
}
