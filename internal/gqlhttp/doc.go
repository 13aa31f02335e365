// Package gqlhttp is the HTTP edge of the GraphQL API: one transport for POST
// and GET that speaks GraphQL over HTTP, and everything that has to be decided
// before and after an operation is executed.
//
// A request passes, in this order: header size, host, cross-site rules, method,
// media types, the caller's standing, body, persisted documents, limits on the
// document, gqlgen's validation, execution. Each step is cheaper than the next
// and each may refuse. There is one writer of refusals and one of answers;
// neither repeats anything that the client sent.
package gqlhttp
