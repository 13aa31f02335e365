package guard_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"paymentlinks/internal/guard"
)

// budget is the most that parsing, the guard and validation together may
// spend on one document. It is said of an unhurried machine without the race
// detector, where the worst attack takes a tenth of it.
const budget = 50 * time.Millisecond

// withoutSuggestions are the validation rules as the service applies them.
func withoutSuggestions() *rules.Rules {
	r := rules.NewDefaultRules()
	for _, replaced := range []struct{ name, by string }{
		{rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.Name},
		{rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.Name},
		{rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.Name},
		{rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.Name},
		{rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.Name},
	} {
		r.RemoveRule(replaced.name)
		for _, rule := range []validator.Rule{
			rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
			rules.KnownTypeNamesRuleWithoutSuggestions, rules.ScalarLeafsRuleWithoutSuggestions,
			rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
		} {
			if rule.Name == replaced.by {
				r.AddRule(rule.Name, rule.RuleFunc)
			}
		}
	}
	return r
}

// cost runs a document through the guard and, if that lets it pass, through
// parsing and validation, and returns the least time of a few runs: what other
// processes and the collector add is not the document's doing.
func cost(g *guard.Guard, s *ast.Schema, document string) time.Duration {
	least := time.Hour
	for range 3 {
		start := time.Now()
		if g.Check(document) == nil {
			if doc, err := parser.ParseQuery(&ast.Source{Input: document}); err == nil {
				_ = validator.ValidateWithRules(s, doc, withoutSuggestions())
			}
		}
		least = min(least, time.Since(start))
	}
	return least
}

func TestWorstDocumentKeepsTheBudget(t *testing.T) {
	allowed := budget
	if raceEnabled {
		allowed *= 10
	}
	s := schema(t)
	g := newGuard(t, guard.Limits{MemoryBytes: guard.Off})
	type outcome struct {
		attack
		cost time.Duration
	}
	var outcomes []outcome
	for _, a := range attacks() {
		spent := cost(g, s, a.document)
		outcomes = append(outcomes, outcome{a, spent})
		if spent > allowed {
			t.Errorf("%s: %d bytes cost %v, want at most %v (refused: %v)", a.name, len(a.document), spent, allowed, g.Check(a.document))
		}
	}
	slices.SortFunc(outcomes, func(a, b outcome) int { return int(b.cost - a.cost) })
	for _, o := range outcomes[:10] {
		t.Logf("%8.2f ms  %s, refused: %t", float64(o.cost.Microseconds())/1000, o.name, g.Check(o.document) != nil)
	}
}

// BenchmarkAttack reports the CPU of the dearest document of each kind of
// attack: guard, parser and validation together.
func BenchmarkAttack(b *testing.B) {
	s := schema(b)
	g := newGuard(b, guard.Limits{MemoryBytes: guard.Off})
	dearest, costs := map[string]attack{}, map[string]time.Duration{}
	var kinds []string
	for _, a := range attacks() {
		kind, _, _ := strings.Cut(a.name, "/")
		if _, seen := costs[kind]; !seen {
			kinds = append(kinds, kind)
		}
		if spent := cost(g, s, a.document); spent > costs[kind] {
			dearest[kind], costs[kind] = a, spent
		}
	}
	for _, kind := range kinds {
		document := dearest[kind].document
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if g.Check(document) == nil {
					if doc, err := parser.ParseQuery(&ast.Source{Input: document}); err == nil {
						_ = validator.ValidateWithRules(s, doc, withoutSuggestions())
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/document")
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	everyday := `query($after:String){paymentLinksConnection(first:20,after:$after){totalCount nodes{id title code state amount{formatted} createdAt expiresIn(unit:HOURS)} pageInfo{hasNextPage endCursor}}}`
	for name, document := range map[string]string{
		"everyday":      everyday,
		"introspection": introspection(),
		"refused":       "{" + numbered(31, "f%d ") + "}",
		"too long":      strings.Repeat(" ", maxBytes+1),
	} {
		b.Run(name+"/first time", func(b *testing.B) {
			g := newGuard(b, guard.Limits{MemoryBytes: guard.Off})
			b.ReportAllocs()
			for b.Loop() {
				_ = g.Check(document)
			}
		})
		b.Run(name+"/remembered", func(b *testing.B) {
			g := newGuard(b, guard.Limits{})
			b.ReportAllocs()
			for b.Loop() {
				_ = g.Check(document)
			}
		})
	}
}
