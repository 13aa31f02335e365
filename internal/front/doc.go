// Package front is a listener whose connections answer by themselves what has
// been answered before, and give everything else to net/http, unchanged.
//
// Between two requests of a connection net/http waits in Read. A connection of
// this package looks at what has arrived: if that is a request which net/http
// and the edge have answered before, byte for byte, it writes the answer and
// reads on, and net/http sees an idle connection. It decides nothing about HTTP
// or GraphQL. It recognises.
//
// Everything else becomes a turn of net/http. The connection finds where the
// request ends, hands out just that many bytes, and takes over again when
// net/http says that it is idle. So the two cannot disagree about where a
// request begins. A request whose end is not told strictly by one
// Content-Length (frame.go) makes the connection net/http's for good.
//
// An entry is made of the very bytes that net/http read and wrote in one turn,
// and only if the edge left word that its answer is kept. It holds as long as
// that answer: package answer is asked at every hit. Header lines that no answer
// depends on are left out of the comparison (lines.go).
package front
