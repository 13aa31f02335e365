// Package cost says what an operation costs and what it may spend.
//
// Complexity is counted before anything is executed, from the document and its
// variables alone. The Budget is charged while the operation is executed, before
// the work is done.
package cost
