// Package persisted knows documents that a request names instead of bringing:
// automatic persisted queries, which clients teach the server (Apollo's
// protocol: extensions.persistedQuery with version 1 and a SHA-256), and
// trusted documents, which the operator lists in manifest files and clients
// name by documentId or by the same extension.
//
// Texts are shared by all callers. That is safe, because what a caller can add
// is kept under the text's true SHA-256 alone: nobody can put a text where
// another caller's hash would find it.
package persisted
