package snapshot

// Count returns how many pairs have a list, about the memory of their lists
// together, and how many elements are missing in them because they could not be
// read. It looks at every list, and holds up nobody.
func (s *Store) Count() (lists int, bytes int64, skipped int) {
	for k := range s.lists.Values() {
		lists++
		bytes += int64(k.weight)
		skipped += k.snapshot.Skipped
	}
	return lists, bytes, skipped
}
