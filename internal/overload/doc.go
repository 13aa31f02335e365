// Package overload knows who may work now, and how much memory is in flight.
package overload
