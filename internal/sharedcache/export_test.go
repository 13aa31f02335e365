package sharedcache

// Waiting counts those who wait for another replica.
func (c *Cache) Waiting() int {
	c.waiters.mu.Lock()
	defer c.waiters.mu.Unlock()
	return c.waiters.count
}
