package relay_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/relay"
)

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		args relay.Args
		want *relay.ArgumentError
	}{
		"nothing":           {relay.Args{}, nil},
		"forward":           {relay.Args{First: new(10)}, nil},
		"backward":          {relay.Args{Last: new(10)}, nil},
		"none":              {relay.Args{First: new(0)}, nil},
		"most":              {relay.Args{Last: new(relay.MaxPageSize)}, nil},
		"both cursors":      {relay.Args{First: new(1), After: new("a"), Before: new("b")}, nil},
		"cursors unchecked": {relay.Args{After: new("!")}, nil},
		"negative first":    {relay.Args{First: new(-1)}, &relay.ArgumentError{Argument: "first", Reason: "must not be negative"}},
		"negative last":     {relay.Args{Last: new(math.MinInt)}, &relay.ArgumentError{Argument: "last", Reason: "must not be negative"}},
		"first too large":   {relay.Args{First: new(251)}, &relay.ArgumentError{Argument: "first", Reason: "must be at most 250"}},
		"last too large":    {relay.Args{Last: new(math.MaxInt)}, &relay.ArgumentError{Argument: "last", Reason: "must be at most 250"}},
		"both":              {relay.Args{First: new(1), Last: new(1)}, &relay.ArgumentError{Argument: "last", Reason: "must not be given together with first"}},
		"both, one wrong":   {relay.Args{First: new(1), Last: new(-1)}, &relay.ArgumentError{Argument: "last", Reason: "must not be negative"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.args.Check()
			got, _ := errors.AsType[*relay.ArgumentError](err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (err == nil) != (test.want == nil) {
				t.Errorf("Check() = %v, want %v", err, test.want)
			}
			if err != nil && err.Error() != test.want.Argument+" "+test.want.Reason {
				t.Errorf("the sentence is %q", err)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	tests := map[string]struct {
		args                 relay.Args
		total, after, before int
		want                 relay.Window
	}{
		"default":                   {relay.Args{}, 50, 0, 50, relay.Window{0, 20, false, true}},
		"default, short list":       {relay.Args{}, 5, 0, 5, relay.Window{0, 5, false, false}},
		"empty list":                {relay.Args{}, 0, 0, 0, relay.Window{0, 0, false, false}},
		"first page":                {relay.Args{First: new(2)}, 5, 0, 5, relay.Window{0, 2, false, true}},
		"middle page":               {relay.Args{First: new(2)}, 5, 2, 5, relay.Window{2, 4, true, true}},
		"last page":                 {relay.Args{First: new(2)}, 5, 4, 5, relay.Window{4, 5, true, false}},
		"page ends with the list":   {relay.Args{First: new(2)}, 4, 2, 4, relay.Window{2, 4, true, false}},
		"past the end":              {relay.Args{First: new(2)}, 5, 5, 5, relay.Window{5, 5, true, false}},
		"backward":                  {relay.Args{Last: new(2)}, 5, 0, 5, relay.Window{3, 5, true, false}},
		"backward, middle":          {relay.Args{Last: new(2)}, 5, 0, 3, relay.Window{1, 3, true, true}},
		"backward, front":           {relay.Args{Last: new(2)}, 5, 0, 1, relay.Window{0, 1, false, true}},
		"before the front":          {relay.Args{Last: new(2)}, 5, 0, 0, relay.Window{0, 0, false, true}},
		"first, between":            {relay.Args{First: new(2)}, 9, 3, 7, relay.Window{3, 5, true, true}},
		"last, between":             {relay.Args{Last: new(2)}, 9, 3, 7, relay.Window{5, 7, true, true}},
		"between, all":              {relay.Args{First: new(9)}, 9, 3, 7, relay.Window{3, 7, true, true}},
		"default size, between":     {relay.Args{}, 9, 3, 7, relay.Window{3, 7, true, true}},
		"crossed":                   {relay.Args{First: new(2)}, 9, 7, 3, relay.Window{7, 7, true, true}},
		"crossed, backward":         {relay.Args{Last: new(2)}, 9, 7, 3, relay.Window{7, 7, true, true}},
		"none":                      {relay.Args{First: new(0)}, 5, 0, 5, relay.Window{0, 0, false, true}},
		"none, in the middle":       {relay.Args{First: new(0)}, 5, 2, 5, relay.Window{2, 2, true, true}},
		"none, backward":            {relay.Args{Last: new(0)}, 5, 0, 5, relay.Window{5, 5, true, false}},
		"unchecked: negative":       {relay.Args{First: new(-3)}, 5, 2, 5, relay.Window{2, 2, true, true}},
		"unchecked: huge":           {relay.Args{First: new(math.MaxInt)}, 500, 10, 500, relay.Window{10, 260, true, true}},
		"unchecked: huge, backward": {relay.Args{Last: new(math.MaxInt)}, 500, 0, 490, relay.Window{240, 490, true, true}},
		"unchecked: both":           {relay.Args{First: new(1), Last: new(3)}, 9, 0, 9, relay.Window{6, 7, true, true}},
		"indexes out of the list":   {relay.Args{}, 5, -7, 99, relay.Window{0, 5, false, false}},
		"negative total":            {relay.Args{}, -1, 0, -1, relay.Window{0, 0, false, false}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.args.Window(test.total, test.after, test.before)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The specification's algorithm, as it stands there, over a real list.
func TestWindowIsThatOfTheSpecification(t *testing.T) {
	const total = 6
	list := []int{0, 1, 2, 3, 4, 5}
	for size := range total + 2 {
		for after := range total + 1 {
			for before := range total + 1 {
				var edges []int // ApplyCursorsToEdges
				for _, e := range list {
					if e >= after && e < before {
						edges = append(edges, e)
					}
				}
				first := relay.Args{First: new(size)}.Window(total, after, before)
				if got, want := list[first.Start:first.End], edges[:min(size, len(edges))]; !slices.Equal(got, want) {
					t.Errorf("first %d, after %d, before %d: %v, want %v", size, after, before, got, want)
				}
				last := relay.Args{Last: new(size)}.Window(total, after, before)
				if got, want := list[last.Start:last.End], edges[max(len(edges)-size, 0):]; !slices.Equal(got, want) {
					t.Errorf("last %d, after %d, before %d: %v, want %v", size, after, before, got, want)
				}
				for _, w := range []relay.Window{first, last} {
					if w.HasPrevious != (w.Start > 0) || w.HasNext != (w.End < total) {
						t.Errorf("size %d, after %d, before %d: flags of %+v are not exact", size, after, before, w)
					}
				}
			}
		}
	}
}

// shelf is a sorted list of numbers that pages by keyset cursors, as a caller would.
type shelf []int

const shelfKind = "number"

// page returns the elements of a page, its window, and the cursors of both ends.
func (s shelf) page(t *testing.T, args relay.Args) (page []int, w relay.Window, start, end string) {
	t.Helper()
	place := func(cursor *string) int {
		fields, err := relay.DecodeCursor(shelfKind, *cursor)
		if err != nil || len(fields) != 1 {
			t.Fatalf("cursor %q: %q, %v", *cursor, fields, err)
		}
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	after, before := 0, len(s)
	if args.After != nil {
		after, _ = slices.BinarySearch(s, place(args.After)+1)
	}
	if args.Before != nil {
		before, _ = slices.BinarySearch(s, place(args.Before))
	}
	w = args.Window(len(s), after, before)
	page = slices.Clone(s[w.Start:w.End])
	if len(page) > 0 {
		start = relay.EncodeCursor(shelfKind, strconv.Itoa(page[0]))
		end = relay.EncodeCursor(shelfKind, strconv.Itoa(page[len(page)-1]))
	}
	return page, w, start, end
}

// walk pages through the list to its end, changing it between pages.
func (s *shelf) walk(t *testing.T, size int, forward bool, change func()) (seen []int) {
	t.Helper()
	args := relay.Args{First: new(size)}
	if !forward {
		args = relay.Args{Last: new(size)}
	}
	for {
		page, w, start, end := s.page(t, args)
		more := w.HasNext
		if forward {
			seen = append(seen, page...)
			args.After = &end
		} else {
			seen = append(page, seen...)
			args.Before = &start
			more = w.HasPrevious
		}
		if !more || len(page) == 0 {
			return seen
		}
		change()
	}
}

func TestPagesJoinedAreTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var list shelf
		for n := range r.IntN(60) {
			list = append(list, n*10)
		}
		size := 1 + r.IntN(25)
		for _, forward := range []bool{true, false} {
			if got := list.walk(t, size, forward, func() {}); !slices.Equal(got, list) {
				t.Errorf("%d elements in pages of %d, forward %v: %v", len(list), size, forward, got)
			}
		}
	}
}

// Elements that stay through the whole walk are seen exactly once, whatever
// comes and goes beside them, the element under the cursor included.
func TestPagesHoldWhileElementsComeAndGo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var list, stay shelf
		for n := range 40 {
			list = append(list, n*10)
		}
		stay = slices.Clone(list)
		change := func() {
			for range r.IntN(4) {
				if len(list) > 1 && r.IntN(2) == 0 {
					gone := r.IntN(len(list))
					if i, ok := slices.BinarySearch(stay, list[gone]); ok {
						stay = slices.Delete(stay, i, i+1)
					}
					list = slices.Delete(list, gone, gone+1)
					continue
				}
				n := r.IntN(400)
				if i, ok := slices.BinarySearch(list, n); !ok {
					list = slices.Insert(list, i, n)
				}
			}
		}
		forward := r.IntN(2) == 0
		seen := list.walk(t, 1+r.IntN(7), forward, change)
		if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) {
			t.Errorf("forward %v: out of order or repeated: %v", forward, seen)
		}
		for _, n := range stay {
			if _, ok := slices.BinarySearch(seen, n); !ok {
				t.Errorf("forward %v: %d stayed in the list and was skipped: %v", forward, n, seen)
			}
		}
	}
}
