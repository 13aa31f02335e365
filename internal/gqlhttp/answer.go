package gqlhttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
)

// writeAnswer writes what an operation was executed to. The data, which gqlgen
// has already encoded, is neither copied nor read again: only what stands
// before and after it is made here.
func (c *call) writeAnswer(resp *graphql.Response) error {
	head, tail := c.t.buffers.get(), c.t.buffers.get()
	defer c.t.buffers.put(head)
	defer c.t.buffers.put(tail)
	if err := c.encodeAround(resp, head, tail); err != nil {
		return err
	}
	data := []byte(resp.Data)
	if size := head.Len() + len(data) + tail.Len(); size > c.t.cfg.MaxAnswerBytes {
		return fault.NewLimit("answer_bytes", fmt.Sprintf("The answer is larger than %d bytes: ask for less at a time.", c.t.cfg.MaxAnswerBytes))
	}
	status := http.StatusOK
	if len(resp.Errors) > 0 {
		c.kind = kindOf(resp.Errors[0])
		c.tellLimitsOf(resp.Errors)
		if bytes.Equal(data, []byte("null")) {
			status = statusOfNullData(c.kind, c.media)
		}
	}
	c.describe(len(resp.Errors) > 0)
	return c.sendCompressed(status, head.Bytes(), data, tail.Bytes())
}

// encodeAround writes what stands before and after the data. Errors go first,
// as the specification advises, so that nobody overlooks them.
func (c *call) encodeAround(resp *graphql.Response, head, tail *bytes.Buffer) error {
	head.WriteByte('{')
	for i, err := range resp.Errors {
		encoded, failure := json.Marshal(c.withRequestID(err))
		if failure != nil {
			return fmt.Errorf("encode an error of the answer: %w", failure)
		}
		if i == 0 {
			head.WriteString(`"errors":[`)
		} else {
			head.WriteByte(',')
		}
		head.Write(encoded)
	}
	if len(resp.Errors) > 0 {
		head.WriteString("],")
	}
	head.WriteString(`"data":`)
	if len(resp.Extensions) > 0 {
		encoded, failure := json.Marshal(resp.Extensions)
		if failure != nil {
			return fmt.Errorf("encode the extensions of the answer: %w", failure)
		}
		tail.WriteString(`,"extensions":`)
		tail.Write(encoded)
	}
	tail.WriteByte('}')
	return nil
}

// withRequestID returns err with the request's id, which execution may not have
// known. An error's extensions may be shared, so they are not written to.
func (c *call) withRequestID(err *gqlerror.Error) *gqlerror.Error {
	if _, ok := err.Extensions["requestId"]; ok {
		return err
	}
	identified := *err
	identified.Extensions = maps.Clone(err.Extensions)
	if identified.Extensions == nil {
		identified.Extensions = map[string]any{}
	}
	identified.Extensions["requestId"] = c.exchange.RequestID
	return &identified
}

// kindOf returns the kind that an error tells clients, Internal where it tells none.
func kindOf(err *gqlerror.Error) fault.Kind {
	if code, _ := err.Extensions["code"].(string); code != "" {
		return fault.Kind(code)
	}
	return fault.Internal
}

// describe sets what caches have to know of the answer.
func (c *call) describe(failed bool) {
	freshness := c.exchange.Freshness()
	if freshness.Stale {
		c.setHeader("X-Snapshot", "stale")
	}
	if failed {
		c.setHeader("Cache-Control", noStore)
		return
	}
	c.setHeader("Cache-Control", cacheControl(freshness, c.t.cfg.Now()))
}
