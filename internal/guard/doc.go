// Package guard refuses GraphQL documents that would cost too much, before
// they are validated.
//
// Parsing is linear, but validation is not: it compares fields of one response
// key pairwise, and walks a fragment once for each operation and fragment that
// reaches it. So the guard parses for itself, with a bound on tokens, measures
// the document in one pass in which every fragment is measured once, and only
// then expands it to see which fields merge. All of it together is linear in
// Limits.Visits, whatever the document.
package guard
