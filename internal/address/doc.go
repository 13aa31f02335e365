// Package address knows what addresses mean: which hosts are this machine, which
// URLs a service may be called at, and what an origin of a browser is.
package address
