package paymentlink

import "time"

// dealtByState puts rows, which come by id, in the order of their states at an
// instant, as a new slice. It counts, and so never compares.
func (s *Set) dealtByState(rows []int32, direction int, now time.Time) []int32 {
	states := make([]State, len(rows))
	var ends [stateCount]int
	for i, row := range rows {
		states[i] = s.state(row, now)
		ends[rankOf(states[i], direction)]++
	}
	total := 0
	for rank, n := range ends {
		ends[rank] = total
		total += n
	}
	out := make([]int32, len(rows))
	for i, row := range rows {
		rank := rankOf(states[i], direction)
		out[ends[rank]] = row
		ends[rank]++
	}
	return out
}

// rankOf is the place of a state among all, from the first in that direction.
func rankOf(state State, direction int) int {
	if direction < 0 {
		return stateCount - int(state)
	}
	return int(state) - 1
}
