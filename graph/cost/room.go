package cost

import "sync"

const (
	// smallBytes of an answer need no leave: the number of operations at a time
	// bounds them well enough.
	smallBytes = 64 << 10
	// bytesPerByte is what a byte of the answer takes while the answer is made:
	// in the list that is written, in the whole, and in the copy that is kept.
	bytesPerByte = 3
)

// room is the memory that an answer takes while it is made.
type room struct {
	grow func(bytes int64) error // nil bounds nothing

	mu   sync.Mutex
	held int64
}

// Within lets the answer take memory only as grow gives leave; its error ends
// the field that is being written. It is called before anything is charged.
func (b *Budget) Within(grow func(bytes int64) error) { b.room.grow = grow }

// hold sees to it that there is memory for an answer of so many bytes.
func (r *room) hold(bytes int64) error {
	if r.grow == nil || bytes <= smallBytes {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	more := bytes*bytesPerByte - r.held
	if more <= 0 {
		return nil
	}
	if err := r.grow(more); err != nil {
		return err
	}
	r.held += more
	return nil
}
