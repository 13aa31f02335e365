package overload

// Count returns how many tenants are remembered.
func (t *Tenants) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.known)
}
