package relay

import "fmt"

const (
	// DefaultPageSize is the size of a page if neither First nor Last is given.
	DefaultPageSize = 20
	// MaxPageSize is the largest size of a page.
	MaxPageSize = 250
)

// Args are the paging arguments of a connection field as the caller gave them;
// nil is not given. The zero value asks for the first DefaultPageSize elements.
type Args struct {
	First, Last   *int
	After, Before *string
}

// ArgumentError says which argument of a connection is wrong, and why. The
// argument's name followed by the reason reads as a sentence of ours that may
// be shown to the caller: it holds nothing that the caller sent.
type ArgumentError struct {
	Argument string // "first" or "last"
	Reason   string // "must not be negative"
}

// Error returns the sentence.
func (e *ArgumentError) Error() string { return e.Argument + " " + e.Reason }

// Check reports whether the sizes ask for a page: not both at once, not
// negative, at most MaxPageSize. The error is an *ArgumentError. Cursors are
// checked by DecodeCursor.
func (a Args) Check() error {
	if err := checkSize("first", a.First); err != nil {
		return err
	}
	if err := checkSize("last", a.Last); err != nil {
		return err
	}
	if a.First != nil && a.Last != nil {
		return &ArgumentError{Argument: "last", Reason: "must not be given together with first"}
	}
	return nil
}

func checkSize(argument string, size *int) error {
	switch {
	case size == nil:
		return nil
	case *size < 0:
		return &ArgumentError{Argument: argument, Reason: "must not be negative"}
	case *size > MaxPageSize:
		return &ArgumentError{Argument: argument, Reason: fmt.Sprintf("must be at most %d", MaxPageSize)}
	}
	return nil
}

// Window is the part of a list that a page is: its elements are those from
// Start up to and without End. An empty page (Start equals End) still lies
// somewhere.
type Window struct {
	Start, End int
	// HasPrevious and HasNext report whether the list has elements before Start
	// and from End on, whichever way one pages and whatever the cursors.
	HasPrevious, HasNext bool
}

// Window returns the page of a list of total elements. after is the index of
// the first element past the after-cursor, 0 without one; before that of the
// first element not before the before-cursor, total without one. Elements that
// the cursors named may be gone by then; cursors that cross leave an empty page.
//
// The page is that of the specification (section 4, "Pagination algorithm").
// Its flags are exact in both directions, which the specification allows and
// does not demand. Arguments that Check refuses still give a page inside the list.
func (a Args) Window(total, after, before int) Window {
	total = max(total, 0)
	start := min(max(after, 0), total)
	end := max(min(before, total), start)
	if a.Last != nil {
		start = max(start, end-pageSize(a.Last))
	}
	if a.First != nil || a.Last == nil {
		end = min(end, start+pageSize(a.First))
	}
	return Window{Start: start, End: end, HasPrevious: start > 0, HasNext: end < total}
}

func pageSize(size *int) int {
	if size == nil {
		return DefaultPageSize
	}
	return min(max(*size, 0), MaxPageSize)
}
