package guard

import (
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
)

// Location is a place in a document; lines and columns start at 1, a column
// is a character.
type Location struct{ Line, Column int }

// LocationOf returns the place that a refusal is about, for the locations of a
// GraphQL error; ok is false when there is none, as with limits.
func LocationOf(err error) (at Location, ok bool) {
	located, ok := errors.AsType[*locatedError](err)
	if !ok {
		return Location{}, false
	}
	return located.at, true
}

// locatedError is the cause of a refusal that has a place.
type locatedError struct{ at Location }

func (e *locatedError) Error() string {
	return fmt.Sprintf("line %d, column %d", e.at.Line, e.at.Column)
}

func refusedAt(kind fault.Kind, public string, at Location) *fault.Error {
	return fault.Wrap(kind, public, &locatedError{at})
}

// exceeded makes the refusal for a limit; its arguments are numbers only.
func exceeded(format string, numbers ...any) *fault.Error {
	return fault.New(fault.LimitExceeded, fmt.Sprintf(format, numbers...))
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
		return exceeded("The document has more than %[1]d tokens; at most %[1]d are allowed.", g.limits.Tokens)
	}
	at := Location{Line: failure.Locations[0].Line, Column: failure.Locations[0].Column}
	return refusedAt(fault.ParseFailed,
		fmt.Sprintf("The document is not valid GraphQL syntax (line %d, column %d).", at.Line, at.Column), at)
}

// cyclic is the refusal of a fragment that spreads itself. Validation would
// refuse it too; doing it here lets everything after it expand fragments.
func cyclic(spread *ast.Position) *fault.Error {
	return refusedAt(fault.ValidationFailed,
		fmt.Sprintf("A fragment spreads itself (line %d, column %d).", spread.Line, spread.Column),
		Location{Line: spread.Line, Column: spread.Column})
}
