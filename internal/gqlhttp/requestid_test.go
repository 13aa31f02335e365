package gqlhttp_test

import (
	"strings"
	"testing"
)

func TestRequestID(t *testing.T) {
	e := newEdge(t)
	for _, id := range []string{"a", "0b1c-2D_3.4", strings.Repeat("a", 64), "4bf92f3577b34da6a3ce929d0e0e4736"} {
		if got := e.do(query(`{hello}`, "X-Request-Id", id)).Header()["X-Request-Id"]; len(got) != 1 || got[0] != id {
			t.Errorf("X-Request-Id %q came back as %q", id, got)
		}
	}
	seen := map[string]bool{}
	for name, headers := range map[string][]string{
		"absent": nil, "empty": {"X-Request-Id", ""}, "too long": {"X-Request-Id", strings.Repeat("a", 65)},
		"a space": {"X-Request-Id", "a b"}, "a line break": {"X-Request-Id", "a\r\nSet-Cookie: x"}, "a quote": {"X-Request-Id", `a"`},
		"no ASCII": {"X-Request-Id", "ñ"}, "an escape": {"X-Request-Id", "\x1b[31m"}, "two": {"X-Request-Id", "a", "X-Request-Id", "b"},
	} {
		got := e.do(query(`{hello}`, headers...)).Header().Get("X-Request-Id")
		if len(got) < 20 || seen[got] || strings.ContainsAny(got, " \r\n\"\x1b") {
			t.Errorf("%s: got %q, want a new id", name, got)
		}
		seen[got] = true
	}
}
