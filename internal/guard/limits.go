package guard

import "fmt"

// Off switches a limit off.
const Off = -1

// maxVisits is the highest limit of visits: the guard's own cost and memory
// grow with it.
const maxVisits = 1_000_000

// Limits are the bounds that a document must keep. In every field 0 means the
// documented default and Off no bound, except where Off is said to be refused.
type Limits struct {
	// Bytes is the longest document, in bytes; 32 KiB by default.
	Bytes int
	// Tokens is the most lexical tokens, comments counted; 1,000 by default.
	Tokens int
	// Depth is the most field levels of an operation, the root field being
	// level 1; 15 by default. Fragments add no level. What lies below
	// __schema and __type is exempt: validation bounds it by itself.
	Depth int
	// RootFields is the most fields at the root of an operation, those of its
	// fragments included; 30 by default.
	RootFields int
	// Aliases is the most aliased fields of an operation, each fragment counted
	// as often as it is spread; 30 by default.
	Aliases int
	// Introspection is about how many fields the answers to an operation's
	// __schema and __type may have, by the estimate in introspection.go;
	// 200,000 by default, more than twice of what clients' own queries take.
	Introspection int
	// Directives is the most directives of an operation, counted like Aliases;
	// 50 by default.
	Directives int
	// Repetitions is how often one response key may occur in one merged
	// selection set; 100 by default.
	Repetitions int
	// ValueDepth is how deep lists and objects may nest in a value, and lists
	// in the type of a variable; 10 by default. Messages and coercion handle a
	// value once per level, so deep ones cost the cube of their depth.
	ValueDepth int
	// Visits is how many parts of the document (selections, directives,
	// arguments, values; long ones count more) validation may look at, all in
	// all; 10,000 by default. Validation walks a fragment anew for each
	// operation and each fragment that reaches it, and an inline fragment for
	// each one round it. Off is refused: the guard's own cost rests on it.
	//
	// The most that can be asked for is 1,000,000.
	Visits int
	// Comparisons is how many pairs of fields with the same response key, and
	// of fragment spreads side by side, validation may have to compare; 10,000
	// by default.
	Comparisons int
	// MemoryBytes bounds the memory for remembered verdicts; 16 MiB by default.
	// Off remembers none.
	MemoryBytes int
}

// withDefaults returns the limits to apply: 0 replaced by the default, Off by
// the largest int, so that one comparison serves all. MemoryBytes keeps Off.
func (l Limits) withDefaults() (Limits, error) {
	for _, f := range []struct {
		name     string
		limit    *int
		standard int
		whenOff  int // what Off becomes; 0: it is refused
	}{
		{"Bytes", &l.Bytes, 32 << 10, unbounded},
		{"Tokens", &l.Tokens, 1_000, unbounded},
		{"Depth", &l.Depth, 15, unbounded},
		{"RootFields", &l.RootFields, 30, unbounded},
		{"Aliases", &l.Aliases, 30, unbounded},
		{"Introspection", &l.Introspection, 200_000, unbounded},
		{"Directives", &l.Directives, 50, unbounded},
		{"Repetitions", &l.Repetitions, 100, unbounded},
		{"ValueDepth", &l.ValueDepth, 10, unbounded},
		{"Visits", &l.Visits, 10_000, 0},
		{"Comparisons", &l.Comparisons, 10_000, unbounded},
		{"MemoryBytes", &l.MemoryBytes, 16 << 20, Off},
	} {
		switch {
		case *f.limit == 0:
			*f.limit = f.standard
		case *f.limit == Off && f.whenOff != 0:
			*f.limit = f.whenOff
		case *f.limit < 0:
			return Limits{}, fmt.Errorf("guard: %s is %d; it must be positive, 0 for %d%s", f.name, *f.limit, f.standard, hintOfOff(f.whenOff))
		case *f.limit > unbounded:
			*f.limit = unbounded
		}
	}
	if l.Visits > maxVisits {
		return Limits{}, fmt.Errorf("guard: Visits is %d; it must be at most %d", l.Visits, maxVisits)
	}
	return l, nil
}

func hintOfOff(whenOff int) string {
	if whenOff == 0 {
		return ""
	}
	return fmt.Sprintf(", or %d for off", Off)
}
