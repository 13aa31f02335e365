// Package serving starts HTTP servers together and stops them in order, with
// the requests in flight answered.
package serving
