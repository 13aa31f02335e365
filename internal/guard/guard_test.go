package guard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/guard"
)

func TestCheckLimits(t *testing.T) {
	// nested returns a document with the given number of field levels.
	nested := func(levels int) string { return strings.Repeat("{a", levels) + strings.Repeat("}", levels) }
	lists := func(levels int) string {
		return "{a(b:" + strings.Repeat("[", levels) + strings.Repeat("]", levels) + ")}"
	}
	tests := map[string]struct {
		within, beyond string
		want           string
	}{
		"bytes": {
			"{a}" + strings.Repeat(" ", 32765), "{a}" + strings.Repeat(" ", 32766),
			"The document is 32769 bytes long; at most 32768 are allowed.",
		},
		"tokens": {
			"{paymentLinks{" + numbered(995, "f%d ") + "}}", "{paymentLinks{" + numbered(996, "f%d ") + "}}",
			"The document has more than 1000 tokens; at most 1000 are allowed.",
		},
		"comments are tokens": {
			strings.Repeat("#\n", 997) + "{a}", strings.Repeat("#\n", 998) + "{a}",
			"The document has more than 1000 tokens; at most 1000 are allowed.",
		},
		"depth": {
			nested(15), nested(17),
			"The document is 17 levels deep; at most 15 are allowed.",
		},
		"depth through fragments": {
			"{a{...F}}fragment F on T{b{...G}}fragment G on T" + nested(13),
			"{a{...F}}fragment F on T{b{... on T{...G}}}fragment G on T" + nested(14),
			"The document is 16 levels deep; at most 15 are allowed.",
		},
		"depth, introspection exempt": {
			"{__schema" + nested(40) + "__type(name:\"A\")" + nested(40) + "}", "{__schema" + nested(40) + " a" + nested(15) + "}",
			"The document is 16 levels deep; at most 15 are allowed.",
		},
		"root fields": {
			"{" + numbered(30, "f%d ") + "}", "{" + numbered(31, "f%d ") + "}",
			"The operation has 31 root fields; at most 30 are allowed.",
		},
		"root fields through fragments": {
			"{...F ...{...F}}fragment F on Query{" + numbered(15, "f%d ") + "}",
			"{a ...F ...{...F}}fragment F on Query{" + numbered(15, "f%d ") + "}",
			"The operation has 31 root fields; at most 30 are allowed.",
		},
		"root fields, for each operation": {
			"query A{" + numbered(30, "f%d ") + "} query B{" + numbered(30, "f%d ") + "}",
			"query A{" + numbered(30, "f%d ") + "} query B{" + numbered(31, "f%d ") + "}",
			"The operation has 31 root fields; at most 30 are allowed.",
		},
		"aliases": {
			"{a{" + numbered(30, "f%d:id ") + "}}", "{a{" + numbered(31, "f%d:id ") + "}}",
			"The operation has 31 aliases; at most 30 are allowed.",
		},
		"aliases, each place a fragment is spread at": {
			"{a{...F} b{...F} c{...F}}fragment F on T{" + numbered(10, "f%d:id ") + "}",
			"{a{...F} b{...F} c{...F} d{...F}}fragment F on T{" + numbered(10, "f%d:id ") + "}",
			"The operation has 40 aliases; at most 30 are allowed.",
		},
		"directives": {
			"{a" + strings.Repeat("@d", 50) + "}", "{a" + strings.Repeat("@d", 51) + "}",
			"The operation has 51 directives; at most 50 are allowed.",
		},
		"directives of every kind": {
			"query($v:A@d)@d{a@d ...@d{b} ...F@d}fragment F on T@d{c}" + strings.Repeat(" ", 9),
			"query($v:A" + strings.Repeat("@d", 10) + ")" + strings.Repeat("@d", 10) + "{a" + strings.Repeat("@d", 10) +
				" ..." + strings.Repeat("@d", 10) + "{b} ...F" + strings.Repeat("@d", 10) + "}fragment F on T@d{c}",
			"The operation has 51 directives; at most 50 are allowed.",
		},
		"repetitions": {
			"{a{" + strings.Repeat("id ", 100) + "}}", "{a{" + strings.Repeat("id ", 101) + "}}",
			"One response key occurs 101 times in a selection set; at most 100 are allowed.",
		},
		"repetitions in merged sets": {
			"{" + strings.Repeat("a{"+strings.Repeat("id ", 10)+"}", 10) + "}",
			"{" + strings.Repeat("a{"+strings.Repeat("id ", 10)+"}", 10) + "...F}fragment F on Query{...{a{id}}}",
			"One response key occurs 101 times in a selection set; at most 100 are allowed.",
		},
		"repetitions of an alias": {
			"{a{i:x " + strings.Repeat("i ", 99) + "}}", "{a{i:x " + strings.Repeat("i ", 100) + "}}",
			"One response key occurs 101 times in a selection set; at most 100 are allowed.",
		},
		"introspection": {
			"{__schema{types{fields{type{fields{args{name type{name}} type{name}}}}}}}",
			"{__schema{b:types{fields{type{fields{args{name type{name}} type{name}}}}} a:types{fields{type{fields{args{name type{name}} type{name}}}}} types{fields{type{fields{args{name type{name}} type{name}}}}}}}",
			"Introspection would answer more than about 200000 fields; at most 200000 are allowed.",
		},
		"introspection by aliases in fragments": {
			"{__schema{b:types{fields{type{fields{args{name type{name}} type{name}}}}} a:types{...F} b:types{...F}}}fragment F on __Type{fields{...A}}fragment A on __Field{args{name}}",
			"{__schema{" + numbered(29, "a%d:types{...F}") + "}}fragment F on __Type{fields{...A}}fragment A on __Field{args{name} name type{" + strings.Repeat("ofType{name ", 9) + strings.Repeat("}", 9) + "}}",
			"Introspection would answer more than about 200000 fields; at most 200000 are allowed.",
		},
		"value depth": {
			lists(10), lists(11),
			"The document nests values 11 deep; at most 10 levels are allowed.",
		},
		"value depth of a default and its type": {
			"query($v:[[[[[ID]]]]]=[[[[[{a:1}]]]]]){a}", "query($v:" + strings.Repeat("[", 11) + "ID" + strings.Repeat("]", 11) + "){a}",
			"The document nests values 11 deep; at most 10 levels are allowed.",
		},
		"visits": {
			"{a{...F0}}" + doubling(5), "{a{...F0}}" + doubling(60),
			"Validation would visit more than 10000 parts of the document; at most 10000 are allowed.",
		},
		"visits by many operations": {
			numbered(20, "query q%d{...F}") + "fragment F on Query{a{" + numbered(400, "f%d ") + "}}",
			numbered(30, "query q%d{...F}") + "fragment F on Query{a{" + numbered(400, "f%d ") + "}}",
			"Validation would visit more than 10000 parts of the document; at most 10000 are allowed.",
		},
		"comparisons": {
			"{a{" + strings.Repeat("b c ", 100) + "}}", "{a{" + strings.Repeat("b c d ", 100) + "}}",
			"Validation would compare 14850 pairs of fields and fragments; at most 10000 are allowed.",
		},
		"comparisons in an inline fragment of a fragment, once more where it is spread": {
			"{p{...F}}fragment F on T{...{" + strings.Repeat("a ", 71) + "}}", "{p{...F}}fragment F on T{...{" + strings.Repeat("a ", 72) + "}}",
			"Validation would compare 10224 pairs of fields and fragments; at most 10000 are allowed.",
		},
		"comparisons of fragments": {
			"{a{" + strings.Repeat("...F ", 141) + "}}", "{a{" + strings.Repeat("...F ", 142) + "}}",
			"Validation would compare 10011 pairs of fields and fragments; at most 10000 are allowed.",
		},
		"comparisons in nested inline fragments": {
			"{a{" + strings.Repeat("...{", 10) + strings.Repeat("b ", 40) + strings.Repeat("}", 10) + "}}",
			"{a{" + strings.Repeat("...{", 10) + strings.Repeat("b ", 50) + strings.Repeat("}", 10) + "}}",
			"Validation would compare 13475 pairs of fields and fragments; at most 10000 are allowed.",
		},
	}
	g := newGuard(t, guard.Limits{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := g.Check(test.within); err != nil {
				t.Errorf("Check = %v, want acceptance of\n%s", err, test.within)
			}
			want := &fault.Error{Kind: fault.LimitExceeded, Public: test.want}
			if diff := cmp.Diff(want, g.Check(test.beyond), cmpopts.IgnoreFields(fault.Error{}, "Limit")); diff != "" {
				t.Errorf("Check differs (-want +got) for\n%s\n%s", test.beyond, diff)
			}
		})
	}
}

func TestCheckAccepts(t *testing.T) {
	tests := map[string]string{
		"one-liner":       `query A { paymentLinks(status: ACTIVE, currency: "MXN") { title url amount { formatted } isExpired } }`,
		"page":            `query($after:String){paymentLinksConnection(first:20,after:$after){totalCount nodes{id title amount{formatted}} pageInfo{hasNextPage endCursor} summary{byState{state count}}}}`,
		"nested filter":   `{paymentLinksConnection(filter:{state:[OPEN],ids:["a","b"],amount:{from:"1"}}){totalCount}}`,
		"aliases":         `{open:paymentLinksSummary(filter:{state:[OPEN]}){count} expired:paymentLinksSummary(filter:{state:[EXPIRED]}){count}}`,
		"unused fragment": `{a} fragment F on T{a}`,
		"unknown spread":  `{...Nobody}`,
		"no operation":    `fragment F on T{a}`,
		"empty":           ``,
		"components": `query Screen{paymentLinks{...Row ...Badge}}
			fragment Row on PaymentLink{id title ...Money ...Badge}
			fragment Badge on PaymentLink{id state isExpired}
			fragment Money on PaymentLink{id amount{formatted currency}}`,
		"introspection of clients": introspection(),
	}
	g := newGuard(t, guard.Limits{})
	for name, document := range tests {
		t.Run(name, func(t *testing.T) {
			if err := g.Check(document); err != nil {
				t.Errorf("Check = %v for\n%s", err, document)
			}
		})
	}
}

func TestCheckLocates(t *testing.T) {
	tests := map[string]struct {
		document string
		kind     fault.Kind
		at       fault.Position
		public   string
	}{
		"syntax": {
			"{\n  planted(\n}", fault.ParseFailed,
			fault.Position{Line: 3, Column: 1},
			"The document is not valid GraphQL syntax (line 3, column 1).",
		},
		"character, not byte": {
			"# é\n{é}", fault.ParseFailed,
			fault.Position{Line: 2, Column: 2},
			"The document is not valid GraphQL syntax (line 2, column 2).",
		},
		"lexical": {
			"{planted(a:\"planted)}", fault.ParseFailed,
			fault.Position{Line: 1, Column: 22},
			"The document is not valid GraphQL syntax (line 1, column 22).",
		},
		"fragment spreads itself": {
			"{...planted}\nfragment planted on T{a ...planted}", fault.ValidationFailed,
			fault.Position{Line: 2, Column: 28},
			"A fragment spreads itself (line 2, column 28).",
		},
		"fragments spread one another": {
			"{...A}\nfragment A on T{b{...B}}\nfragment B on T{... on T{...A}}", fault.ValidationFailed,
			fault.Position{Line: 3, Column: 29},
			"A fragment spreads itself (line 3, column 29).",
		},
		"fragment that nobody spreads spreads itself": {
			"{a}\nfragment A on T{...A}", fault.ValidationFailed,
			fault.Position{Line: 2, Column: 20},
			"A fragment spreads itself (line 2, column 20).",
		},
	}
	g := newGuard(t, guard.Limits{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := g.Check(test.document)
			if got := fault.KindOf(err); got != test.kind {
				t.Fatalf("Check(%q) = %v, want kind %s", test.document, err, test.kind)
			}
			refusal := err.(*fault.Error) //nolint:errorlint // Check promises this very type
			if len(refusal.At) != 1 || refusal.At[0] != test.at {
				t.Errorf("%v is at %v; want %v", err, refusal.At, test.at)
			}
			if diff := cmp.Diff(test.public, refusal.Public); diff != "" {
				t.Errorf("Public differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLimitsHaveNoPlace(t *testing.T) {
	err := newGuard(t, guard.Limits{}).Check("{" + numbered(31, "f%d ") + "}")
	if refusal, ok := errors.AsType[*fault.Error](err); !ok || refusal.At != nil {
		t.Errorf("%v is at %v, want no place", err, refusal.At)
	}
}

// A refusal goes to clients and to the log: neither may read the document.
func TestRefusalsHoldNothingOfTheDocument(t *testing.T) {
	g := newGuard(t, guard.Limits{})
	refused := 0
	for _, a := range attacks() {
		document := strings.NewReplacer("id", "planted", "F", "Planted", `"a"`, `"planted"`).Replace(a.document)
		err := g.Check(document)
		if err == nil {
			continue
		}
		refused++
		if text := strings.ToLower(err.Error()); strings.Contains(text, "planted") {
			t.Errorf("%s: the refusal quotes the document: %s", a.name, text)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// Of several cycles the first is told.
func TestPlaceOfTheFirstCycle(t *testing.T) {
	g, err := guard.New(guard.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	refusal, ok := errors.AsType[*fault.Error](g.Check("{...A}\nfragment A on Query{\n ...A\n ...B\n}\nfragment B on Query{\n ...B\n}"))
	if !ok || len(refusal.At) != 1 || refusal.At[0].Line != 3 {
		t.Errorf("refused with %+v, want the cycle of line 3", refusal)
	}
}
