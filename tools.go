//go:build tools

// Package main's tools.go pins the code generators in go.mod, so that
// `go generate ./...` runs the same version everywhere.
package main

import (
	_ "github.com/99designs/gqlgen"
)
