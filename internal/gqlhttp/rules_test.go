package gqlhttp_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2/validator/rules"

	"paymentlinks/internal/gqlhttp"
)

// A rule that the validator gains needs a sentence of its own.
func TestEveryRuleHasItsSentence(t *testing.T) {
	fallback := gqlhttp.RuleSentence("")
	byRule := rules.NewDefaultRules().GetInner()
	if len(byRule) < 20 {
		t.Fatalf("%d rules, want them all", len(byRule))
	}
	for rule := range byRule {
		if gqlhttp.RuleSentence(rule) == fallback {
			t.Errorf("rule %s has no sentence of its own", rule)
		}
	}
}
