// Package sharedcache shares the lists of payment links between replicas of the
// program. It is a Lister over a Lister, and keeps the bodies that upstream sent
// in a Redis or Valkey.
//
// A credential pair has two keys. The head is a small hash: when the list was
// fetched, by Redis' clock, its sealed version, and who is fetching a newer one.
// The body is named by the version, compressed and sealed. The names of the keys
// and the key of the seal are derived from the pair itself: who reads Redis
// learns neither, and who writes to it can only take a list away.
//
// One replica at a time fetches a pair's list (it holds the lease of the head);
// the others wait, and are woken by Redis when the head changes. Where upstream
// refuses a pair, head and body are removed and the pair's mark goes into a
// stream, which every replica reads to drop what it keeps in memory.
//
// Redis is never needed. Commands of one List may take 50 ms together. After
// that, and while Redis does not answer, lists come from upstream as if it were
// not there. Writes go behind the answer.
package sharedcache
