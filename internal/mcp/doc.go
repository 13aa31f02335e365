// Package mcp serves the graph to assistants by the Model Context Protocol:
// over HTTP, stateless, and over standard input.
//
// A tool is a GraphQL document. Its arguments are the variables, its result is
// the data, and both are described from the schema. So whatever a tool does, a
// client of the API could do, under the same limits and as the same caller.
// The documents of the tools that are always there are in the folder tools; a
// trusted document whose operation has a description becomes a tool, too.
//
// Nothing here is executed but by gqlhttp. Tools only read.
package mcp
