package billpocket

import (
	"fmt"
	"slices"
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
}

// list is what a body holds.
type list struct {
	records  []paymentlink.Record // of the elements that can be read, in order
	elements int
	// skipped counts the elements that cannot be read, firstSkipped the indexes
	// of the first of them.
	skipped      int
	firstSkipped []int
	keptBytes    int // of the elements that can be read
	// unreadable counts the expiries that cannot be read, firstUnreadable the
	// indexes of the first elements that have them.
	unreadable      int
	firstUnreadable []int

	currencies currencies
	// seen, unless nil, makes an element that repeats an id count as skipped.
	seen map[string]struct{}
}

// decode reads a whole body. It takes the body over: it mends halves of
// surrogate pairs in place, and the records alias it. The error wraps errBody
// and quotes nothing: the body is no JSON array, or it has elements and none
// can be read.
func (d decoder) decode(body []byte) (*list, error) {
	body = validUTF8(body)
	l := &list{}
	s := scanner{body: body}
	if err := d.scan(&s, l); err != nil {
		return nil, err
	}
	if s.tooLarge {
		body, l = quoteTooLarge(body), &list{}
		if err := d.scan(&scanner{body: body}, l); err != nil {
			return nil, err
		}
	}
	if l.elements > 0 && len(l.records) == 0 {
		return nil, errUnreadable
	}
	if l.keptBytes < len(body)/2 {
		return l, d.compact(l)
	}
	return l, nil
}

// withRepeated reads a body that decode accepted once more, to count elements
// that repeat an id. It is apart because almost no list has any: the Set knows
// at no cost whether it is worth asking.
func (d decoder) withRepeated(body []byte) *list {
	l := &list{seen: map[string]struct{}{}}
	_ = d.scan(&scanner{body: validUTF8(body)}, l) // decode had no error
	return l
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
		if i = d.element(s, i, l); i == bad {
			return fmt.Errorf("%w: element %d is no JSON", errBody, l.elements)
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
	// The room may hold what is left of an element that was skipped: record
	// sets every field of one that is not.
	l.records = l.records[:len(l.records)+1]
	r := &l.records[len(l.records)-1]
	if s.deepest > maxElementNesting || !d.record(r, s.body, &fields, &l.currencies) || l.repeats(r.ID) {
		l.records = l.records[:len(l.records)-1]
		l.skip()
		return i
	}
	r.Upstream = s.body[start:i:i]
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

func (l *list) repeats(id string) bool {
	if l.seen == nil {
		return false
	}
	_, repeated := l.seen[id]
	l.seen[id] = struct{}{}
	return repeated
}

// makeRoom makes room for one record at least, and for as many as rest, the
// bytes to come, will hold if they go on like those done.
func (l *list) makeRoom(done, rest int) {
	if len(l.records) < cap(l.records) {
		return
	}
	const maxRoom = 1 << 14
	average := done/(l.elements+1) + 1
	expected := rest / average
	l.records = slices.Grow(l.records, min(expected+expected/16+1, maxRoom))
}

// compact lets go of a body that is mostly white space or elements that cannot
// be read: the Set is weighed by its elements, and would keep all of it alive.
func (d decoder) compact(l *list) error {
	if len(l.records) == 0 {
		return nil
	}
	body := make([]byte, 0, l.keptBytes+len(l.records)+1)
	separator := byte('[')
	for i := range l.records {
		body = append(append(body, separator), l.records[i].Upstream...)
		separator = ','
	}
	small := &list{}
	err := d.scan(&scanner{body: append(body, ']')}, small)
	l.records = small.records
	return err
}
