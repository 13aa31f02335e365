// Package presenter says what a client reads of an error.
//
// Errors come from resolvers, from gqlgen and from gqlparser. Each leaves as a
// sentence of ours with a code, its path and its place in the document. It holds
// nothing of an upstream answer, of a Go type or of a stack. What was not
// classified is logged once per operation and told as an internal error.
package presenter
