package graph_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/generated"
)

// writer makes valid operations out of bytes: each byte is one choice. Out of
// bytes it takes the first choice, which ends every selection. What may be
// selected, with which arguments, it reads from the schema. Aliases follow from
// the arguments, so that equal keys always merge.
type writer struct {
	choices   []byte
	schema    *ast.Schema
	fragments map[string]string // by name; "" while it is being written
	order     []string          // the fragments, as they were finished
	types     []string          // the variables' definitions
	variables map[string]any
	names     map[string]string // of variables, by type and value
}

// enumValue is the name of a value: a bare word in a document, a string in JSON.
type enumValue string

// writeQuery returns an operation and its variables.
func writeQuery(choices []byte) (query string, variables map[string]any) {
	w := &writer{
		choices: choices, schema: generated.NewExecutableSchema(generated.Config{}).Schema(),
		fragments: map[string]string{}, variables: map[string]any{}, names: map[string]string{},
	}
	var roots []string
	for i := range 1 + w.choose(2) {
		roots = append(roots, fmt.Sprintf("r%d: %s", i, w.root()))
	}
	head := "query"
	if len(w.types) > 0 {
		head += " (" + strings.Join(w.types, ", ") + ")"
	}
	query = head + " { " + strings.Join(roots, " ") + " }"
	for _, name := range w.order {
		query += "\n" + w.fragments[name]
	}
	return query, w.variables
}

func (w *writer) choose(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	choice := int(w.choices[0]) % n
	w.choices = w.choices[1:]
	return choice
}

// root writes a field of Query. Lists and pages are what the tests are about,
// so they are chosen more often.
func (w *writer) root() string {
	const depth = 4
	var lists, others []*ast.FieldDefinition
	for _, field := range w.schema.Query.Fields {
		isList := field.Type.Elem != nil || strings.HasSuffix(field.Type.Name(), "Connection") || strings.HasSuffix(field.Type.Name(), "Summary")
		switch {
		case strings.HasPrefix(field.Name, "__"):
		case isList:
			lists = append(lists, field)
		default:
			others = append(others, field)
		}
	}
	from := lists
	if w.choose(8) == 7 {
		from = others
	}
	field := from[w.choose(len(from))]
	return field.Name + w.arguments(field) + w.selection(field.Type.Name(), depth)
}

// selection writes a selection set on a type.
func (w *writer) selection(typeName string, depth int) string {
	var b strings.Builder
	b.WriteString(" {")
	isAbstract := w.schema.Types[typeName].IsAbstractType()
	for range 1 + w.choose(5) {
		b.WriteByte(' ')
		kind := w.choose(9)
		switch {
		case depth == 0 || kind == 8:
			b.WriteString([]string{"__typename", "kind: __typename"}[w.choose(2)] + w.directive())
		case kind == 7:
			b.WriteString(w.spread(typeName, depth-1))
		case kind >= 5 || isAbstract:
			on := w.condition(typeName)
			condition := "... "
			if on != typeName || w.choose(2) == 1 {
				condition = "... on " + on
			}
			b.WriteString(condition + w.directive() + w.selection(on, depth-1))
		default:
			b.WriteString(w.field(typeName, depth-1))
		}
	}
	return b.String() + " }"
}

// condition chooses what a fragment in a selection on the type may be on: the
// type itself, what it belongs to, or what belongs to it.
func (w *writer) condition(typeName string) string {
	conditions := []string{typeName}
	for _, related := range slices.Concat(w.schema.Implements[typeName], w.schema.PossibleTypes[typeName]) {
		if related.Name != typeName {
			conditions = append(conditions, related.Name)
		}
	}
	// The last is the most telling: the object of a union.
	if w.schema.Types[typeName].IsAbstractType() {
		slices.Reverse(conditions)
	}
	return conditions[w.choose(len(conditions))]
}

// spread writes a spread of one of two fragments for each type and, the first
// time, the fragment. A fragment that is being written is not spread: it would
// spread itself.
func (w *writer) spread(typeName string, depth int) string {
	on := w.condition(typeName)
	name := fmt.Sprintf("F%d_%s", w.choose(2), on)
	text, ok := w.fragments[name]
	if ok && text == "" {
		return "__typename"
	}
	if !ok {
		w.fragments[name] = ""
		w.fragments[name] = "fragment " + name + " on " + on + w.selection(on, depth)
		w.order = append(w.order, name)
	}
	return "..." + name + w.directive()
}

func (w *writer) field(typeName string, depth int) string {
	fields := w.schema.Types[typeName].Fields
	field := fields[w.choose(len(fields))]
	key, arguments := field.Name, w.arguments(field)
	switch {
	case arguments != "":
		key = fmt.Sprintf("%s_%s: %s%s", field.Name, digest(arguments), field.Name, arguments)
	case w.choose(3) == 1:
		key = "other_" + field.Name + ": " + field.Name
	}
	key += w.directive()
	if w.schema.Types[field.Type.Name()].IsCompositeType() {
		key += w.selection(field.Type.Name(), depth)
	}
	return key
}

// digest names a text by a few letters.
func digest(text string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text))
	return strconv.FormatUint(uint64(hash.Sum32()), 36)
}

// arguments writes the required arguments of a field and some of the others.
func (w *writer) arguments(field *ast.FieldDefinition) string {
	var given []string
	for _, argument := range field.Arguments {
		isRequired := argument.Type.NonNull && argument.DefaultValue == nil
		if isRequired || w.choose(4) == 1 {
			given = append(given, argument.Name+": "+w.argument(argument))
		}
	}
	if given == nil {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

// argument writes a literal, or a variable: of the argument's type, or of one
// that may be null, which is left out or null.
func (w *writer) argument(argument *ast.ArgumentDefinition) string {
	nullable := *argument.Type
	nullable.NonNull = false
	switch choice := w.choose(8); {
	case choice < 5:
		return literal(w.value(argument.Type))
	case choice < 7 || argument.Type.NonNull && argument.DefaultValue == nil:
		return w.variable(argument.Type.String(), w.value(argument.Type), true)
	case w.choose(2) == 0:
		return w.variable(nullable.String(), nil, false)
	default:
		return w.variable(nullable.String(), nil, true)
	}
}

// variable defines a variable, once for each type and value, and names it.
func (w *writer) variable(typeName string, value any, isGiven bool) string {
	key := fmt.Sprint(typeName, literal(value), isGiven)
	name, ok := w.names[key]
	if !ok {
		name = "v" + strconv.Itoa(len(w.names))
		w.names[key] = name
		w.types = append(w.types, "$"+name+": "+typeName)
		if isGiven {
			w.variables[name] = value
		}
	}
	return "$" + name
}

// value chooses a value that the type's reader takes. The field may refuse it.
func (w *writer) value(expected *ast.Type) any {
	if expected.Elem != nil {
		items := make([]any, w.choose(5))
		for i := range items {
			items[i] = w.value(expected.Elem)
		}
		return items
	}
	definition := w.schema.Types[expected.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return enumValue(definition.EnumValues[w.choose(len(definition.EnumValues))].Name)
	case ast.InputObject:
		object := map[string]any{}
		if definition.Directives.ForName("oneOf") != nil {
			field := definition.Fields[w.choose(len(definition.Fields))]
			object[field.Name] = w.value(field.Type)
			return object
		}
		for _, field := range definition.Fields {
			if field.Type.NonNull || w.choose(4) == 1 {
				object[field.Name] = w.value(field.Type)
			}
		}
		return object
	}
	values := valuesOf(definition.Name)
	return values[w.choose(len(values))]
}

// valuesOf lists values of a scalar. A scalar that an argument of the schema
// has and that is missing here panics: it needs a line.
func valuesOf(scalar string) []any {
	switch scalar {
	case "Boolean":
		return []any{true, false}
	case "Int":
		return []any{1, 64, 256, 0, 3, -1}
	case "ID":
		return []any{"full", "bare", "none", 7}
	case "String":
		return []any{"full", "en-US", "", "de", "America/Mexico_City", "Pay {url}", "a \"quoted\"\ttext", "https://x.example/"}
	case "DateTime":
		return []any{"2023-08-09T12:00:00Z", "2023-08-09T12:00:00.120+02:00", "0001-01-01T00:00:00Z"}
	case "Decimal":
		return []any{"30", 30, "-0.125", "1234567890123456.123"}
	case "CurrencyCodeAlpha":
		return []any{"MXN", "usd", "JPY"}
	case "Duration":
		return []any{"P1D", "PT0S", "PT24H"}
	case "_Any":
		return []any{
			map[string]any{"__typename": "PaymentLink", "id": "full"},
			map[string]any{"__typename": "PaymentLink", "id": "bare"},
			map[string]any{"__typename": "PaymentLink", "id": "none"},
			map[string]any{"__typename": "PaymentLink"},
			map[string]any{"__typename": "PaymentLink", "id": "digits"},
			map[string]any{"__typename": "Other", "id": 5},
		}
	}
	panic("no values of scalar " + scalar)
}

// literal writes a value as a document does.
func literal(value any) string {
	switch value := value.(type) {
	case enumValue:
		return string(value)
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = literal(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		fields := make([]string, 0, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) {
			fields = append(fields, name+": "+literal(value[name]))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // values are plain
	}
	return string(text)
}

// directive writes @skip and @include, or mostly nothing.
func (w *writer) directive() string {
	yes := func() string { return w.variable("Boolean!", true, true) }
	no := func() string { return w.variable("Boolean! = false", nil, false) }
	switch w.choose(20) {
	case 1:
		return " @include(if: " + yes() + ")"
	case 2:
		return " @skip(if: " + no() + ")"
	case 3:
		return " @skip(if: " + yes() + ")"
	case 4:
		return " @include(if: false)"
	case 5:
		return " @skip(if: " + no() + ") @include(if: " + yes() + ")"
	}
	return ""
}
