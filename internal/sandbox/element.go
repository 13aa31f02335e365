package sandbox

import (
	"bytes"
	"encoding/json"
	"time"
)

// timeLayout is upstream's: no zone, no fraction.
const timeLayout = "2006-01-02T15:04:05"

// element writes one payment link key by key, so that a link can lack a key,
// hold it in an odd type, or hold one that nobody knows.
type element struct {
	out   *bytes.Buffer
	empty bool
}

// appendElement writes one element of an array that begins with "[".
func appendElement(out *bytes.Buffer, write func(e *element)) {
	if out.Len() > 1 {
		out.WriteString(",\n")
	}
	e := &element{out: out, empty: true}
	out.WriteByte('{')
	write(e)
	out.WriteByte('}')
}

// raw writes a key with a JSON value as it is.
func (e *element) raw(key, value string) {
	if !e.empty {
		e.out.WriteByte(',')
	}
	e.empty = false
	e.out.WriteByte('"')
	e.out.WriteString(key)
	e.out.WriteString(`":`)
	e.out.WriteString(value)
}

func (e *element) text(key, value string) {
	quoted, _ := json.Marshal(value) // a string always has a JSON form
	e.raw(key, string(quoted))
}

func (e *element) time(key string, at time.Time) { e.text(key, at.UTC().Format(timeLayout)) }
