package graph_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/generated"
)

// writer makes valid operations over lists of links out of bytes: each byte is
// one choice. Out of bytes it takes the first choice, which ends every
// selection. Aliases follow from the arguments, so that equal keys always merge.
type writer struct {
	choices   []byte
	schema    *ast.Schema
	fragments map[string]string // by name; "" while it is being written
	order     []string
	variables map[string]any
	types     []string // the variables' definitions
}

// writeQuery returns an operation and its variables.
func writeQuery(choices []byte) (query string, variables map[string]any) {
	w := &writer{
		choices: choices, schema: generated.NewExecutableSchema(generated.Config{}).Schema(),
		fragments: map[string]string{}, variables: map[string]any{},
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

func (w *writer) root() string {
	const depth = 4
	switch w.choose(5) {
	case 0, 1:
		return "paymentLinks" + []string{"", "(status: ACTIVE)", `(currency: "USD")`}[w.choose(3)] + w.selection("PaymentLink", depth)
	case 2:
		representations := []string{
			`{__typename: "PaymentLink", id: "full"}`, `{__typename: "PaymentLink", id: "bare"}`, `{__typename: "PaymentLink", id: "expired"}`,
			`{__typename: "PaymentLink", id: "none"}`, `{__typename: "PaymentLink"}`, `{__typename: "PaymentLink", id: "digits"}`,
		}
		return "_entities(representations: [" + strings.Join(representations[w.choose(5):], ", ") + "])" + w.selection("_Entity", depth)
	case 3:
		return fmt.Sprintf("paymentLinksConnection(first: %d) { nodes%s }", w.choose(5), w.selection("PaymentLink", depth))
	}
	return fmt.Sprintf("paymentLinksConnection(last: %d)", w.choose(5)) + w.selection("PaymentLinkConnection", depth)
}

// selection writes a selection set on a type.
func (w *writer) selection(typeName string, depth int) string {
	var b strings.Builder
	b.WriteString(" {")
	for range 1 + w.choose(5) {
		b.WriteByte(' ')
		kind := w.choose(9)
		switch {
		case depth == 0 || kind == 8:
			b.WriteString([]string{"__typename", "kind: __typename"}[w.choose(2)] + w.directive())
		case kind == 7:
			b.WriteString(w.spread(typeName, depth-1))
		case kind >= 5 || typeName == "_Entity":
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

// condition chooses what a fragment in a selection on the type may be on.
func (w *writer) condition(typeName string) string {
	switch typeName {
	case "_Entity":
		return []string{"PaymentLink", "_Entity"}[w.choose(2)]
	case "PaymentLink":
		return []string{"PaymentLink", "PaymentLink", "_Entity"}[w.choose(3)]
	}
	return typeName
}

// spread writes a spread of one of two fragments a type and, the first time, the
// fragment. A fragment that is being written is not spread: that were a cycle.
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
	arguments := w.arguments(field.Name)
	variant := w.choose(len(arguments))
	key := field.Name
	switch {
	case variant > 0:
		key = fmt.Sprintf("%s_%d: %s%s", field.Name, variant, field.Name, w.use(arguments[variant]))
	case w.choose(3) == 1:
		key = "other_" + field.Name + ": " + field.Name
	}
	key += w.directive()
	if w.schema.Types[field.Type.Name()].IsCompositeType() {
		key += w.selection(field.Type.Name(), depth)
	}
	return key
}

// arguments are the ways to give a field its arguments, the first with none.
func (w *writer) arguments(field string) []string {
	switch field {
	case "expiresIn":
		return []string{"", "(unit: MINUTES)", "(unit: $unit)", "(unit: $maybeUnit)", "(unit: $noUnit)", "(unit: DAYS)"}
	case "formatted":
		return []string{"", `(locale: "en-US")`, "(locale: $locale)", `(locale: "")`, "(locale: $noLocale)", `(locale: "de")`}
	case "share":
		return []string{"", `(locale: "en")`, `(message: "Pay {url}")`, `(message: "")`}
	case "qrCode":
		return []string{"", "(size: 64)", "(size: 1)"}
	}
	return []string{""}
}

// directive writes @skip and @include, or mostly nothing.
func (w *writer) directive() string {
	directives := []string{"@include(if: $yes)", "@skip(if: $no)", "@skip(if: $yes)", "@include(if: false)", "@skip(if: $no) @include(if: $yes)"}
	choice := w.choose(20)
	if choice == 0 || choice > len(directives) {
		return ""
	}
	return " " + w.use(directives[choice-1])
}

// use declares the variables of a text and gives them their values.
func (w *writer) use(text string) string {
	for _, variable := range []struct {
		name, typeName string
		isGiven        bool
		value          any
	}{
		{"yes", "Boolean!", true, true},
		{"no", "Boolean! = false", false, nil},
		{"unit", "PaymentLinkTimeUnit!", true, "HOURS"},
		{"maybeUnit", "PaymentLinkTimeUnit", false, nil}, // the argument's default
		{"noUnit", "PaymentLinkTimeUnit", true, nil},     // an error
		{"locale", "String!", true, "en"},
		{"noLocale", "String", true, nil},
	} {
		definition := "$" + variable.name + ": " + variable.typeName
		if !strings.Contains(text, "$"+variable.name+")") || slices.Contains(w.types, definition) {
			continue
		}
		w.types = append(w.types, definition)
		if variable.isGiven {
			w.variables[variable.name] = variable.value
		}
	}
	return text
}
