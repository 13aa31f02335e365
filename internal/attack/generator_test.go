package attack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/generated"
)

const (
	// maxOperation bounds the text of the operations that are made up.
	maxOperation = 4 << 10
	// maxAliases is what a document may have by default.
	maxAliases = 30
)

// writer makes operations that cost much out of bytes: each byte is one choice.
// It likes to ask for the same again under another alias, and gives arguments
// that are long, or that make a field work. Out of bytes it takes the first
// choice, which ends every selection.
type writer struct {
	choices   []byte
	schema    *ast.Schema
	aliases   int
	fragments map[string]string // by type; "" while it is being written
}

// writeOperation returns an operation; "" when it would be too long.
func writeOperation(choices []byte) string {
	w := &writer{choices: choices, schema: generated.NewExecutableSchema(generated.Config{}).Schema(), fragments: map[string]string{}}
	var b strings.Builder
	b.WriteString(w.selection("Query", 6))
	for _, name := range slices.Sorted(maps.Keys(w.fragments)) {
		fmt.Fprintf(&b, " fragment F%s on %s%s", name, name, w.fragments[name])
	}
	if b.Len() > maxOperation {
		return ""
	}
	return b.String()
}

func (w *writer) choose(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	choice := int(w.choices[0]) % n
	w.choices = w.choices[1:]
	return choice
}

// selection writes a selection set on a type.
func (w *writer) selection(typeName string, depth int) string {
	definition := w.schema.Types[typeName]
	if definition.IsAbstractType() {
		return "{...on PaymentLink" + w.selection("PaymentLink", depth) + "}"
	}
	var b strings.Builder
	b.WriteByte('{')
	for range 1 + w.choose(3) {
		if w.choose(6) == 5 {
			b.WriteString(w.spread(typeName, depth-1))
		} else {
			b.WriteString(w.fields(definition, depth-1))
		}
		b.WriteByte(' ')
	}
	return b.String() + "}"
}

// spread writes a spread of the one fragment of a type, and the first time the
// fragment.
func (w *writer) spread(typeName string, depth int) string {
	text, ok := w.fragments[typeName]
	switch {
	case ok && text == "" || depth < 1: // it would spread itself
		return "__typename"
	case !ok:
		w.fragments[typeName] = ""
		w.fragments[typeName] = w.selection(typeName, depth)
	}
	return "...F" + typeName
}

// fields writes a field, often many times.
func (w *writer) fields(definition *ast.Definition, depth int) string {
	field := definition.Fields[w.choose(len(definition.Fields))]
	if depth < 1 || len(w.choices) == 0 || strings.HasPrefix(field.Name, "__") || field.Name == "_service" {
		return "__typename"
	}
	times := 1
	if w.choose(2) == 1 {
		times = 1 + w.choose(maxAliases)
	}
	text := field.Name + w.arguments(field)
	if w.schema.Types[field.Type.Name()].IsCompositeType() {
		text += w.selection(field.Type.Name(), depth)
	}
	var b strings.Builder
	for range min(times, maxAliases-w.aliases) {
		w.aliases++
		fmt.Fprintf(&b, "a%d:%s ", w.aliases, text)
	}
	if b.Len() == 0 {
		return "__typename"
	}
	return b.String()
}

// arguments writes the required arguments of a field and some of the others.
func (w *writer) arguments(field *ast.FieldDefinition) string {
	var given []string
	for _, argument := range field.Arguments {
		if argument.Type.NonNull && argument.DefaultValue == nil || w.choose(2) == 1 {
			given = append(given, argument.Name+":"+w.value(argument.Name, argument.Type))
		}
	}
	if given == nil {
		return ""
	}
	return "(" + strings.Join(given, ",") + ")"
}

// value writes a literal.
func (w *writer) value(name string, expected *ast.Type) string {
	if expected.Elem != nil {
		items := make([]string, 1+w.choose(20))
		for i := range items {
			items[i] = w.value(name, expected.Elem)
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	definition := w.schema.Types[expected.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return definition.EnumValues[w.choose(len(definition.EnumValues))].Name
	case ast.InputObject:
		var given []string
		for _, field := range definition.Fields {
			if w.choose(4) == 1 {
				given = append(given, field.Name+":"+w.value(field.Name, field.Type))
			}
		}
		return "{" + strings.Join(given, " ") + "}"
	}
	values := valuesOf(name, definition.Name)
	return values[w.choose(len(values))]
}

// valuesOf lists literals of a scalar, for an argument of a name. A scalar that
// an argument of the schema has and that is missing here panics: it needs a line.
func valuesOf(name, scalar string) []string {
	text := func(texts ...string) []string {
		for i := range texts {
			texts[i] = quoted(texts[i])
		}
		return texts
	}
	switch name {
	case "message":
		return text(strings.Repeat("{title}", 71), strings.Repeat("{amount}", 62), strings.Repeat("ñ", 500), strings.Repeat("{url}", 100), "", "{title}")
	case "locale":
		return text("de-1901-u-co-phonebk-t-sl-u-nu-latn-a-foo-b-bar-c-baz", "ar", "bn-BD", "x", strings.Repeat("a", 300), "zh-Hant-TW")
	case "search":
		return text("e", strings.TrimSpace(strings.Repeat("ab cd ef gh ", 8)), strings.Repeat("\ufdfa", 50), strings.Repeat("a", 99)+"b", strings.Repeat("a ", 50), "zz", "ñ 1 2 3 4 5 6 7 8 9 0")
	case "code":
		return text(strings.Repeat("https://pay.billpocket.com/s/c1 ", 40), "c1", strings.Repeat("x", 1000), strings.Repeat("/", 500))
	case "after", "before":
		return text("", strings.Repeat("A", 600))
	case "size":
		return []string{"1024", "64", "256", "0"}
	case "first", "last":
		return []string{"250", "0", "1", "100", "20"}
	}
	switch scalar {
	case "ID":
		return text("i1", "i9999", "none", "")
	case "String":
		return text("", "x")
	case "DateTime":
		return text("2023-08-09T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
	case "Decimal":
		return []string{"0", `"1234567890123456.123"`, "1e18", "-1"}
	case "CurrencyCodeAlpha":
		return text("MXN", "AAA", "usd")
	case "Duration":
		return text("P1D", "PT0S", "P50000W")
	case "URL":
		return text("https://pay.billpocket.com/s/c1", "https://pay.billpocket.com/"+strings.Repeat("u", 1000))
	case "Int":
		return []string{"0", "1", "2147483647"}
	case "Boolean":
		return []string{"true", "false"}
	case "_Any":
		return []string{`{__typename:"PaymentLink",id:"i1"}`, `{__typename:"PaymentLink",id:"i299"}`, `{}`, `{__typename:"Other"}`}
	}
	panic("no values of scalar " + scalar + ": write some that cost much")
}
