package answer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"paymentlinks/internal/tenant"
)

// maxReusedKeyBytes is the largest key whose memory is used for another question.
const maxReusedKeyBytes = 64 << 10

// Asked is what a question consists of.
type Asked struct {
	// Tenant is who asks.
	Tenant tenant.Key
	// Limited is tenant.Tenant.Limited: who may read less is answered otherwise.
	Limited bool
	// Media is the media type that the answer will have.
	Media string
	// Document is the text, also of a document that was only named.
	Document string
	// Operation is the name of the operation; "" when the request gave none.
	Operation string
	// Variables are as decoded from JSON, with numbers as json.Number.
	Variables map[string]any
}

// Question is one request's question. It is used by one goroutine, until
// Release.
type Question struct {
	store *Store
	key   []byte
	hash  uint64
	owner tenant.Key
	media string
	epoch uint64
}

// Ask prepares a question. Its parts may be changed afterwards. Whoever asks
// calls Release when the question is settled. ok is false for variables that
// hold anything that JSON does not have: such a question has no key.
func (s *Store) Ask(a *Asked) (q *Question, ok bool) {
	q, ok = s.keys.Get().(*Question)
	if !ok {
		q = &Question{store: s}
	}
	q.owner, q.media, q.epoch = a.Tenant, a.Media, s.epoch.Load()
	// Each part is preceded by its length: no two questions share a key.
	key := append(q.key[:0], a.Tenant[:]...)
	if a.Limited {
		key = append(key, 1)
	} else {
		key = append(key, 0)
	}
	key = appendText(key, a.Media)
	key = appendText(key, a.Operation)
	key = appendText(key, a.Document)
	key, ok = appendValue(key, a.Variables)
	q.key = key
	if !ok {
		q.Release()
		return nil, false
	}
	q.hash = maphash.Bytes(s.seed, key)
	return q, true
}

// Release ends the use of q.
func (q *Question) Release() {
	if cap(q.key) <= maxReusedKeyBytes {
		q.store.keys.Put(q)
	}
}

// Find returns the answer to q that holds now, with the instant at which it
// stops being fresh; nil for none.
func (q *Question) Find() (*Answer, time.Time) {
	a := q.store.find(q)
	if a == nil {
		return nil, time.Time{}
	}
	until, ok := a.life.Until(q.store.cfg.Now())
	if !ok {
		return nil, time.Time{}
	}
	return a, until
}

// IsKnown reports whether q was answered from a list before and the answer is
// still kept, whether it holds or not. Then it is worth while to bring the list
// up to date first and to ask FindOf.
func (q *Question) IsKnown() bool { return q.store.find(q) != nil }

// FindOf returns the answer to q that was made of the list of a generation,
// which the caller has just been given and which need not be fresh any more;
// nil for none. freshUntil is that of the list, and what is returned that of the
// answer.
func (q *Question) FindOf(generation uint64, freshUntil time.Time) (*Answer, time.Time) {
	a := q.store.find(q)
	if a == nil || generation == 0 || a.life.generation != generation || a.life.hasFlipped(q.store.cfg.Now()) {
		return nil, time.Time{}
	}
	return a, a.life.earliest(freshUntil)
}

// IsMetAgain reports whether q was met before, and remembers it. Only answers
// to such questions are worth keeping.
func (q *Question) IsMetAgain() bool { return q.store.door.Admits(q.hash) }

// appendText appends a text behind its length.
func appendText(b []byte, text string) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// appendValue appends a decoded JSON value in one form: the keys of objects
// are sorted, numbers stay as they were written. Each value begins with a byte
// for its type, so that the text "1" and the number 1 differ.
func appendValue(b []byte, value any) (_ []byte, ok bool) {
	switch value := value.(type) {
	case nil:
		return append(b, 'n'), true
	case bool:
		if value {
			return append(b, 't'), true
		}
		return append(b, 'f'), true
	case string:
		return appendText(append(b, 's'), value), true
	case json.Number:
		return appendText(append(b, 'd'), value.String()), true
	case []any:
		b = binary.AppendUvarint(append(b, 'l'), uint64(len(value)))
		for _, element := range value {
			if b, ok = appendValue(b, element); !ok {
				return b, false
			}
		}
		return b, true
	case map[string]any:
		return appendObject(b, value)
	}
	return b, false
}

func appendObject(b []byte, object map[string]any) (_ []byte, ok bool) {
	b = binary.AppendUvarint(append(b, 'o'), uint64(len(object)))
	names := make([]string, 0, 16) // of the stack, for nearly all objects
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if b, ok = appendValue(appendText(b, name), object[name]); !ok {
			return b, false
		}
	}
	return b, true
}

// String keeps what was asked out of logs.
func (q *Question) String() string { return fmt.Sprintf("question of %d bytes", len(q.key)) }
