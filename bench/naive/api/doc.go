// Package api is the naive server's schema as gqlgen generates it.
package api
