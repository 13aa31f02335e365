package snapshot

// Kept returns how many lists are kept and how many bytes they count for.
// Asking for the lists themselves would displace some.
func (s *Store) Kept() (lists int, bytes uint64) {
	s.lists.CleanUp()
	return s.lists.EstimatedSize(), s.lists.WeightedSize()
}
