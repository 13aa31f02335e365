package front

// Keys returns the keys of all entries, as they lie in memory.
func (f *Front) Keys() [][]byte {
	var keys [][]byte
	for _, e := range f.entries.All() {
		keys = append(keys, e.key)
	}
	return keys
}
