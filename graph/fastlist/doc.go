// Package fastlist writes GraphQL objects serially.
//
// gqlgen completes a list with a goroutine for each element and a context for
// each field of each, which costs ten times what writing the bytes does. Here
// the selection is compiled once for the whole list, into what to write for
// each response key, and then run over the elements one after another.
//
// The bytes are those that gqlgen would write, errors and their paths included.
// What is written is charged to a [Meter] while it grows. Once the Meter
// refuses, or the context has ended, nothing more is written.
//
// The package knows no type of the schema: an [Object] says how the fields of
// one are written. A field that its Object does not know as the schema defines
// it is refused when the selection is compiled, and the caller leaves the
// selection to gqlgen.
package fastlist
