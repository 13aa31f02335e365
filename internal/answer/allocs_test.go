//go:build !race

// The race detector lets pools forget what they hold, so it is not tried there.

package answer_test

import (
	"encoding/json"
	"testing"
)

func TestAHitAllocatesNothing(t *testing.T) {
	s, _ := newStore(t)
	a := question(alice, "query A($a: Int, $b: String) { a }")
	a.Variables = map[string]any{"a": json.Number("1"), "b": "text", "c": map[string]any{"d": true}}
	keep(t, s, a, "body", of(1))
	if form := hit(t, s, a); form.ETag == "" {
		t.Fatal("no form")
	}
	if got := testing.AllocsPerRun(1000, func() { hit(t, s, a) }); got > 0 {
		t.Errorf("a hit allocates %v times", got)
	}
}
