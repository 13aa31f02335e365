package graph

import (
	"context"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// What is for operators alone bears @tag(name: "operations") in the schema: fields
// of a link that hand on what upstream says, and whatever would tell their values
// to who may not read them.

const operationsTag = "operations"

// isForOperators reports whether a field of the schema is for operators alone.
func isForOperators(field *ast.FieldDefinition) bool {
	for _, directive := range field.Directives {
		if directive.Name != "tag" {
			continue
		}
		if name := directive.Arguments.ForName("name"); name != nil && name.Value.Raw == operationsTag {
			return true
		}
	}
	return false
}

// forbidden returns why the operation of ctx may not have a field; nil if it may.
func forbidden(ctx context.Context, field *ast.FieldDefinition) error {
	op := operationFrom(ctx)
	if op == nil || !op.isLimited || field == nil || !isForOperators(field) {
		return nil
	}
	return missingScope()
}

func missingScope() error {
	return fault.New(fault.Forbidden, "This needs a token with the scope "+tenant.OperationsScope+".")
}

// ScopedSDL returns the SDL for graphs whose gateway checks scopes: what bears the
// tag there has @requiresScopes here. It cannot stand on the fields of inputs, which
// keep the tag; this service holds to the scope, whichever the gateway was given.
func ScopedSDL() string {
	const tag, scopes = `@tag(name: "` + operationsTag + `")`, `@requiresScopes(scopes: [["` + tenant.OperationsScope + `"]])`
	var out strings.Builder
	isInput := false
	for line := range strings.Lines(SDL()) {
		switch {
		case strings.HasPrefix(line, "input "):
			isInput = true
		case strings.HasPrefix(line, "}"):
			isInput = false
		case strings.Contains(line, "@link("):
			line = strings.Replace(line, `"@listSize", `, `"@listSize", "@requiresScopes", `, 1)
		}
		if !isInput {
			line = strings.Replace(line, tag, scopes, 1)
		}
		out.WriteString(line)
	}
	return out.String()
}
