// Package sandbox is an embedded Billpocket: the upstream of `go run .` and of
// the tests. It answers GET {any prefix}/v1/custom-link for a few demo
// merchants, counts its calls, and fails on demand.
//
// Its control is a Go API and, for programs that are not Go, the same over
// HTTP below /_sandbox/; see control.go for the JSON.
package sandbox
