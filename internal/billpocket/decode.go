package billpocket

import (
	"fmt"
	"strings"
	"time"

	"paymentlinks/internal/paymentlink"
)

var (
	errNoArray    = fmt.Errorf("%w: no JSON array", errBody)
	errUnreadable = fmt.Errorf("%w: no element can be read", errBody)
)

// maxFirst bounds how many indexes of faulty elements the log gets.
const maxFirst = 20

// decoder makes records of a body. It is immutable.
type decoder struct {
	location *time.Location
	maxLinks int // elements of a list, readable or not
}

// sink takes the records of a body, one after the other. A record and what it
// points to hold until Add returns; only its parts of the body hold for longer.
type sink interface {
	// Add reports whether the record stays: not if its id was there before.
	Add(r *paymentlink.Record) bool
	// Full reports whether it is time to Grow.
	Full() bool
	// Grow makes room for n more records.
	Grow(n int)
}

// list is what is told of a body beside its records.
type list struct {
	elements int
	// skipped counts the elements that cannot be read, or whose id was there
	// before, firstSkipped the indexes of the first of them.
	skipped      int
	firstSkipped []int
	keptBytes    int // of the other elements
	// unreadable counts the expiries that cannot be read, firstUnreadable the
	// indexes of the first elements that have them.
	unreadable      int
	firstUnreadable []int

	sink   sink
	record paymentlink.Record // of the element at hand
	texts  texts
}

// decode reads a whole body into the sink that begin makes. It takes the body
// over: it mends halves of surrogate pairs in place, and records alias it.
// Where something is to be mended that changes its length, or where most of it
// is waste, it calls begin once more with another body that is to be kept
// instead. The error wraps errBody and quotes nothing: the body is not JSON
// array, or it has elements and none can be read.
func (d decoder) decode(body []byte, begin func(body []byte) sink) (*list, error) {
	body = validUTF8(body)
	if len(body) > paymentlink.MaxBodyBytes {
		return nil, fmt.Errorf("%w: over %d bytes", errTooLarge, paymentlink.MaxBodyBytes)
	}
	l := &list{sink: begin(body)}
	s := scanner{body: body}
	if err := d.scan(&s, l); err != nil {
		return nil, err
	}
	if s.tooLarge {
		body = quoteTooLarge(body)
		l = &list{sink: begin(body)}
		if err := d.scan(&scanner{body: body}, l); err != nil {
			return nil, err
		}
	}
	if l.elements > 0 && l.skipped == l.elements {
		return nil, errUnreadable
	}
	if l.keptBytes < len(body)/2 {
		return l, d.compact(body, begin)
	}
	return l, nil
}

// scan reads the array and each element.
func (d decoder) scan(s *scanner, l *list) error {
	i := s.space(0)
	if s.at(i) != '[' {
		return errNoArray
	}
	i = s.space(i + 1)
	if s.at(i) == ']' {
		return s.finish(i + 1)
	}
	for {
		if l.elements == d.maxLinks {
			return fmt.Errorf("%w: over %d elements", errTooLarge, d.maxLinks)
		}
		if i = d.element(s, i, l); i == bad {
			return fmt.Errorf("%w: element %d is not JSON", errBody, l.elements)
		}
		l.elements++
		i = s.space(i)
		switch s.at(i) {
		case ']':
			return s.finish(i + 1)
		case ',':
			i = s.space(i + 1)
		default:
			return fmt.Errorf("%w: no JSON after element %d", errBody, l.elements-1)
		}
	}
}

// finish checks that nothing follows the array.
func (s *scanner) finish(i int) error {
	if s.space(i) != len(s.body) {
		return fmt.Errorf("%w: more than an array", errBody)
	}
	return nil
}

// element reads the element at i into l, as a record or as one to skip, and
// returns the position after it.
func (d decoder) element(s *scanner, i int, l *list) int {
	const depth = 1 // of the array
	start := i
	if s.at(i) != '{' {
		l.skip()
		return s.value(i, depth)
	}
	var fields fieldSpans
	s.deepest = 0
	if i = s.object(i, depth+1, &fields); i == bad {
		return bad
	}
	l.makeRoom(i, len(s.body)-start)
	r := &l.record
	if s.deepest > maxElementNesting || !d.record(r, s.body, &fields, &l.texts) {
		l.skip()
		return i
	}
	r.Upstream = s.body[start:i:i]
	if !l.sink.Add(r) {
		l.skip()
		return i
	}
	if r.UnreadableExpiry {
		l.noteUnreadable()
	}
	l.keptBytes += i - start
	return i
}

func (l *list) skip() {
	l.skipped++
	if len(l.firstSkipped) < maxFirst {
		l.firstSkipped = append(l.firstSkipped, l.elements)
	}
}

func (l *list) noteUnreadable() {
	l.unreadable++
	if len(l.firstUnreadable) < maxFirst {
		l.firstUnreadable = append(l.firstUnreadable, l.elements)
	}
}

// makeRoom makes room for one record at least, and for as many as rest, the
// bytes to come, will hold if they go on like those done.
func (l *list) makeRoom(done, rest int) {
	if !l.sink.Full() {
		return
	}
	const maxRoom = 1 << 14
	average := done/(l.elements+1) + 1
	expected := rest / average
	l.sink.Grow(min(expected+expected/16+1, maxRoom))
}

// compact lets go of a body that is mostly white space or elements that are
// left out, and would stay in memory for nothing.
func (d decoder) compact(body []byte, begin func(body []byte) sink) error {
	kept := compacted{seen: map[string]struct{}{}}
	if err := d.scan(&scanner{body: body}, &list{sink: &kept}); err != nil {
		return err
	}
	if len(kept.body) == 0 {
		kept.body = []byte("[")
	}
	body = append(kept.body, ']')
	return d.scan(&scanner{body: body}, &list{sink: begin(body)})
}

// compacted is a sink that makes a body of the elements that stay.
type compacted struct {
	seen map[string]struct{}
	body []byte
}

// Add takes an element, and returns false for one whose id is there already.
func (c *compacted) Add(r *paymentlink.Record) bool {
	if _, repeated := c.seen[r.ID]; repeated {
		return false
	}
	c.seen[strings.Clone(r.ID)] = struct{}{}
	separator := byte(',')
	if len(c.body) == 0 {
		separator = '['
	}
	c.body = append(append(c.body, separator), r.Upstream...)
	return true
}

// Full is false: the elements came from a list that was read.
func (c *compacted) Full() bool { return false }

// Grow does nothing: the body grows as it must.
func (c *compacted) Grow(int) {}
