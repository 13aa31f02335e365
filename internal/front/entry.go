package front

import (
	"bytes"
	"math"
	"strconv"
	"sync"
	"time"

	"paymentlinks/internal/answer"
)

// overheadBytes is what an entry costs beside its bytes.
const overheadBytes = 512

// entry is a request and the answer that net/http wrote to it.
type entry struct {
	mu  sync.RWMutex // guards key, which holds credentials and is cleared at the end
	key []byte

	// head is the answer's head in parts: between them stand the values that are
	// made new each time.
	head  [4][]byte
	fresh [3]value
	body  []byte
	ready *answer.Ready
}

// value is one that is made new each time.
type value int

const (
	valueDate value = iota
	valueID
	valueMaxAge
)

// newEntry makes an entry of what net/http wrote; nil if that is not an answer
// as the edge writes those that it keeps.
func newEntry(key, written []byte, ready *answer.Ready) *entry {
	end := bytes.Index(written, []byte("\r\n\r\n"))
	if end < 0 {
		return nil
	}
	head, body := written[:end+len("\r\n\r\n")], written[end+len("\r\n\r\n"):]
	isHEAD := bytes.HasPrefix(key, []byte("HEAD "))
	isUnmodified := bytes.HasPrefix(head, []byte("HTTP/1.1 304 "))
	if !isUnmodified && !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
		return nil
	}
	e := &entry{ready: ready}
	length, seen, from := -1, 0, 0
	_, rest := cutLine(head[:end+len("\r\n")])
	for len(rest) > 0 {
		at := end + len("\r\n") - len(rest)
		var line []byte
		line, rest = cutLine(rest)
		name, text, ok := bytes.Cut(line, []byte(": "))
		if !ok {
			return nil
		}
		start := at + len(name) + len(": ")
		var what value
		switch string(name) {
		case "Connection", "Transfer-Encoding":
			return nil
		case "Content-Length":
			n, err := strconv.Atoi(string(text))
			if err != nil {
				return nil
			}
			length = n
			continue
		case "Date":
			what = valueDate
		case "X-Request-Id":
			what = valueID
		case "Cache-Control":
			const fixed = "private, max-age="
			if !bytes.HasPrefix(text, []byte(fixed)) {
				return nil
			}
			what, start = valueMaxAge, start+len(fixed)
		default:
			continue
		}
		if seen == len(e.fresh) {
			return nil
		}
		e.head[seen], e.fresh[seen] = bytes.Clone(head[from:start]), what
		seen, from = seen+1, at+len(line)
	}
	if seen != len(e.fresh) || e.fresh[0] == e.fresh[1] || e.fresh[0] == e.fresh[2] || e.fresh[1] == e.fresh[2] {
		return nil
	}
	switch {
	case isUnmodified, isHEAD:
		if len(body) > 0 {
			return nil
		}
	case length != len(body):
		return nil
	}
	e.head[seen], e.body, e.key = bytes.Clone(head[from:]), bytes.Clone(body), bytes.Clone(key)
	return e
}

// is reports whether the entry answers a request.
func (e *entry) is(key []byte) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return bytes.Equal(e.key, key)
}

// forget clears what the entry knows of its caller.
func (e *entry) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.key)
	e.key = nil
}

func (e *entry) weight() uint32 {
	n := len(e.key) + len(e.body) + overheadBytes
	for _, part := range e.head {
		n += len(part)
	}
	return uint32(min(n, math.MaxUint32))
}

// appendHead appends the head as it is now.
func (e *entry) appendHead(b, date, id []byte, left time.Duration) []byte {
	for i, part := range e.head {
		b = append(b, part...)
		if i == len(e.fresh) {
			break
		}
		switch e.fresh[i] {
		case valueDate:
			b = append(b, date...)
		case valueID:
			b = append(b, id...)
		case valueMaxAge:
			b = strconv.AppendInt(b, int64(max(left, 0)/time.Second), 10)
		}
	}
	return b
}
