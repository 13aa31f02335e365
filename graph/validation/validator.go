package validation

import (
	"cmp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// Validator holds documents to the rules. gqlparser's own function builds its
// list of rules for each document, and sorts it once for each rule: that is half
// of what a validation takes. Here it is made once. A Validator is safe for
// concurrent use.
type Validator struct {
	schema *ast.Schema
	rules  []core.Rule // by name, as gqlparser runs them
}

// New returns a Validator for a schema.
func New(schema *ast.Schema, options Options) *Validator {
	v := &Validator{schema: schema}
	for name, rule := range ruleSet(options).GetInner() {
		v.rules = append(v.rules, core.Rule{Name: name, RuleFunc: rule})
	}
	slices.SortFunc(v.rules, func(a, b core.Rule) int { return cmp.Compare(a.Name, b.Name) })
	return v
}

// Validate returns what is wrong with a document. It links the document's parts
// to the schema, as execution needs it.
func (v *Validator) Validate(document *ast.QueryDocument) gqlerror.List {
	var errs gqlerror.List
	var events core.Events
	for _, rule := range v.rules {
		rule.RuleFunc(&events, func(options ...core.ErrorOption) {
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			errs = append(errs, err)
		})
	}
	core.Walk(v.schema, document, &events)
	return errs
}
