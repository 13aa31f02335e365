package snapshot

import "paymentlinks/internal/paymentlink"

// A History may take as much as a quarter of its list, and this much in any case.
const (
	historyShare = 4
	historyBytes = 64 << 10
)

// withHistory lets a list know the ones before it, of which prev is the last; nil
// when the pair had none. What is remembered of them is a part of the list's
// weight, and goes when the list goes. A list that fills the memory by itself
// remembers nothing.
func (s *Store) withHistory(next paymentlink.Snapshot, prev *kept) paymentlink.Snapshot {
	next.History = nil
	if prev == nil || prev.snapshot.Version == "" || next.Version == "" {
		return next
	}
	size := next.Set.SizeBytes()
	room := min(max(historyBytes, size/historyShare), s.maxBytes-size-overheadBytes)
	next.History = paymentlink.Follow(&prev.snapshot, &next, room)
	return next
}
