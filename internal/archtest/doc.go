// Package archtest holds the tests of the house's walls: which room may import
// which, which modules and which doors of the standard library a room may use,
// and how long a file may be. It has no code of its own.
//
// Run it with -count=1: the test cache does not notice what other packages
// import. `make test` does.
package archtest
