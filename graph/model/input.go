// Package model is what the schema shows of the domain: views of links, pages
// and totals at one instant, and the scalars and enums of arguments.
//
// Views are small values whose computed fields are plain methods, so nothing
// is computed that nobody asks for. They are safe for concurrent use.
package model

// InputError says why an argument cannot be used. It never repeats the value.
// Errors of scalars leave Argument empty: the place at which gqlgen found the
// value names it.
type InputError struct {
	// Argument is the path of the argument: "after", "filter.ids".
	Argument string
	// Reason completes "Argument x ...": "must be an integer of 32 bits".
	Reason string
}

// Error is the sentence without its end.
func (e *InputError) Error() string { return e.Argument + " " + e.Reason }

func refuse(reason string) error { return &InputError{Reason: reason} }
