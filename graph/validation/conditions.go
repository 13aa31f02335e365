package validation

import "github.com/vektah/gqlparser/v2/ast"

// nullCondition finds a variable that is null although @skip or @include reads
// it. Validation lets one of a nullable type stand there if it has a default
// (section 5.8.5 of the specification, "Allowing Optional Variables When Default
// Values Exist"), and null is given all the same. gqlgen panics on it.
func nullCondition(operation *ast.OperationDefinition, variables map[string]any) (name string, found bool) {
	for _, definition := range operation.VariableDefinitions {
		value, given := variables[definition.Variable]
		if !given || value != nil || definition.Type.Name() != "Boolean" {
			continue
		}
		search := conditionSearch{variable: definition.Variable, seen: map[*ast.FragmentDefinition]struct{}{}}
		if search.selections(operation.SelectionSet) {
			return definition.Variable, true
		}
	}
	return "", false
}

// conditionSearch looks for @skip and @include that read a variable, and once
// into every fragment.
type conditionSearch struct {
	variable string
	seen     map[*ast.FragmentDefinition]struct{}
}

func (s *conditionSearch) selections(set ast.SelectionSet) bool {
	for _, selection := range set {
		found := false
		switch selection := selection.(type) {
		case *ast.Field:
			found = s.directives(selection.Directives) || s.selections(selection.SelectionSet)
		case *ast.InlineFragment:
			found = s.directives(selection.Directives) || s.selections(selection.SelectionSet)
		case *ast.FragmentSpread:
			found = s.directives(selection.Directives) || s.fragment(selection.Definition)
		}
		if found {
			return true
		}
	}
	return false
}

func (s *conditionSearch) fragment(definition *ast.FragmentDefinition) bool {
	if _, ok := s.seen[definition]; ok {
		return false
	}
	s.seen[definition] = struct{}{}
	return s.selections(definition.SelectionSet)
}

func (s *conditionSearch) directives(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		condition := directive.Arguments.ForName("if")
		if condition != nil && condition.Value.Kind == ast.Variable && condition.Value.Raw == s.variable {
			return true
		}
	}
	return false
}
