package validation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Options choose the rules.
type Options struct {
	// Introspection lets documents ask for __schema.
	Introspection bool
	// Suggestions lets errors tell names of the schema that the document does
	// not hold, and values that it does.
	Suggestions bool
}

// ruleSet returns gqlparser's rules as we want them.
func ruleSet(options Options) *rules.Rules {
	set := rules.NewDefaultRules()
	// Rules see a value in the order of their names: this one before ValuesOfCorrectType.
	set.AddRule("ExactNumbers", exactNumbers)
	if !options.Introspection {
		set.AddRule("NoSchemaIntrospection", noSchemaIntrospection)
	}
	if options.Suggestions {
		return set
	}
	for _, swapped := range [][2]core.Rule{
		{rules.FieldsOnCorrectTypeRule, rules.FieldsOnCorrectTypeRuleWithoutSuggestions},
		{rules.KnownArgumentNamesRule, rules.KnownArgumentNamesRuleWithoutSuggestions},
		{rules.KnownTypeNamesRule, rules.KnownTypeNamesRuleWithoutSuggestions},
		{rules.ScalarLeafsRule, rules.ScalarLeafsRuleWithoutSuggestions},
	} {
		set.RemoveRule(swapped[0].Name)
		set.AddRule(swapped[1].Name, swapped[1].RuleFunc)
	}
	set.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, valuesOfCorrectType)
	return set
}

// noSchemaIntrospection refuses __schema. Its type is non-null, so that no data
// could stand beside the null that would answer it. A field __type may be null,
// and is left to be so.
func noSchemaIntrospection(observers *core.Events, addError core.AddErrFunc) {
	observers.OnField(func(_ *core.Walker, field *ast.Field) {
		if field.Name == "__schema" {
			addError(core.Message("Introspection is switched off here: __schema cannot be asked for."), core.At(field.Position))
		}
	})
}

// valuesOfCorrectType is the specification's rule 5.6.1 (and, for the fields
// of input objects, 5.6.2 and 5.6.4). Its errors hold names of the schema alone,
// so they are told as they are.
func valuesOfCorrectType(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		if value.Definition == nil || value.ExpectedType == nil || value.Kind == ast.Variable {
			return
		}
		if !isOfType(value) {
			addError(core.Message(`A value of type %q is expected.`, value.ExpectedType.String()), core.At(value.Position))
			return
		}
		if value.Kind != ast.ObjectValue || value.Definition.Kind != ast.InputObject {
			return
		}
		for _, field := range value.Definition.Fields {
			if field.Type.NonNull && field.DefaultValue == nil && value.Children.ForName(field.Name) == nil {
				addError(core.Message(`Field %q of %q is required.`, field.Name, value.Definition.Name), core.At(value.Position))
			}
		}
		if isOneOf(value.Definition) && (len(value.Children) != 1 || value.Children[0].Value.Kind == ast.NullValue) {
			addError(core.Message(`Exactly one field of %q must be given, and not null.`, value.Definition.Name), core.At(value.Position))
		}
		for _, given := range value.Children {
			if value.Definition.Fields.ForName(given.Name) == nil {
				addError(core.Message(`A field is given that type %q does not define.`, value.Definition.Name), core.At(given.Position))
			}
		}
	})
}

// isOneOf reports whether an input takes exactly one of its fields (section 3.10.1).
func isOneOf(definition *ast.Definition) bool { return definition.Directives.ForName("oneOf") != nil }

// isOfType reports whether a literal, of which only the outermost level is
// looked at, can be given where its type is expected.
func isOfType(value *ast.Value) bool {
	switch value.Kind {
	case ast.NullValue:
		return !value.ExpectedType.NonNull
	case ast.ListValue:
		return value.ExpectedType.Elem != nil
	}
	switch value.Definition.Kind {
	case ast.InputObject:
		return value.Kind == ast.ObjectValue
	case ast.Enum:
		return value.Kind == ast.EnumValue && value.Definition.EnumValues.ForName(value.Raw) != nil
	}
	switch value.Definition.Name {
	case "Int":
		return value.Kind == ast.IntValue
	case "Float":
		return value.Kind == ast.IntValue || value.Kind == ast.FloatValue
	case "Boolean":
		return value.Kind == ast.BooleanValue
	case "String":
		return value.Kind == ast.StringValue || value.Kind == ast.BlockValue
	case "ID":
		return value.Kind == ast.StringValue || value.Kind == ast.BlockValue || value.Kind == ast.IntValue
	}
	return true // our own scalars read for themselves
}

// exactNumbers keeps the digits of number literals. When arguments are read,
// gqlparser turns literals into int64 and float64. That loses digits of a Decimal,
// and panics on numbers that do not fit. So literals of our own scalars become
// strings, and an Int that does not fit becomes the nearest int64, which is still
// beyond 32 bits.
func exactNumbers(observers *core.Events, _ core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		switch {
		case value.Definition != nil && value.Definition.Name == anyScalar:
			keepObject(value)
		case value.Kind == ast.IntValue:
			keepInteger(value)
		case value.Kind == ast.FloatValue:
			keepFloat(value)
		}
	})
}

// anyScalar is the type of representations in the federation specification.
const anyScalar = "_Any"

// keepObject turns a representation of another kind into an empty object. So it
// fails alone, at its own index, and the others are answered.
func keepObject(value *ast.Value) {
	isList := value.Kind == ast.ListValue && value.ExpectedType != nil && value.ExpectedType.Elem != nil
	if isList || slices.Contains([]ast.ValueKind{ast.ObjectValue, ast.Variable, ast.NullValue}, value.Kind) {
		return
	}
	value.Kind, value.Children, value.Raw = ast.ObjectValue, nil, ""
}

func keepInteger(value *ast.Value) {
	_, err := strconv.ParseInt(value.Raw, 10, 64)
	switch {
	case value.Definition != nil && isCustomScalar(value.Definition):
		value.Kind = ast.StringValue
	case err == nil:
	case value.Definition == nil || value.Definition.Name == "ID":
		value.Kind = ast.StringValue // an id of many digits, as such or in a representation
	default:
		value.Raw = fmt.Sprint(boundOf(value.Raw))
	}
}

func boundOf(digits string) int64 {
	if strings.HasPrefix(digits, "-") {
		return -1 << 63
	}
	return 1<<63 - 1
}

func keepFloat(value *ast.Value) {
	if value.Definition != nil && isCustomScalar(value.Definition) {
		value.Kind = ast.StringValue
		return
	}
	if _, err := strconv.ParseFloat(value.Raw, 64); err != nil {
		value.Raw = "0.5" // inside a representation, where no float is a key
	}
}

func isCustomScalar(definition *ast.Definition) bool {
	return definition.Kind == ast.Scalar && !definition.BuiltIn
}
