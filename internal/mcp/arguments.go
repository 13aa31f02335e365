package mcp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"paymentlinks/internal/fault"
)

// bind returns the variables of a call, in JSON. Arguments that are null count as
// left out. The error is a *fault.Error of kind BadUserInput.
func (t *tool) bind(arguments json.RawMessage) (string, error) {
	given, err := t.given(arguments)
	if err != nil {
		return "", err
	}
	variables := map[string]json.RawMessage{}
	objects := map[string]map[string]json.RawMessage{}
	for _, name := range t.objects {
		objects[name] = map[string]json.RawMessage{}
	}
	for name, value := range given {
		a := t.arguments[name]
		if a.field == "" {
			variables[a.variable] = value
			continue
		}
		if objects[a.variable] == nil {
			objects[a.variable] = map[string]json.RawMessage{}
		}
		objects[a.variable][a.field] = value
	}
	for name, object := range objects {
		if variables[name], err = json.Marshal(object); err != nil {
			return "", fault.NewInternal(err)
		}
	}
	encoded, err := json.Marshal(variables)
	if err != nil {
		return "", fault.NewInternal(err)
	}
	return string(encoded), nil
}

// given returns the arguments that are not null.
func (t *tool) given(arguments json.RawMessage) (map[string]json.RawMessage, error) {
	given := map[string]json.RawMessage{}
	if len(arguments) > 0 {
		if err := json.Unmarshal(arguments, &given); err != nil {
			return nil, fault.New(fault.BadUserInput, "The arguments must be an object.")
		}
	}
	for name, value := range given {
		described, ok := t.input.Properties[name]
		switch {
		case !ok:
			return nil, fault.New(fault.BadUserInput, "There is an argument that the tool does not have: it has "+list(t.names())+".")
		case string(value) == "null":
			delete(given, name)
		case described.Maximum != nil && !isUpTo(value, *described.Maximum):
			return nil, fault.New(fault.BadUserInput, fmt.Sprintf("%q must be a whole number from 0 to %d: go on with a cursor.", name, *described.Maximum))
		}
	}
	for _, name := range t.input.Required {
		if given[name] == nil {
			return nil, fault.New(fault.BadUserInput, fmt.Sprintf("%q is missing.", name))
		}
	}
	return given, nil
}

func (t *tool) names() []string { return slices.Sorted(maps.Keys(t.input.Properties)) }

// list names words of ours in a sentence.
func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// isUpTo reports whether a value is a whole number from 0 to most.
func isUpTo(value json.RawMessage, most int) bool {
	var n int
	return json.Unmarshal(value, &n) == nil && n >= 0 && n <= most
}
