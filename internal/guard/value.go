package guard

import "github.com/vektah/gqlparser/v2/ast"

// bytesPerVisit is how much of a name or a literal counts as one part of the
// document: validation copies them into messages at every visit.
const bytesPerVisit = 32

// grow counts one part of the document, and its long texts as more.
func (s *survey) grow(m *measures, texts ...string) {
	parts := 1
	for _, text := range texts {
		parts += len(text) / bytesPerVisit
	}
	m.size = sum(m.size, parts)
	m.visits = sum(m.visits, parts)
}

func (s *survey) addDirectives(m *measures, directives ast.DirectiveList) {
	m.directives = sum(m.directives, len(directives))
	for _, d := range directives {
		s.grow(m, d.Name)
		s.addArguments(m, d.Arguments)
	}
}

func (s *survey) addArguments(m *measures, arguments ast.ArgumentList) {
	for _, a := range arguments {
		s.grow(m, a.Name)
		s.addValue(m, a.Value, 1)
	}
}

// addValue measures a value whose lists and objects are the given level.
func (s *survey) addValue(m *measures, v *ast.Value, level int) {
	if v == nil {
		return
	}
	s.grow(m, v.Raw)
	if v.Kind != ast.ListValue && v.Kind != ast.ObjectValue {
		return
	}
	s.valueDepth = max(s.valueDepth, level)
	for _, child := range v.Children {
		s.grow(m, child.Name)
		s.addValue(m, child.Value, level+1)
	}
}

// listDepth is how deep the lists of a type nest: 0 for a named type.
func listDepth(t *ast.Type) int {
	depth := 0
	for ; t != nil && t.Elem != nil; t = t.Elem {
		depth++
	}
	return depth
}
