// Package fault holds the closed set of error kinds that this service knows.
//
// A Kind's string is the public code (errors[].extensions.code). Three tables
// own what becomes of a kind: upstream status to kind (billpocket), kind to
// GraphQL error (graph), kind to HTTP status (gqlhttp).
package fault
