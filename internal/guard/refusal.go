package guard

import (
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
)

func refusedAt(kind fault.Kind, public string, at fault.Position) *fault.Error {
	refusal := fault.New(kind, public)
	refusal.At = []fault.Position{at}
	return refusal
}

// exceeded makes the refusal for a limit, by its name for those who count; the
// other arguments are numbers only.
func exceeded(limit, format string, numbers ...any) *fault.Error {
	return fault.NewLimit(limit, fmt.Sprintf(format, numbers...))
}

// unparsable classifies what the parser said. Its message quotes the document,
// so that only the place is taken from it. Of all its errors, only the one
// about tokens has no place.
func (g *Guard) unparsable(err error) *fault.Error {
	failure, ok := errors.AsType[*gqlerror.Error](err)
	if !ok {
		return fault.New(fault.ParseFailed, "The document is not valid GraphQL syntax.")
	}
	if len(failure.Locations) == 0 {
		return exceeded("tokens", "The document has more than %[1]d tokens; at most %[1]d are allowed.", g.limits.Tokens)
	}
	at := fault.Position{Line: failure.Locations[0].Line, Column: failure.Locations[0].Column}
	return refusedAt(fault.ParseFailed,
		fmt.Sprintf("The document is not valid GraphQL syntax (line %d, column %d).", at.Line, at.Column), at)
}

// cyclic is the refusal of a fragment that spreads itself. Validation would
// refuse it too; doing it here lets everything after it expand fragments.
func cyclic(spread *ast.Position) *fault.Error {
	return refusedAt(fault.ValidationFailed,
		fmt.Sprintf("A fragment spreads itself (line %d, column %d).", spread.Line, spread.Column),
		fault.Position{Line: spread.Line, Column: spread.Column})
}
