package validation

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/graph/model"
	"paymentlinks/graph/presenter"
)

// Variables checks variables before execution: by the specification's coercion
// rules (section 6.1.2) and by our own scalars. gqlparser lets some through:
// numbers for strings, strings for numbers, enum values in any case. The errors
// have paths like gqlparser's. Variables is a gqlgen extension, safe for
// concurrent use.
type Variables struct {
	// Schema is that of the operations.
	Schema *ast.Schema
}

var _ graphql.OperationContextMutator = Variables{}

// ExtensionName implements graphql.HandlerExtension.
func (Variables) ExtensionName() string { return "Variables" }

// Validate implements graphql.HandlerExtension.
func (Variables) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (s Variables) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, definition := range op.Operation.VariableDefinitions {
		value, given := op.Variables[definition.Variable]
		if !given {
			continue
		}
		check := variableCheck{schema: s.Schema, path: ast.Path{presenter.VariableElement, ast.PathName(definition.Variable)}}
		checked, err := check.value(definition.Type, value)
		if err != nil {
			return gqlerror.WrapPath(check.path, err)
		}
		op.Variables[definition.Variable] = checked
	}
	if name, found := nullCondition(op.Operation, op.Variables); found {
		path := ast.Path{presenter.VariableElement, ast.PathName(name)}
		return gqlerror.WrapPath(path, &model.InputError{Reason: "must not be null, as @skip or @include reads it"})
	}
	return nil
}

// variableCheck walks one variable. path is the place that it looks at, and after
// an error the place of the error.
type variableCheck struct {
	schema *ast.Schema
	path   ast.Path
}

// value returns v, or what has to be used in its place.
func (c *variableCheck) value(expected *ast.Type, v any) (any, error) {
	if v == nil && expected.NamedType == anyScalar {
		return map[string]any{}, nil // fails alone, at its own index
	}
	if v == nil {
		return nil, nil //nolint:nilnil // null; gqlparser has refused it where it may not be
	}
	if expected.Elem != nil {
		items := slices.Clone(graphql.CoerceList(v))
		for i := range items {
			if err := c.child(ast.PathIndex(i), expected.Elem, &items[i]); err != nil {
				return nil, err
			}
		}
		return items, nil
	}
	definition := c.schema.Types[expected.NamedType]
	switch definition.Kind {
	case ast.InputObject:
		return c.object(definition, v)
	case ast.Enum:
		if name, ok := v.(string); !ok || definition.EnumValues.ForName(name) == nil {
			return nil, &model.InputError{Reason: presenter.NotOneOf(definition)}
		}
	default:
		return readScalar(definition.Name, v)
	}
	return v, nil
}

func (c *variableCheck) object(definition *ast.Definition, v any) (any, error) {
	given, ok := v.(map[string]any)
	if !ok {
		return nil, &model.InputError{Reason: "must be an object"}
	}
	checked := make(map[string]any, len(given))
	for name, value := range given {
		// gqlparser has refused names that the type does not have, and lets
		// __typename pass for the sake of clients that send it back.
		field := definition.Fields.ForName(name)
		if field == nil {
			continue
		}
		if err := c.child(ast.PathName(name), field.Type, &value); err != nil {
			return nil, err
		}
		checked[name] = value
	}
	if isOneOf(definition) && !hasOneValue(checked) {
		return nil, &model.InputError{Reason: "must have exactly one of the fields of " + definition.Name + ", and not null"}
	}
	return checked, nil
}

func hasOneValue(object map[string]any) bool {
	for _, value := range object {
		return len(object) == 1 && value != nil
	}
	return false
}

func (c *variableCheck) child(at ast.PathElement, expected *ast.Type, v *any) error {
	c.path = append(c.path, at)
	checked, err := c.value(expected, *v)
	if err != nil {
		return err
	}
	c.path = c.path[:len(c.path)-1]
	*v = checked
	return nil
}

// readScalar tries the reader of a scalar. What resolvers get is still the
// value as it came: they read it again where it is used.
func readScalar(name string, v any) (any, error) {
	var err error
	switch name {
	case "Int":
		_, err = model.UnmarshalInt(v)
	case "String":
		_, err = model.UnmarshalString(v)
	case "ID":
		_, err = model.UnmarshalID(v)
	case "Boolean":
		if _, ok := v.(bool); !ok {
			err = &model.InputError{Reason: "must be true or false"}
		}
	case "DateTime":
		_, err = model.UnmarshalDateTime(v)
	case "Decimal":
		_, err = model.UnmarshalDecimal(v)
	case "CurrencyCodeAlpha":
		_, err = model.UnmarshalCurrencyCodeAlpha(v)
	case "Duration":
		_, err = model.UnmarshalDuration(v)
	case "URL":
		_, err = model.UnmarshalURL(v)
	case anyScalar:
		if _, ok := v.(map[string]any); !ok {
			return map[string]any{}, nil // fails alone, at its own index
		}
	}
	return v, err
}
