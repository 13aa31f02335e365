package fastlist_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"paymentlinks/graph/fastlist"
)

const schemaText = `
	directive @upper on FIELD
	directive @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
	type Query { boats: [Boat] anything: [Thing] }
	union Thing = Boat | Car
	interface Vehicle { name: String }
	type Car { name: String }
	type Boat implements Vehicle { name: String masts(times: Int! = 1): Int engine: Engine secret: String }
	type Engine { power: Int }
`

// boat is an object of the schema above. Its name must not be empty, and its
// engine has no power when nil.
type boat struct {
	name   string
	masts  int32
	engine *int32
}

func boats() fastlist.Object[boat] {
	engine := fastlist.Object[int32]{Name: "Engine", Field: func(f fastlist.Field) fastlist.Value[int32] {
		if f.Name != "power" {
			return nil
		}
		return func(dst []byte, power int32) []byte { return fastlist.AppendInt(dst, power, true) }
	}}
	return fastlist.Object[boat]{
		Name: "Boat", Abstract: []string{"Thing", "Vehicle"},
		Field: func(f fastlist.Field) fastlist.Value[boat] {
			switch f.Name {
			case "name":
				return func(dst []byte, b boat) []byte {
					if b.name == "" {
						return nil
					}
					return fastlist.AppendString(dst, b.name)
				}
			case "masts":
				times, ok := f.Arguments()["times"].(int64)
				if !ok {
					return nil
				}
				return func(dst []byte, b boat) []byte { return fastlist.AppendInt(dst, b.masts*int32(times), true) }
			case "engine":
				return fastlist.Nested(f, engine, func(b boat) (int32, bool) {
					if b.engine == nil {
						return 0, false
					}
					return *b.engine, true
				})
			}
			return nil // secret
		},
	}
}

// compile makes a plan of the first field of a document.
func compile(t *testing.T, query string, variables map[string]any) (fastlist.Plan[boat], bool) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: schemaText})
	if err != nil {
		t.Fatal(err)
	}
	document, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	operation := &graphql.OperationContext{Doc: document, Variables: variables}
	field, ok := document.Operations[0].SelectionSet[0].(*ast.Field)
	if !ok {
		t.Fatalf("%s begins with no field", query)
	}
	return fastlist.Compile(operation, field.SelectionSet, boats())
}

func TestPlan(t *testing.T) {
	ship := boat{name: `Pinta "2"`, masts: 3, engine: new(int32(90))}
	tests := map[string]struct {
		query string
		value boat
		want  string
	}{
		"fields in order":       {`{ boats { masts name } }`, ship, `{"masts":3,"name":"Pinta \"2\""}`},
		"aliases":               {`{ boats { a: name b: name __typename } }`, ship, `{"a":"Pinta \"2\"","b":"Pinta \"2\"","__typename":"Boat"}`},
		"arguments":             {`{ boats { masts(times: 4) } }`, ship, `{"masts":12}`},
		"an argument's default": {`{ boats { masts } }`, ship, `{"masts":3}`},
		"a variable":            {`query ($n: Int!, $yes: Boolean!) { boats { masts(times: $n) name @skip(if: $yes) } }`, ship, `{"masts":6}`},
		"include":               {`query ($yes: Boolean!) { boats { masts @include(if: $yes) name @include(if: false) } }`, ship, `{"masts":3}`},
		"nothing left":          {`query ($yes: Boolean!) { boats { masts @skip(if: $yes) } }`, ship, `{}`},
		"nothing left inside":   {`query ($yes: Boolean!) { boats { engine { power @skip(if: $yes) } } }`, ship, `{"engine":{}}`},
		"nested":                {`{ boats { engine { p: power __typename } } }`, ship, `{"engine":{"p":90,"__typename":"Engine"}}`},
		"nested null":           {`{ boats { engine { power } name } }`, boat{name: "x"}, `{"engine":null,"name":"x"}`},
		"one key twice":         {`{ boats { name masts name } }`, ship, `{"name":"Pinta \"2\"","masts":3}`},
		"merged selections":     {`{ boats { engine { power } name engine { __typename } } }`, boat{name: "x", engine: new(int32(1))}, `{"engine":{"power":1,"__typename":"Engine"},"name":"x"}`},
		"inline fragments":      {`{ boats { ... { name } ... on Boat { masts } ... on Vehicle { v: name } } }`, boat{name: "x", masts: 1}, `{"name":"x","masts":1,"v":"x"}`},
		"a spread":              {`{ boats { ...F masts ...F } } fragment F on Boat { name }`, boat{name: "x", masts: 1}, `{"name":"x","masts":1}`},
		"a skipped spread":      {`query ($yes: Boolean!) { boats { ...F @skip(if: $yes) masts } } fragment F on Boat { name }`, boat{name: "x", masts: 1}, `{"masts":1}`},
		"another member's":      {`{ anything { ... on Car { name } ... on Boat { masts } } }`, ship, `{"masts":3}`},
		"__typename of both":    {`{ anything { __typename ... on Boat { __typename masts } } }`, ship, `{"__typename":"Boat","masts":3}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plan, ok := compile(t, test.query, map[string]any{"n": int64(2), "yes": true})
			if !ok {
				t.Fatalf("%s was refused", test.query)
			}
			if got := string(plan.Append([]byte("x"), test.value)); got != "x"+test.want {
				t.Errorf("%s: got %s, want x%s", test.query, got, test.want)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	for name, query := range map[string]string{
		"a field it does not know":         `{ boats { name secret } }`,
		"the same in a fragment":           `{ boats { ... on Vehicle { ... on Boat { secret } } } }`,
		"the same in a spread":             `{ boats { ...F } } fragment F on Boat { secret }`,
		"a directive that does something":  `{ boats { name @upper } }`,
		"the same beside @skip":            `{ boats { name @skip(if: false) @upper } }`,
		"the same inside a field":          `{ boats { engine { power @upper } } }`,
		"a part that comes later":          `{ boats { name ... @defer { masts } } }`,
		"the same inside a field, aliased": `{ boats { e: engine { ... @defer(label: "x") { power } } } }`,
		"arguments that are not readable":  `query ($n: Int!) { boats { masts(times: $n) } }`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := compile(t, query, map[string]any{"n": "three"}); ok {
				t.Errorf("%s was compiled", query)
			}
		})
	}
	if _, ok := compile(t, `{ boats { name secret @skip(if: true) } }`, nil); !ok {
		t.Error("a field that is skipped is in the way")
	}
}

func TestList(t *testing.T) {
	plan, ok := compile(t, `{ boats { name } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	tests := map[string]struct {
		expected int
		names    []string // "-" is null, "" cannot be written
		want     string
		refused  bool
	}{
		"empty":               {expected: 0, want: `[]`},
		"emptier than said":   {expected: 9, want: `[]`},
		"one":                 {expected: 1, names: []string{"a"}, want: `[{"name":"a"}]`},
		"more than said":      {expected: 1, names: []string{"a", "b", "c"}, want: `[{"name":"a"},{"name":"b"},{"name":"c"}]`},
		"nulls":               {expected: 3, names: []string{"-", "a", "-"}, want: `[null,{"name":"a"},null]`},
		"nulls alone":         {expected: 2, names: []string{"-", "-"}, want: `[null,null]`},
		"the first refused":   {expected: 2, names: []string{"", "a"}, refused: true},
		"the last refused":    {expected: 2, names: []string{"a", ""}, refused: true},
		"null after refusal":  {expected: 3, names: []string{"a", "", "-"}, refused: true},
		"a guess beyond need": {expected: 1 << 40, names: []string{"a"}, want: `[{"name":"a"}]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			list := plan.NewList(test.expected)
			for _, name := range test.names {
				if name == "-" {
					list.AddNull()
					continue
				}
				list.Add(boat{name: name})
			}
			written, ok := list.Finish()
			if ok == test.refused {
				t.Fatalf("finished = %v, want %v", ok, !test.refused)
			}
			if ok && stock(written) != test.want {
				t.Errorf("got %s, want %s", stock(written), test.want)
			}
		})
	}
}

// A list costs a few allocations, however long it is.
func TestListAllocates(t *testing.T) {
	plan, ok := compile(t, `{ boats { name masts engine { power } } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	power := int32(7)
	fleet := make([]boat, 1000)
	for i := range fleet {
		fleet[i] = boat{name: strings.Repeat("n", 10) + strconv.Itoa(i), engine: &power}
	}
	if allocations := testing.AllocsPerRun(10, func() {
		list := plan.NewList(len(fleet))
		for _, b := range fleet {
			list.Add(b)
		}
		if _, ok := list.Finish(); !ok {
			t.Error("refused")
		}
	}); allocations > 8 {
		t.Errorf("%v allocations, want 8 at most", allocations)
	}
}
