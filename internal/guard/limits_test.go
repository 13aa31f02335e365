package guard_test

import (
	"errors"
	"strings"
	"testing"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/guard"
)

func TestNewRefusesLimits(t *testing.T) {
	tests := map[string]guard.Limits{
		"Bytes is -2":         {Bytes: -2},
		"Tokens is -5":        {Tokens: -5},
		"Depth is -2":         {Depth: -2},
		"RootFields is -2":    {RootFields: -2},
		"Aliases is -2":       {Aliases: -2},
		"Directives is -2":    {Directives: -2},
		"Introspection is -2": {Introspection: -2},
		"Repetitions is -2":   {Repetitions: -2},
		"ValueDepth is -2":    {ValueDepth: -2},
		"Visits is -1":        {Visits: guard.Off},
		"Visits is 1000001":   {Visits: 1_000_001},
		"Comparisons is -2":   {Comparisons: -2},
		"MemoryBytes is -99":  {MemoryBytes: -99},
	}
	for want, limits := range tests {
		t.Run(want, func(t *testing.T) {
			if g, err := guard.New(limits); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New(%+v) = %v, %v; want an error with %q", limits, g, err, want)
			}
		})
	}
}

func TestLimitsAreSettings(t *testing.T) {
	tests := map[string]struct {
		limits   guard.Limits
		document string
		want     fault.Kind
	}{
		"bytes":               {guard.Limits{Bytes: 3}, "{ab}", fault.LimitExceeded},
		"bytes, kept":         {guard.Limits{Bytes: 4}, "{ab}", ""},
		"bytes off":           {guard.Limits{Bytes: guard.Off}, "{a}" + strings.Repeat(" ", 40_000), ""},
		"tokens":              {guard.Limits{Tokens: 2}, "{a}", fault.LimitExceeded},
		"tokens, kept":        {guard.Limits{Tokens: 3}, "{a}", ""},
		"tokens off":          {guard.Limits{Tokens: guard.Off}, strings.Repeat("#\n", 3000) + "{a}", ""},
		"depth":               {guard.Limits{Depth: 1}, "{a{b}}", fault.LimitExceeded},
		"depth off":           {guard.Limits{Depth: guard.Off}, strings.Repeat("{a", 300) + strings.Repeat("}", 300), ""},
		"root fields":         {guard.Limits{RootFields: 1}, "{a b}", fault.LimitExceeded},
		"root fields off":     {guard.Limits{RootFields: guard.Off}, "{" + numbered(300, "f%d ") + "}", ""},
		"aliases":             {guard.Limits{Aliases: 1}, "{a:x b:x}", fault.LimitExceeded},
		"aliases off":         {guard.Limits{Aliases: guard.Off}, "{a{" + numbered(99, "f%d:x ") + "}}", ""},
		"directives":          {guard.Limits{Directives: 1}, "{a@b@c}", fault.LimitExceeded},
		"directives off":      {guard.Limits{Directives: guard.Off}, "{a" + strings.Repeat("@b", 99) + "}", ""},
		"introspection":       {guard.Limits{Introspection: 64}, "{__schema{types{name}}}", fault.LimitExceeded},
		"introspection, kept": {guard.Limits{Introspection: 129}, "{__schema{types{name}}}", ""},
		"introspection off":   {guard.Limits{Introspection: guard.Off}, "{__schema{" + numbered(29, "a%d:types{fields{type{fields{args{name}}}}}") + "}}", ""},
		"repetitions":         {guard.Limits{Repetitions: 1}, "{a a}", fault.LimitExceeded},
		"repetitions off":     {guard.Limits{Repetitions: guard.Off}, "{b{" + strings.Repeat("a ", 120) + "}}", ""},
		"value depth":         {guard.Limits{ValueDepth: 1}, "{a(b:[[]])}", fault.LimitExceeded},
		"value depth off":     {guard.Limits{ValueDepth: guard.Off}, "{a(b:" + strings.Repeat("[", 99) + strings.Repeat("]", 99) + ")}", ""},
		"visits":              {guard.Limits{Visits: 4}, "{...F ...F}fragment F on T{a}", fault.LimitExceeded},
		"visits, kept":        {guard.Limits{Visits: 5}, "{...F ...F}fragment F on T{a}", ""},
		"visits, raised":      {guard.Limits{Visits: 1_000_000}, numbered(60, "query q%d{...F}") + "fragment F on Query{a{" + numbered(400, "f%d ") + "}}", ""},
		"comparisons":         {guard.Limits{Comparisons: 1}, "{a a a}", fault.LimitExceeded},
		"comparisons off":     {guard.Limits{Comparisons: guard.Off}, "{a{" + strings.Repeat("b c d ", 100) + "}}", ""},
		"remembering off":     {guard.Limits{MemoryBytes: guard.Off}, "{a}", ""},
		"remembering nothing": {guard.Limits{MemoryBytes: 1}, "{a}", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGuard(t, test.limits)
			for range 2 {
				if err := g.Check(test.document); fault.KindOf(err) != test.want {
					t.Errorf("Check(%q) with %+v = %v, want kind %q", test.document, test.limits, err, test.want)
				} else if refusal, ok := errors.AsType[*fault.Error](err); ok && !strings.HasSuffix(refusal.Limit, strings.ReplaceAll(name, " ", "_")) {
					t.Errorf("Check(%q) counts as limit %q", test.document, refusal.Limit)
				}
			}
		})
	}
}
