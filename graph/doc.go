// Package graph answers GraphQL operations over one caller's payment links.
//
// Resolvers are a few lines each. What costs or can fail is done once per
// operation (operation.go). Computed fields are plain methods of the views in
// package model. Lists are written serially (lists.go).
package graph
