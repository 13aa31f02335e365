// Package validation says what a document and its variables must be, beyond
// what gqlparser asks for.
//
// Documents are held to section 5 of the GraphQL specification. Variables are
// held to section 6.1.2 and to our own scalars before anything is executed.
package validation
