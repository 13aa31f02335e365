// Package attack attacks the program as strangers can: it builds it, starts it
// as a process of its own, and sends it requests and upstream answers that are
// made to cost much. What a test holds to a bound is the CPU time and the peak
// memory of that process, as Linux counts them, and not the clock. It has no
// code of its own.
//
// An attack that takes longer than a second or two is a TestSoak, which needs
// the build tag soak. `make soak` runs it.
package attack
