package fastlist_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
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
	directive @upperAll on FIELD_DEFINITION
	directive @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
	type Query { boats: [Boat] anything: [Thing] }
	union Thing = Boat | Car
	interface Vehicle { name: String }
	type Car { name: String }
	type Boat implements Vehicle {
		name: String masts(times: Int! = 1): Int engine: Engine secret: String flag: String!
		crew: [Sailor!] mates: [Sailor!]! sails(color: String): Int old: Int @deprecated heavy: Int @upperAll
	}
	type Engine { power: Int }
	type Sailor { name: String rank: String! }
`

// boat is an object of the schema above. Its name must not be empty, and its
// engine has no power when nil.
type boat struct {
	name   string
	masts  int32
	engine *int32
	crew   []string
}

func boats() fastlist.Object[boat] {
	engine := fastlist.Object[int32]{Name: "Engine", Field: func(f *fastlist.Field) fastlist.Value[int32] {
		if f.Name != "power" {
			return nil
		}
		return func(w *fastlist.Writer, power int32) { w.Int(power, true) }
	}}
	sailor := fastlist.Object[*string]{Name: "Sailor", Field: func(*fastlist.Field) fastlist.Value[*string] {
		return func(w *fastlist.Writer, name *string) {
			if *name == "" {
				w.Fail(errNoName)
				return
			}
			w.String(*name)
		}
	}}
	return fastlist.Object[boat]{
		Name: "Boat", Abstract: []string{"Thing", "Vehicle"},
		Field: func(f *fastlist.Field) fastlist.Value[boat] {
			switch f.Name {
			case "name":
				return func(w *fastlist.Writer, b boat) {
					if b.name == "" {
						w.Fail(errNoName)
						return
					}
					w.String(b.name)
				}
			case "flag":
				return func(w *fastlist.Writer, _ boat) { w.Fail(errNoFlag) }
			case "masts":
				times, ok := f.Argument("times").(int64)
				if !ok {
					f.Refuse(errTimes)
				}
				return func(w *fastlist.Writer, b boat) { w.Int(b.masts*int32(times), true) }
			case "sails", "old":
				return func(w *fastlist.Writer, _ boat) { w.Int(1, true) } // knows no argument
			case "engine":
				return fastlist.Nested(f, engine, func(_ *fastlist.Writer, b boat) (int32, bool) {
					if b.engine == nil {
						return 0, false
					}
					return *b.engine, true
				})
			}
			if f.Name == "crew" || f.Name == "mates" {
				return fastlist.NestedList(f, sailor, func(b boat) []string { return b.crew })
			}
			return nil // secret
		},
	}
}

var (
	errNoName = errors.New("no name")
	errNoFlag = errors.New("no flag")
	errTimes  = errors.New("times is no number")
)

// meter allows so many bytes and errors.
type meter struct{ bytes, errors int }

var errSpent = errors.New("spent")

func (m *meter) Bytes(n int) error {
	if m.bytes -= n; m.bytes < 0 {
		return errSpent
	}
	return nil
}

func (m *meter) Error(err error) error {
	if m.errors--; m.errors < 0 {
		return nil
	}
	return err
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
	return fastlist.Compile(operation, field.SelectionSet, boats(), nil)
}

// fieldContext is that of the field boats, in a response of its own.
func fieldContext(t *testing.T) context.Context {
	t.Helper()
	ctx := graphql.WithResponseContext(t.Context(), graphql.DefaultErrorPresenter, graphql.DefaultRecover)
	field := graphql.CollectedField{Field: &ast.Field{Alias: "boats", Name: "boats"}}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: field})
}

// told are the errors of a response, with their paths.
func told(ctx context.Context) (told []string) {
	for _, err := range graphql.GetErrors(ctx) {
		told = append(told, err.Path.String()+": "+err.Message)
	}
	return told
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
				t.Fatal("refused")
			}
			ctx := fieldContext(t)
			written, err := plan.Object(ctx, fastlist.Options{Meter: &meter{bytes: 1 << 20}}, test.value)
			if err != nil || told(ctx) != nil {
				t.Fatalf("%s: error %v, told %v", test.query, err, told(ctx))
			}
			if got := stock(written); got != test.want {
				t.Errorf("%s: got %s, want %s", test.query, got, test.want)
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
		"one on the definition":            `{ boats { heavy } }`,
		"an argument that nobody reads":    `{ boats { sails } }`,
		"the same when it is given":        `{ boats { sails(color: "red") } }`,
		"a part that comes later":          `{ boats { name ... @defer { masts } } }`,
		"the same inside a field, aliased": `{ boats { e: engine { ... @defer(label: "x") { power } } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := compile(t, query, nil); ok {
				t.Errorf("%s was compiled", query)
			}
		})
	}
	for name, query := range map[string]string{
		"a field that is skipped":   `{ boats { name secret @skip(if: true) } }`,
		"a directive for readers":   `{ boats { old } }`,
		"an argument that was read": `{ boats { masts(times: 2) } }`,
	} {
		if _, ok := compile(t, query, nil); !ok {
			t.Errorf("%s is in the way", name)
		}
	}
}

// A list within a list has its places in the paths of errors, and goes as the
// specification says where a null may not be.
func TestNestedList(t *testing.T) {
	for name, test := range map[string]struct {
		query, want string
		told        []string
	}{
		"names":               {`{ boats { crew { name } } }`, `[{"crew":[{"name":"Ana"},{"name":null}]},{"crew":[]}]`, []string{"boats[0].crew[1].name: no name"}},
		"aliases":             {`{ boats { c: crew { n: name } name } }`, `[{"c":[{"n":"Ana"},{"n":null}],"name":"Pinta"},{"c":[],"name":"Niña"}]`, []string{"boats[0].c[1].n: no name"}},
		"null where none may": {`{ boats { crew { rank } name } }`, `[{"crew":null,"name":"Pinta"},{"crew":[],"name":"Niña"}]`, []string{"boats[0].crew[1].rank: no name"}},
		"that takes the boat": {`{ boats { name mates { rank } } }`, `[null,{"name":"Niña","mates":[]}]`, []string{"boats[0].mates[1].rank: no name"}},
	} {
		t.Run(name, func(t *testing.T) {
			plan, ok := compile(t, test.query, nil)
			if !ok {
				t.Fatal("refused")
			}
			ctx := fieldContext(t)
			list := plan.NewList(ctx, fastlist.Options{Meter: &meter{bytes: 1 << 20, errors: 9}}, 2, false)
			list.Add(boat{name: "Pinta", crew: []string{"Ana", ""}})
			list.Add(boat{name: "Niña"})
			written, err := list.Finish()
			if err != nil || stock(written) != test.want {
				t.Errorf("got %s, error %v, want %s", stock(written), err, test.want)
			}
			if !slices.Equal(told(ctx), test.told) {
				t.Errorf("told %q, want %q", told(ctx), test.told)
			}
		})
	}
	if _, ok := compile(t, `{ boats { crew { name @upper } } }`, nil); ok {
		t.Error("a directive that does something was compiled")
	}
}

// A wrong argument is one error of the document, however long the list is.
func TestRefusedArgument(t *testing.T) {
	plan, ok := compile(t, `query ($n: Int!) { boats { name masts(times: $n) b: masts(times: $n) } }`, map[string]any{"n": "three"})
	if !ok {
		t.Fatal("refused")
	}
	ctx := fieldContext(t)
	list := plan.NewList(ctx, fastlist.Options{Meter: &meter{bytes: 1 << 20, errors: 9}}, 2, true)
	list.Add(boat{name: "x"})
	list.Add(boat{name: "y"})
	written, err := list.Finish()
	if want := `[{"name":"x","masts":null,"b":null},{"name":"y","masts":null,"b":null}]`; err != nil || stock(written) != want {
		t.Errorf("got %s, error %v, want %s", stock(written), err, want)
	}
	if want := []string{"boats[0].masts: times is no number", "boats[0].b: times is no number"}; !slices.Equal(told(ctx), want) {
		t.Errorf("told %q, want %q", told(ctx), want)
	}
}

func TestList(t *testing.T) {
	const all = 1 << 20
	tests := map[string]struct {
		query     string
		expected  int
		names     []string // "-" is null, "" fails
		nonNull   bool
		allowed   meter
		want      string // "" when the list was stopped
		wantError []string
	}{
		"empty":                {expected: 0, want: `[]`, allowed: meter{all, 9}},
		"emptier than said":    {expected: 9, want: `[]`, allowed: meter{all, 9}},
		"one":                  {expected: 1, names: []string{"a"}, want: `[{"name":"a"}]`, allowed: meter{all, 9}},
		"more than said":       {expected: 1, names: []string{"a", "b", "c"}, want: `[{"name":"a"},{"name":"b"},{"name":"c"}]`, allowed: meter{all, 9}},
		"nulls":                {expected: 3, names: []string{"-", "a", "-"}, want: `[null,{"name":"a"},null]`, allowed: meter{all, 9}},
		"a guess beyond need":  {expected: 1 << 40, names: []string{"a"}, want: `[{"name":"a"}]`, allowed: meter{all, 9}},
		"a field fails":        {expected: 2, names: []string{"a", ""}, want: `[{"name":"a"},{"name":null}]`, wantError: []string{"boats[1].name: no name"}, allowed: meter{all, 9}},
		"no more errors told":  {expected: 3, names: []string{"", "", ""}, want: `[{"name":null},{"name":null},{"name":null}]`, wantError: []string{"boats[0].name: no name", "boats[1].name: no name"}, allowed: meter{all, 2}},
		"null where none may":  {query: `{ boats { name x: flag } }`, expected: 2, names: []string{"a", "-"}, want: `[null,null]`, wantError: []string{"boats[0].x: no flag"}, allowed: meter{all, 9}},
		"that takes the list":  {query: `{ boats { name flag } }`, expected: 2, names: []string{"a", "b"}, nonNull: true, want: `null`, wantError: []string{"boats[0].flag: no flag"}, allowed: meter{all, 9}},
		"spent":                {expected: 2, names: []string{"a", "b"}, allowed: meter{20, 9}},
		"spent to the byte":    {expected: 2, names: []string{"a", "b"}, want: `[{"name":"a"},{"name":"b"}]`, allowed: meter{27, 9}},
		"spent but for a byte": {expected: 2, names: []string{"a", "b"}, allowed: meter{26, 9}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plan, ok := compile(t, cmp.Or(test.query, `{ boats { name } }`), nil)
			if !ok {
				t.Fatal("refused")
			}
			ctx := fieldContext(t)
			list := plan.NewList(ctx, fastlist.Options{Meter: &test.allowed}, test.expected, test.nonNull)
			for _, name := range test.names {
				if name == "-" {
					list.AddNull()
					continue
				}
				list.Add(boat{name: name})
			}
			written, err := list.Finish()
			if test.want == "" {
				if !errors.Is(err, errSpent) {
					t.Errorf("error %v, want errSpent", err)
				}
				return
			}
			if err != nil || stock(written) != test.want {
				t.Errorf("got %s, error %v, want %s", stock(written), err, test.want)
			}
			if !slices.Equal(told(ctx), test.wantError) {
				t.Errorf("told %q, want %q", told(ctx), test.wantError)
			}
		})
	}
}

// A list that is long goes on in new slices, and its bytes are the same.
func TestLongList(t *testing.T) {
	plan, ok := compile(t, `{ boats { name } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	const boatsInAll = 5_000
	allowed := &meter{bytes: 1 << 30}
	list := plan.NewList(fieldContext(t), fastlist.Options{Meter: allowed}, boatsInAll, true)
	var want strings.Builder
	for i := range boatsInAll {
		name := strings.Repeat("n", i%300) + "x"
		list.Add(boat{name: name})
		want.WriteString(`,{"name":"` + name + `"}`)
	}
	written, err := list.Finish()
	if got := stock(written); err != nil || got != "["+want.String()[1:]+"]" {
		t.Errorf("%d bytes, error %v; want %d", len(got), err, want.Len()+1)
	}
	if spent := 1<<30 - allowed.bytes; spent != want.Len()+1 {
		t.Errorf("charged %d bytes, wrote %d", spent, want.Len()+1)
	}
}

// Whoever has left costs no more than what is written between two looks.
func TestListEndsWithItsContext(t *testing.T) {
	plan, ok := compile(t, `{ boats { name } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	ctx, leave := context.WithCancel(fieldContext(t))
	list := plan.NewList(ctx, fastlist.Options{Meter: &meter{bytes: 1 << 30}}, 1000, true)
	leave()
	added := 0
	for list.Add(boat{name: "x"}) {
		added++
	}
	if _, err := list.Finish(); !errors.Is(err, context.Canceled) || added > 300 {
		t.Errorf("%d elements were written, error %v", added, err)
	}
}

// A trace sees each field as gqlgen's resolvers would show it.
func TestTracedList(t *testing.T) {
	plan, ok := compile(t, `{ boats { name e: engine { power } } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	var seen []string
	trace := func(ctx context.Context, write func()) {
		field := graphql.GetFieldContext(ctx)
		seen = append(seen, field.Object+" "+field.Path().String())
		write()
	}
	list := plan.NewList(fieldContext(t), fastlist.Options{Meter: &meter{bytes: 1 << 20}, Trace: trace}, 1, true)
	list.Add(boat{name: "x", engine: new(int32(1))})
	written, err := list.Finish()
	if want := `[{"name":"x","e":{"power":1}}]`; err != nil || stock(written) != want {
		t.Errorf("got %s, error %v, want %s", stock(written), err, want)
	}
	if want := []string{"Boat boats[0].name", "Boat boats[0].e", "Engine boats[0].e.power"}; !slices.Equal(seen, want) {
		t.Errorf("traced %q, want %q", seen, want)
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
	ctx, allowed := fieldContext(t), &meter{bytes: 1 << 40}
	if allocations := testing.AllocsPerRun(10, func() {
		list := plan.NewList(ctx, fastlist.Options{Meter: allowed}, len(fleet), true)
		for _, b := range fleet {
			list.Add(b)
		}
		if _, err := list.Finish(); err != nil {
			t.Error(err)
		}
	}); allocations > 8 {
		t.Errorf("%v allocations, want 8 at most", allocations)
	}
}

// A long list is put into its answer at once: a buffer that grew with it would
// hold it three times.
func TestLongListMarshalsAtOnce(t *testing.T) {
	plan, ok := compile(t, `{ boats { name } }`, nil)
	if !ok {
		t.Fatal("refused")
	}
	list := plan.NewList(fieldContext(t), fastlist.Options{Meter: &meter{bytes: 1 << 30}}, 1, true)
	for range 1000 {
		list.Add(boat{name: strings.Repeat("n", 1000)})
	}
	written, err := list.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if allocations := testing.AllocsPerRun(10, func() {
		var answer bytes.Buffer
		written.MarshalGQL(&answer)
		answer.WriteString(`}}`)
	}); allocations > 3 {
		t.Errorf("%v allocations for a buffer and its bytes, want 3 at most (growing takes six)", allocations)
	}
}
