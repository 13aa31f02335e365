package guard

// Introspection answers from memory but not for nothing: each "types" or
// "fields" multiplies what is selected below it, and an alias repeats it. A
// document of a few lines could so keep a processor busy for a second, whoever
// sends it. Depth cannot bound that, because clients' own introspection queries
// are deep and narrow; so the guard estimates the answer.

// isIntrospection tells the two fields whose selections are exempt from depth:
// validation bounds how often lists nest in them.
func isIntrospection(field string) bool { return field == "__schema" || field == "__type" }

// elements is about how many elements a field of the introspection schema
// (GraphQL, section 4) has in a schema of some sixty types; 1 for other fields.
func elements(field string) int {
	switch field {
	case "types":
		return 64
	case "fields":
		return 10
	case "directives":
		return 8
	case "inputFields", "enumValues":
		return 4
	case "args":
		return 2
	}
	return 1
}

// times multiplies without overflow: it stops at unbounded.
func times(a, b int) int { return min(a*b, unbounded) }
