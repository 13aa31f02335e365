package model

// InputError says why the value of an argument cannot be used. It never repeats
// the value. The readers of scalars leave Argument empty: gqlgen knows the place
// of the value.
type InputError struct {
	// Argument is the path of the argument: "after", "filter.ids".
	Argument string
	// Reason completes "Argument x ...": "must be an integer of 32 bits".
	Reason string
}

// Error is the sentence without its end.
func (e *InputError) Error() string { return e.Argument + " " + e.Reason }

func refuse(reason string) error { return &InputError{Reason: reason} }
