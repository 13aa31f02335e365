package guard

import (
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/fault"
)

// unbounded stands for a limit that is off, and is where counts stop growing:
// a document of 1,000 tokens can expand to 2^100 fields.
const unbounded = 1 << 40

// survey measures one document. A fragment is measured once and its measures
// are added wherever it is spread, so the cost is linear in the document.
type survey struct {
	limits    Limits
	document  *ast.QueryDocument
	fragments map[string]*ast.FragmentDefinition
	// measured holds the fragments met so far; nil while one is being measured.
	measured map[*ast.FragmentDefinition]*measures
	// cycle is where a fragment was found to spread itself; nil if none does.
	cycle *ast.Position
	// valueDepth is the deepest value of the whole document.
	valueDepth int
}

// measures describe a selection set with its fragments expanded.
type measures struct {
	depth      int // field levels
	rootFields int // fields of the set itself, not of those below
	aliases    int
	directives int
	answered   int // fields of the answer, were the set introspection
	introspect int // the same, of what stands below __schema and __type
	size       int // parts, each counted once per place it is expanded at
	visits     int // size, and the size of every inline fragment once more
}

func newSurvey(limits Limits, document *ast.QueryDocument) *survey {
	s := &survey{
		limits:    limits,
		document:  document,
		fragments: make(map[string]*ast.FragmentDefinition, len(document.Fragments)),
		measured:  make(map[*ast.FragmentDefinition]*measures, len(document.Fragments)),
	}
	for _, f := range document.Fragments {
		if _, taken := s.fragments[f.Name]; !taken { // validation, too, lets the first win
			s.fragments[f.Name] = f
		}
	}
	return s
}

// refusal returns why the document is refused, nil if it is not.
func (s *survey) refusal() *fault.Error {
	operations := make([]measures, len(s.document.Operations))
	visits := 0
	for i, operation := range s.document.Operations {
		operations[i] = s.operation(operation)
		visits = sum(visits, operations[i].visits)
	}
	for _, f := range s.document.Fragments {
		visits = sum(visits, s.fragment(f).visits)
	}
	if s.cycle != nil {
		return cyclic(s.cycle)
	}
	if s.valueDepth > s.limits.ValueDepth {
		return exceeded("value_depth", "The document nests values %d deep; at most %d levels are allowed.", s.valueDepth, s.limits.ValueDepth)
	}
	if visits > s.limits.Visits {
		return exceeded("visits", "Validation would visit more than %[1]d parts of the document; at most %[1]d are allowed.", s.limits.Visits)
	}
	for _, m := range operations {
		if refusal := s.overLimit(m); refusal != nil {
			return refusal
		}
	}
	return s.mergeRefusal()
}

// overLimit compares one operation with the limits that are about it alone.
func (s *survey) overLimit(m measures) *fault.Error {
	switch l := s.limits; {
	case m.depth > l.Depth:
		return exceeded("depth", "The document is %d levels deep; at most %d are allowed.", m.depth, l.Depth)
	case m.rootFields > l.RootFields:
		return exceeded("root_fields", "The operation has %d root fields; at most %d are allowed.", m.rootFields, l.RootFields)
	case m.aliases > l.Aliases:
		return exceeded("aliases", "The operation has %d aliases; at most %d are allowed.", m.aliases, l.Aliases)
	case m.introspect > l.Introspection:
		return exceeded("introspection", "Introspection would answer more than about %[1]d fields; at most %[1]d are allowed.", l.Introspection)
	case m.directives > l.Directives:
		return exceeded("directives", "The operation has %d directives; at most %d are allowed.", m.directives, l.Directives)
	}
	return nil
}

func (s *survey) operation(o *ast.OperationDefinition) measures {
	var m measures
	s.addDirectives(&m, o.Directives)
	for _, v := range o.VariableDefinitions {
		s.grow(&m, v.Variable, v.Type.Name())
		s.valueDepth = max(s.valueDepth, listDepth(v.Type))
		s.addValue(&m, v.DefaultValue, 1)
		s.addDirectives(&m, v.Directives)
	}
	s.addSet(&m, o.SelectionSet)
	return m
}

// fragment measures a fragment on its first call and remembers the outcome.
// One that is still being measured spreads itself and counts as empty there.
func (s *survey) fragment(f *ast.FragmentDefinition) measures {
	if m, met := s.measured[f]; met {
		if m == nil {
			return measures{}
		}
		return *m
	}
	s.measured[f] = nil
	m := &measures{}
	s.addDirectives(m, f.Directives)
	for _, v := range f.VariableDefinition { // a withdrawn proposal that the parser still reads
		s.grow(m, v.Variable, v.Type.Name())
		s.valueDepth = max(s.valueDepth, listDepth(v.Type))
		s.addValue(m, v.DefaultValue, 1)
		s.addDirectives(m, v.Directives)
	}
	s.addSet(m, f.SelectionSet)
	s.measured[f] = m
	return *m
}

func (s *survey) addSet(m *measures, set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			s.addField(m, selection)
		case *ast.InlineFragment:
			s.grow(m, selection.TypeCondition)
			s.addDirectives(m, selection.Directives)
			var inner measures
			s.addSet(&inner, selection.SelectionSet)
			m.addExpanded(inner)
			m.visits = sum(m.visits, inner.size)
		case *ast.FragmentSpread:
			s.grow(m, selection.Name)
			s.addDirectives(m, selection.Directives)
			f, known := s.fragments[selection.Name]
			if !known {
				continue // validation says so
			}
			if inProgress, met := s.measured[f]; met && inProgress == nil && s.cycle == nil {
				s.cycle = selection.Position
			}
			m.addExpanded(s.fragment(f))
		}
	}
}

func (s *survey) addField(m *measures, f *ast.Field) {
	s.grow(m, f.Alias, f.Name)
	m.rootFields = sum(m.rootFields, 1)
	if f.Alias != f.Name {
		m.aliases = sum(m.aliases, 1)
	}
	s.addArguments(m, f.Arguments)
	s.addDirectives(m, f.Directives)
	var below measures
	s.addSet(&below, f.SelectionSet)
	below.answered = times(sum(below.answered, 1), elements(f.Name))
	if isIntrospection(f.Name) {
		below.introspect = below.answered
		below.depth = 0
	}
	below.depth++
	below.rootFields = 0
	m.addExpanded(below)
}

// addExpanded adds the measures of a set that stands in this one.
func (m *measures) addExpanded(inner measures) {
	m.depth = max(m.depth, inner.depth)
	m.rootFields = sum(m.rootFields, inner.rootFields)
	m.aliases = sum(m.aliases, inner.aliases)
	m.directives = sum(m.directives, inner.directives)
	m.answered = sum(m.answered, inner.answered)
	m.introspect = sum(m.introspect, inner.introspect)
	m.size = sum(m.size, inner.size)
	m.visits = sum(m.visits, inner.visits)
}

// sum adds without overflow: it stops at unbounded.
func sum(a, b int) int { return min(a+b, unbounded) }
