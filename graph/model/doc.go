// Package model is what the schema shows of the domain: views of links, pages
// and totals at one instant, and the scalars and enums of arguments.
//
// A view is a small value. Its computed fields are plain methods, so a field that
// is not selected costs nothing. Views are safe for concurrent use.
//
// Each view is written in two ways: by gqlgen, which calls its methods, and
// serially in lists (serial.go). Both give the same bytes.
package model
