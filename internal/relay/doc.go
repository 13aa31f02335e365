// Package relay knows the Relay cursor connections specification: cursors, the
// arguments that ask for a page, and which elements of a list that page is. It
// knows nothing of what is in the list.
//
// Everything in it is safe for concurrent use.
package relay
