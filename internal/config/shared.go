package config

import (
	"slices"
	"time"
)

// defaultShutdownDelay is longer than the period of usual probes' first failure.
const defaultShutdownDelay = 5 * time.Second

// share hands on the values that several rooms use. It is the last step: what
// is printed of a setting is what was set.
func (c *Config) share() {
	// A fetch outlives the request that began it: others may wait for it.
	c.Snapshots.FetchTimeout = max(c.Server.RequestTimeout-time.Second, c.Upstream.TryTimeout)

	c.Sharing.FreshFor, c.Sharing.LiveFor = c.Snapshots.FreshFor, c.Snapshots.StaleFor
	c.Sharing.MaxBodyBytes = c.Upstream.MaxBodyBytes

	if c.HasUpstream() && !slices.Contains(c.given, "shutdown-delay") {
		c.Server.ShutdownDelay = defaultShutdownDelay
	}
	c.Graph.Introspection = !c.Server.Production
	if !slices.Contains(c.given, "suggestions") {
		c.Graph.Suggestions = c.Graph.Introspection
	}
	c.Edge.PersistedGETOnly = c.Server.Production
	c.Edge.LeadBrowsers = !c.Server.Production
	c.Edge.RequestTimeout = c.Server.RequestTimeout
	c.Edge.MaxAnswerBytes = int(c.Operation.AnswerBytes)

	// One bound for both: parsed documents, and the verdicts on their texts.
	const verdicts = 8 // a verdict keeps the text, a parsed document many times that
	c.Document.MemoryBytes = int(c.Graph.DocumentCacheBytes / verdicts)
	c.Graph.DocumentCacheBytes -= int64(c.Document.MemoryBytes)

	// Where callers are asked for nothing, any web page could otherwise reach the
	// API under a name of its own (DNS rebinding).
	if c.ServesAnonymous() && len(c.Edge.AllowedHosts) == 0 {
		c.Edge.AllowedHosts = []string{"localhost"}
	}
}
