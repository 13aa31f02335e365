package fault

import (
	"errors"
	"fmt"
)

// reasoned is an error that says in words of ours why it was made. A log may hold
// them at any level: whatever they quote is bounded, escaped and no secret.
type reasoned interface {
	error
	Reason() string
}

// reason is the plainest of them.
type reason string

// Because returns a cause in words of ours, for an Error's Err. Values of a
// request that it is given are written by %q, and cut by Cut before.
func Because(format string, values ...any) error { return reason(fmt.Sprintf(format, values...)) }

func (r reason) Error() string { return string(r) }

// Reason is what ReasonOf returns of an error that wraps r.
func (r reason) Reason() string { return string(r) }

// ReasonOf returns why err was made; "" where nobody has said that in words fit
// for a log.
func ReasonOf(err error) string {
	if r, ok := errors.AsType[reasoned](err); ok {
		return r.Reason()
	}
	return ""
}

// maxQuoted bounds what a log quotes of a request.
const maxQuoted = 100 // bytes

// Cut returns the beginning of what a request holds, short enough to be quoted.
func Cut(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	return text[:maxQuoted] + "..."
}
