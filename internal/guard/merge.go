package guard

import (
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/fault"
)

// Fields of one response key that stand in one place of the answer are merged
// (GraphQL, section 5.3.2), and validation compares them pairwise; so are the
// fragments that are spread side by side. This file expands every operation
// and fragment into merged selection sets and counts both. A document that got
// here expands to no more than Limits.Visits parts, so plain expansion is
// cheap.

// merger counts over the merged selection sets of a document.
type merger struct {
	survey      *survey
	repetitions int // the most fields of one response key in one merged set
	comparisons int
}

// merged is one merged selection set.
type merged struct {
	fields  map[string]*mergedField
	spreads int
}

// mergedField is every field of one response key in a merged set.
type mergedField struct {
	count int
	below []ast.SelectionSet
}

func (s *survey) mergeRefusal() *fault.Error {
	g := merger{survey: s}
	for _, o := range s.document.Operations {
		g.merge(o.SelectionSet)
		g.mergeInline(o.SelectionSet)
	}
	for _, f := range s.document.Fragments {
		g.merge(f.SelectionSet)
		g.mergeInline(f.SelectionSet)
	}
	if g.repetitions > s.limits.Repetitions {
		return exceeded("repetitions", "One response key occurs %d times in a selection set; at most %d are allowed.", g.repetitions, s.limits.Repetitions)
	}
	if g.comparisons > s.limits.Comparisons {
		return exceeded("comparisons", "Validation would compare %d pairs of fields and fragments; at most %d are allowed.", g.comparisons, s.limits.Comparisons)
	}
	return nil
}

// mergeInline merges every inline fragment below a set by itself, too:
// validation looks for conflicts within each of them separately.
func (g *merger) mergeInline(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			g.mergeInline(selection.SelectionSet)
		case *ast.InlineFragment:
			g.merge(selection.SelectionSet)
			g.mergeInline(selection.SelectionSet)
		case *ast.FragmentSpread:
			if f := g.survey.fragments[selection.Name]; f != nil {
				g.mergeInline(f.SelectionSet)
			}
		}
	}
}

// merge counts over the selection set that the given ones form together, and
// over those below it.
func (g *merger) merge(sets ...ast.SelectionSet) {
	into := merged{}
	for _, set := range sets {
		g.collect(&into, set)
	}
	g.comparisons = sum(g.comparisons, pairs(into.spreads))
	for _, field := range into.fields {
		g.repetitions = max(g.repetitions, field.count)
		g.comparisons = sum(g.comparisons, pairs(field.count))
		if len(field.below) > 0 {
			g.merge(field.below...)
		}
	}
}

func (g *merger) collect(into *merged, set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if into.fields == nil {
				into.fields = make(map[string]*mergedField, len(set))
			}
			field := into.fields[selection.Alias]
			if field == nil {
				field = &mergedField{}
				into.fields[selection.Alias] = field
			}
			field.count++
			if len(selection.SelectionSet) > 0 {
				field.below = append(field.below, selection.SelectionSet)
			}
		case *ast.InlineFragment:
			g.collect(into, selection.SelectionSet)
		case *ast.FragmentSpread:
			into.spreads++
			if f := g.survey.fragments[selection.Name]; f != nil {
				g.collect(into, f.SelectionSet)
			}
		}
	}
}

// pairs is the number of pairs that can be made of n things.
func pairs(n int) int { return n * (n - 1) / 2 }
