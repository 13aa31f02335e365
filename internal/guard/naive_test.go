package guard_test

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/fault"
)

// The guard written again without a thought for cost: it copies every fragment
// to where it is spread, then counts by plain recursion and nested loops. It
// gives up, and refuses, once a copy is larger than the limit of visits.

type bounds struct {
	tokens, depth, rootFields, aliases, directives, repetitions, valueDepth, visits, comparisons, introspection int
}

// standard are the defaults as the documentation gives them.
func standard() bounds {
	return bounds{
		tokens: 1000, depth: 15, rootFields: 30, aliases: 30, directives: 50,
		repetitions: 100, valueDepth: 10, visits: 10_000, comparisons: 10_000, introspection: 200_000,
	}
}

// node is a field (key set), an inline fragment or a spread with its copy.
type node struct {
	key, name string
	kind      string
	weight    int // itself, its arguments and directives
	dirs      int
	below     []*node
}

type naive struct {
	bounds
	doc    *ast.QueryDocument
	copied int
	cyclic bool
	values int
}

// gaveUp stands for a refusal of some kind: a text that cannot be parsed, or a
// copy so large that a cycle in it may have been missed.
const gaveUp = fault.Kind("refused")

// naiveVerdict is what the guard should say of a document: the empty kind for
// accepted.
func naiveVerdict(b bounds, document string) fault.Kind {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: document}, b.tokens)
	if err != nil {
		if _, err := parser.ParseQuery(&ast.Source{Input: document}); err == nil {
			return fault.LimitExceeded
		}
		return gaveUp
	}
	n := &naive{bounds: b, doc: doc}
	operations := make([]*node, len(doc.Operations))
	for i, o := range doc.Operations {
		root := &node{kind: "root", dirs: n.directives(o.Directives), weight: n.directiveWeight(o.Directives)}
		for _, v := range o.VariableDefinitions {
			n.variable(root, v)
		}
		root.below = n.copy(o.SelectionSet, nil)
		operations[i] = root
	}
	roots := operations
	for _, f := range doc.Fragments {
		root := n.fragment(f, []*ast.FragmentDefinition{f})
		roots = append(slices.Clip(roots), root)
	}
	if n.cyclic {
		return fault.ValidationFailed
	}
	if n.copied > b.visits {
		return gaveUp
	}
	if n.values > b.valueDepth || n.overLimit(operations, roots) {
		return fault.LimitExceeded
	}
	return ""
}

func (n *naive) overLimit(operations, roots []*node) bool {
	visits, comparisons := 0, 0
	for _, o := range operations {
		if depth(o.below) > n.depth || len(fields(o.below)) > n.rootFields ||
			count(o, func(m *node) int { return btoi(m.kind == "field" && m.key != m.name) }) > n.aliases ||
			count(o, func(m *node) int { return m.dirs }) > n.bounds.directives ||
			introspected(o.below, false) > float64(n.introspection) {
			return true
		}
	}
	for _, root := range roots {
		visits += count(root, func(m *node) int { return m.weight })
		inlineFragments(root, func(m *node) {
			for _, inner := range m.below {
				visits += count(inner, func(m *node) int { return m.weight })
			}
		})
	}
	if visits > n.visits {
		return true
	}
	for _, root := range roots {
		c, over := n.merge(root.below)
		comparisons += c
		inlineFragments(root, func(m *node) {
			c, inner := n.merge(m.below)
			comparisons += c
			over = over || inner
		})
		if over {
			return true
		}
	}
	return comparisons > n.comparisons
}

// merge counts the pairs in a merged selection set and tells whether a key is
// repeated too often.
func (n *naive) merge(set []*node) (comparisons int, over bool) {
	spreads := spreadsOf(set)
	comparisons = spreads * (spreads - 1) / 2
	all := fields(set)
	for i, a := range all {
		first, same := true, []*node{a}
		for _, b := range all[:i] {
			first = first && b.key != a.key
		}
		if !first {
			continue
		}
		for _, b := range all[i+1:] {
			if b.key == a.key {
				same = append(same, b)
			}
		}
		comparisons += len(same) * (len(same) - 1) / 2
		over = over || len(same) > n.repetitions
		var below []*node
		for _, m := range same {
			below = append(below, m.below...)
		}
		if len(below) > 0 {
			c, o := n.merge(below)
			comparisons += c
			over = over || o
		}
	}
	return comparisons, over
}

func (n *naive) copy(set ast.SelectionSet, path []*ast.FragmentDefinition) []*node {
	var out []*node
	for _, selection := range set {
		if n.copied++; n.copied > 4*n.visits {
			return out
		}
		switch x := selection.(type) {
		case *ast.Field:
			m := &node{kind: "field", key: x.Alias, name: x.Name, dirs: n.directives(x.Directives)}
			m.weight = weigh(x.Alias, x.Name) + n.directiveWeight(x.Directives) + n.arguments(x.Arguments)
			m.below = n.copy(x.SelectionSet, path)
			out = append(out, m)
		case *ast.InlineFragment:
			m := &node{kind: "inline", dirs: n.directives(x.Directives)}
			m.weight = weigh(x.TypeCondition) + n.directiveWeight(x.Directives)
			m.below = n.copy(x.SelectionSet, path)
			out = append(out, m)
		case *ast.FragmentSpread:
			m := &node{kind: "spread", dirs: n.directives(x.Directives)}
			m.weight = weigh(x.Name) + n.directiveWeight(x.Directives)
			out = append(out, m)
			f := n.doc.Fragments.ForName(x.Name)
			if f == nil {
				continue
			}
			onPath := false
			for _, p := range path {
				onPath = onPath || p == f
			}
			if onPath {
				n.cyclic = true
				continue
			}
			inner := n.fragment(f, append(slices.Clip(path), f))
			m.below, m.weight, m.dirs = inner.below, m.weight+inner.weight, m.dirs+inner.dirs
		}
	}
	return out
}

func (n *naive) fragment(f *ast.FragmentDefinition, path []*ast.FragmentDefinition) *node {
	root := &node{kind: "root", dirs: n.directives(f.Directives), weight: n.directiveWeight(f.Directives)}
	for _, v := range f.VariableDefinition {
		n.variable(root, v)
	}
	root.below = n.copy(f.SelectionSet, path)
	return root
}

func (n *naive) variable(root *node, v *ast.VariableDefinition) {
	root.weight += weigh(v.Variable, v.Type.Name()) + n.directiveWeight(v.Directives) + n.value(v.DefaultValue, 0)
	root.dirs += n.directives(v.Directives)
	lists := 0
	for t := v.Type; t.Elem != nil; t = t.Elem {
		lists++
	}
	n.values = max(n.values, lists)
}

func (n *naive) directives(list ast.DirectiveList) int { return len(list) }

func (n *naive) directiveWeight(list ast.DirectiveList) int {
	total := 0
	for _, d := range list {
		total += weigh(d.Name) + n.arguments(d.Arguments)
	}
	return total
}

func (n *naive) arguments(list ast.ArgumentList) int {
	total := 0
	for _, a := range list {
		total += weigh(a.Name) + n.value(a.Value, 0)
	}
	return total
}

func (n *naive) value(v *ast.Value, level int) int {
	if v == nil {
		return 0
	}
	if v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		level++
		n.values = max(n.values, level)
	}
	total := weigh(v.Raw)
	for _, child := range v.Children {
		total += weigh(child.Name) + n.value(child.Value, level)
	}
	return total
}

func weigh(texts ...string) int {
	total := 1
	for _, text := range texts {
		total += len(text) / 32
	}
	return total
}

func fields(set []*node) (found []*node) {
	for _, m := range set {
		if m.kind == "field" {
			found = append(found, m)
		} else {
			found = append(found, fields(m.below)...)
		}
	}
	return found
}

func spreadsOf(set []*node) (total int) {
	for _, m := range set {
		if m.kind != "field" {
			total += btoi(m.kind == "spread") + spreadsOf(m.below)
		}
	}
	return total
}

func depth(set []*node) (deepest int) {
	for _, m := range set {
		switch {
		case m.kind != "field":
			deepest = max(deepest, depth(m.below))
		case m.name == "__schema" || m.name == "__type":
			deepest = max(deepest, 1)
		default:
			deepest = max(deepest, 1+depth(m.below))
		}
	}
	return deepest
}

// introspected is how many fields a set's answer has below __schema and __type.
func introspected(set []*node, inside bool) (total float64) {
	times := map[string]float64{"types": 64, "fields": 10, "directives": 8, "inputFields": 4, "enumValues": 4, "args": 2}
	for _, m := range set {
		here := inside || (m.kind == "field" && (m.name == "__schema" || m.name == "__type"))
		inner := introspected(m.below, here)
		if m.kind == "field" && here {
			inner = (inner + 1) * max(1, times[m.name])
		}
		total += inner
	}
	return total
}

func count(m *node, of func(*node) int) int {
	total := of(m)
	for _, inner := range m.below {
		total += count(inner, of)
	}
	return total
}

func inlineFragments(m *node, visit func(*node)) {
	if m.kind == "inline" {
		visit(m)
	}
	for _, inner := range m.below {
		inlineFragments(inner, visit)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
