// Package answer keeps finished answers of queries, so that a question that
// was answered before costs a look-up and no execution.
//
// A question is a tenant, a media type, a document, an operation name and
// variables. They are put into one string of bytes, and an answer is found when
// those bytes are equal as a whole. A hash only says where to look.
//
// An answer holds as long as the list of links that it was made of. Each list
// has a generation, a number that no other list of the process ever had. The
// store asks for the generation at every look-up, so that a list that is purged
// or replaced takes all its answers along in the same instant, without a search.
// A list that was fetched again and has not changed keeps its generation: its
// answers stay, and are fresh for as long as the list is. A query whose answer
// flips when a link expires is not found past that instant.
//
// What may be kept is the caller's to decide, by Freshness: an answer that is
// volatile, stale or depends on no list is never kept. Memory is bounded by
// bytes. A question that is met for the first time leaves a mark of eight bytes
// and nothing else, so that a flood of questions that never come again pushes
// out nothing useful.
package answer
