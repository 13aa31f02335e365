package guard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/guard"
)

// tooLong is far beyond what any document may take and far below what one
// takes whose cost is not bounded by its tokens.
const tooLong = 5 * time.Second

// agree fails the test if the guard and its naive twin differ on a document.
func agree(t *testing.T, g *guard.Guard, b bounds, document string) {
	t.Helper()
	start := time.Now()
	got := fault.KindOf(g.Check(document))
	if took := time.Since(start); took > tooLong {
		t.Errorf("Check took %v for\n%s", took, document)
	}
	want := naiveVerdict(b, document)
	if want == gaveUp && got != "" {
		return
	}
	if got != want {
		t.Errorf("Check = %q, the naive twin says %q:\n%s", got, want, document)
	}
}

func newGuard(tb testing.TB, limits guard.Limits) *guard.Guard {
	tb.Helper()
	g, err := guard.New(limits)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func TestCheckAgreesWithNaive(t *testing.T) {
	g := newGuard(t, guard.Limits{MemoryBytes: guard.Off})
	accepted := 0
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) { agree(t, g, standard(), a.document) })
		if g.Check(a.document) == nil {
			accepted++
		}
	}
	if total := len(attacks()); accepted < total/10 || accepted > total*9/10 {
		t.Errorf("the guard accepts %d of %d documents; the comparison needs both kinds", accepted, total)
	}
}

// FuzzCheck feeds arbitrary text.
func FuzzCheck(f *testing.F) {
	for _, a := range attacks() {
		if len(a.document) < 300 {
			f.Add(a.document)
		}
	}
	f.Fuzz(func(t *testing.T, document string) {
		if len(document) > maxBytes {
			return // the length is checked before anything else
		}
		agree(t, newGuard(t, guard.Limits{MemoryBytes: guard.Off}), standard(), document)
	})
}

// FuzzCheckDocument reads its input as a recipe for a document, so that nearly
// every input is one, and holds it against small limits.
func FuzzCheckDocument(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09"))
	f.Add([]byte(strings.Repeat("\x03\x01\x02", 20)))
	f.Add([]byte(strings.Repeat("\x02\x03\x06\x04\x00", 30)))
	f.Add([]byte(strings.Repeat("\x05\x00\x04\x03", 40)))
	small := guard.Limits{
		Depth: 4, RootFields: 5, Aliases: 4, Directives: 4, Repetitions: 6, ValueDepth: 3,
		Visits: 300, Comparisons: 60, Introspection: 200, MemoryBytes: guard.Off,
	}
	b := bounds{
		tokens: 1000, depth: 4, rootFields: 5, aliases: 4, directives: 4, repetitions: 6, valueDepth: 3,
		visits: 300, comparisons: 60, introspection: 200,
	}
	f.Fuzz(func(t *testing.T, recipe []byte) {
		if len(recipe) > 400 {
			return // longer recipes only run into the token limit
		}
		agree(t, newGuard(t, small), b, (&cook{recipe: recipe}).document())
	})
}

// cook turns bytes into a document: every byte decides one thing.
type cook struct {
	recipe []byte
	out    strings.Builder
}

// next returns a number below n; 0 when the recipe is used up.
func (c *cook) next(n int) int {
	if len(c.recipe) == 0 {
		return 0
	}
	b := c.recipe[0]
	c.recipe = c.recipe[1:]
	return int(b) % n
}

func (c *cook) document() string {
	for range 1 + c.next(3) {
		c.out.WriteString("query")
		if c.next(4) == 1 {
			lists := c.next(5)
			fmt.Fprintf(&c.out, "($v:%sID%s=", strings.Repeat("[", lists), strings.Repeat("]", lists))
			c.value(3)
			c.out.WriteString(")")
		}
		c.set(4)
	}
	for i := range c.next(4) {
		fmt.Fprintf(&c.out, " fragment F%d on T", i)
		c.directive()
		c.set(3)
	}
	return c.out.String()
}

func (c *cook) set(levels int) {
	c.out.WriteString("{f ")
	for range c.next(5) {
		switch kind := c.next(8); {
		case kind < 3 || levels == 0:
			fmt.Fprintf(&c.out, "k%d ", c.next(3))
		case kind == 3:
			fmt.Fprintf(&c.out, "...F%d ", c.next(5))
		case kind == 4:
			c.out.WriteString("...")
			c.directive()
			c.set(levels - 1)
		case kind == 5:
			fmt.Fprintf(&c.out, "a%d:k%d", c.next(3), c.next(3))
			c.directive()
		case kind == 6:
			c.out.WriteString("k(a:")
			c.value(3)
			c.out.WriteString(")")
			c.set(levels - 1)
		default:
			fmt.Fprintf(&c.out, "%s", []string{"__schema", "__type", "types", "fields"}[c.next(4)])
			c.set(levels - 1)
		}
	}
	c.out.WriteString("}")
}

func (c *cook) directive() {
	for range c.next(3) {
		fmt.Fprintf(&c.out, "@d%d ", c.next(2))
	}
}

func (c *cook) value(levels int) {
	switch kind := c.next(4); {
	case kind == 0 || levels == 0:
		fmt.Fprintf(&c.out, "%q", strings.Repeat("x", 16*c.next(6)))
	case kind == 1:
		c.out.WriteString("[")
		c.value(levels - 1)
		c.out.WriteString("]")
	case kind == 2:
		c.out.WriteString("{k:")
		c.value(levels - 1)
		c.out.WriteString("}")
	default:
		c.out.WriteString("$v")
	}
}
