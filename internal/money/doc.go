// Package money knows exact decimal numbers, currencies, amounts of both, sums
// of amounts, and how people in a locale write them. Nothing in it ever passes
// through a binary float.
//
// All values are immutable and safe for concurrent use, except Sum.
package money
