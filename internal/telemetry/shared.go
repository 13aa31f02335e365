package telemetry

import "github.com/prometheus/client_golang/prometheus"

// newShared makes the metrics of what replicas share. Without a Redis they stay at
// nought, and there is none of whether it is up.
func (m *Metrics) newShared(words Words) {
	m.sharedLists = m.counters("shared_lists_total", "Lists that were asked for beyond this replica's memory, by where they came from: shared (another replica had fetched it), filled (fetched for all), alone (fetched without Redis).", "source")
	m.sharedWrites = m.counters("shared_writes_total", "Lists written to Redis, by result: ok, failed, dropped (too many waited).", "result")
	m.sharedPurges = m.counters("shared_purges_total", "Purges of a merchant's list: sent to the other replicas, or followed.", "how")
	for counters, labels := range map[*prometheus.CounterVec][]string{
		m.sharedLists: words.ListSources, m.sharedWrites: words.Writes, m.sharedPurges: words.Purges,
	} {
		for _, label := range labels {
			counters.WithLabelValues(label)
		}
	}
	m.redisUp = m.gauges("redis_up", "Whether Redis answers: 1 or 0.")
}

// ListShared counts a list by its source.
func (m *Metrics) ListShared(source string) { m.sharedLists.WithLabelValues(source).Inc() }

// ListWritten counts a list that was to be written to Redis.
func (m *Metrics) ListWritten(result string) { m.sharedWrites.WithLabelValues(result).Inc() }

// ListPurged counts a purge.
func (m *Metrics) ListPurged(how string) { m.sharedPurges.WithLabelValues(how).Inc() }

// RedisUp takes whether Redis answers.
func (m *Metrics) RedisUp(up bool) {
	value := 0.0
	if up {
		value = 1
	}
	m.redisUp.WithLabelValues().Set(value)
}
