package gqlhttp

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/persisted"
	"paymentlinks/internal/tenant"
)

// Lists tells which list of links a tenant's answers are made of.
type Lists interface {
	answer.Lists
	// Ahead asks for the tenant's list as an operation would, waiting until
	// giveUp at most. It returns its generation, 0 when there is no list to look
	// answers up for, and when it stops being fresh. An operation that is
	// executed under the returned context finds the same outcome and does not
	// ask again.
	Ahead(ctx context.Context, t tenant.Tenant, giveUp time.Time) (_ context.Context, generation uint64, freshUntil time.Time)
}

// listReserve is how much of a request's time is left for the answer when the
// list does not come; half of what there is, if that is less.
const listReserve = time.Second

// newAnswers returns what keeps the answers of an edge; nil for one that keeps none.
func newAnswers(cfg *Config, compressors *compressors) (*answer.Store, error) {
	if cfg.Lists == nil || cfg.AnswerBytes == Off {
		return nil, nil //nolint:nilnil // nil is "keeps none"
	}
	return answer.New(answer.Config{
		Lists:    cfg.Lists,
		MaxBytes: cfg.AnswerBytes,
		Compress: compressors.compressNamed,
		Now:      cfg.Now,
	})
}

// question returns what the request asks, or nil if its answer is neither kept
// nor looked up: nobody but its caller may have it, or it has to be new.
func (c *call) question(caller tenant.Tenant, req *operationRequest, document *persisted.Document) *answer.Question {
	if c.t.answers == nil || caller.IsZero() || c.exchange.NoCache || len(traceHeader(c.r)) > 0 {
		return nil
	}
	for name := range req.extensions {
		if name != "persistedQuery" { // it has named the document, and says nothing more
			return nil
		}
	}
	q, ok := c.t.answers.Ask(&answer.Asked{
		Tenant: caller.Key, Limited: caller.Limited, Media: c.media.contentType(), Document: document.Text,
		Operation: req.operationName, Variables: req.variables,
	})
	if !ok {
		return nil
	}
	return q
}

// lookUp answers from what is kept, and reports whether it did. If the question
// was answered before but the list is not fresh, it asks for the list first: most
// lists have not changed. The returned context is the one to execute under, and
// the generation that of the list that was asked for, 0 for none.
func (c *call) lookUp(ctx context.Context, caller tenant.Tenant, q *answer.Question) (_ context.Context, generation uint64, answered bool, err error) {
	kept, until := q.Find()
	if kept == nil && q.IsKnown() {
		var giveUp, freshUntil time.Time
		if deadline, ok := ctx.Deadline(); ok {
			giveUp = deadline.Add(-min(listReserve, time.Until(deadline)/2))
		}
		asked := time.Now()
		ctx, generation, freshUntil = c.t.cfg.Lists.Ahead(ctx, caller, giveUp)
		c.exchange.Waited(time.Since(asked))
		kept, until = q.FindOf(generation, freshUntil)
	}
	if kept == nil {
		return ctx, generation, false, nil
	}
	c.source = sourceKept
	again := c.leaveReady(kept, until)
	err = c.sendKept(kept, until)
	if again != nil {
		again.line.status, again.line.bytes = c.status, c.bytes
	}
	return ctx, generation, true, err
}

// sent is what is told of an answer that a connection sends again. It holds
// nothing of the request that was answered first.
type sent struct {
	t    *transport
	line access
}

// leaveReady tells the connection that it may send the answer again by itself,
// where that knows how; else it returns nil. It does not know for how long a
// token is valid, so a caller who brings one is always asked for it here, and it
// counts no tenant's requests.
func (c *call) leaveReady(kept *answer.Answer, until time.Time) *sent {
	slot := answer.SlotFrom(c.r.Context())
	if slot == nil || len(c.r.Header["Authorization"]) > 0 || c.t.cfg.Tenants.HasRate() || !c.t.cfg.Now().Before(until) {
		return nil
	}
	s := &sent{t: c.t, line: access{
		method: knownMethod(c.r.Method), route: c.r.Pattern, operation: string(ast.Query), name: kept.Name,
		document: kept.Document, source: sourceFront, tenant: c.caller,
	}}
	slot.Leave(&answer.Ready{Life: kept.Life(), Served: s.served})
	return s
}

// served tells of a request that the connection answered by itself.
func (s *sent) served(hit answer.Hit) {
	s.t.cfg.Events.Answered("", s.line.status, sourceFront, false, hit.Took)
	ctx := context.Background()
	if !s.t.logs(ctx, "", s.line.status, hit.Took) {
		return
	}
	line := s.line
	line.requestID, line.took = string(hit.RequestID), hit.Took
	line.client = s.t.proxies.client(hit.Remote.String(), []string{string(hit.ForwardedFor)})
	line.log(ctx, s.t.cfg.Logger)
}

// executeShared executes an operation whose answer others may have, and have
// them wait for it who ask the same meanwhile.
func (c *call) executeShared(
	ctx context.Context, exec graphql.GraphExecutor, req operationRequest, document persisted.Document, q *answer.Question, generation uint64,
) error {
	flight, leads := q.Join(generation)
	if flight != nil && !leads {
		shared, until := flight.Wait(ctx, c.exchange.ReceivedAt)
		switch {
		case shared != nil:
			c.register(document)
			c.source = sourceShared
			return c.sendKept(shared, until)
		case c.r.Context().Err() != nil:
			return c.r.Context().Err()
		}
		flight = nil // what came is not for all: ask alone
	}
	c.asked, c.flight = q, flight
	if flight != nil {
		ctx = flight.Context(ctx)
		defer c.land(nil) // also when the execution panics
	}
	return c.execute(ctx, exec, req, document)
}

// keep makes the answer that others may have, keeps it if the question is asked
// again, and gives it to those who wait. It returns nil if there is none.
func (c *call) keep(resp *graphql.Response) *answer.Answer {
	if c.asked == nil {
		return nil
	}
	kept := c.keepable(resp)
	c.land(kept)
	return kept
}

func (c *call) keepable(resp *graphql.Response) *answer.Answer {
	const before, after = `{"data":`, `}`
	switch {
	case resp == nil, len(resp.Errors) > 0, len(resp.Extensions) > 0, resp.HasNext != nil, c.operation != ast.Query:
		return nil
	case resp.Data == nil, bytes.Equal(resp.Data, []byte("null")), len(before)+len(resp.Data)+len(after) > c.t.cfg.MaxAnswerBytes:
		return nil
	}
	isMetAgain := c.asked.IsMetAgain()
	if !isMetAgain && (c.flight == nil || !c.flight.IsFollowed()) {
		return nil
	}
	body := make([]byte, 0, len(before)+len(resp.Data)+len(after))
	body = append(append(append(body, before...), resp.Data...), after...)
	kept := c.asked.New(body, c.exchange.Freshness())
	if kept != nil {
		kept.Document, kept.Name = hashOf(c.document), strings.Clone(loggable(c.name))
		c.asked.Keep(kept)
	}
	return kept
}

// land ends the flight that the call leads, once.
func (c *call) land(a *answer.Answer) {
	if c.flight != nil {
		c.flight.Land(a)
		c.flight = nil
	}
}

// register remembers a document that others will only name.
func (c *call) register(document persisted.Document) {
	if c.t.cfg.Persisted != nil {
		c.t.cfg.Persisted.Register(document)
	}
}

// sendKept sends a finished answer, which is fresh until an instant. A caller of
// GET or HEAD who has it already is told so. POST knows no such condition: RFC
// 9110, section 13.1.2, would refuse it.
func (c *call) sendKept(a *answer.Answer, until time.Time) error {
	with := c.codingFor(len(a.Body))
	form, err := a.Form(with.contentEncoding())
	if err != nil {
		return err
	}
	c.operation, c.kept, c.name = ast.Query, a, a.Name
	c.setHeader("Cache-Control", cacheControl(exchange.Freshness{FreshUntil: until}, c.t.cfg.Now()))
	c.setHeader("Etag", form.ETag)
	if c.r.Method != http.MethodPost && isAmong(c.r.Header["If-None-Match"], form.ETag) {
		c.send(http.StatusNotModified)
		return nil
	}
	if form.Coding != "" {
		c.setHeader("Content-Encoding", form.Coding)
	}
	// What this request held was for making the answer. A long one is held for all
	// who read it: they outlive its stay among the kept ones.
	c.memory.Release()
	if len(form.Body) > smallAnswerBytes && c.r.Method != http.MethodHead {
		release, ok := c.t.cfg.Memory.Hold(form.Body)
		if !ok {
			return overload.ErrNoMemory()
		}
		defer release()
	}
	c.send(http.StatusOK, form.Body)
	return nil
}

// isAmong reports whether If-None-Match lists a tag, by weak comparison (RFC
// 9110, sections 8.8.3.2 and 13.1.2).
func isAmong(ifNoneMatch []string, tag string) bool {
	for element := range listElements(ifNoneMatch) {
		if element == "*" || strings.TrimPrefix(element, "W/") == tag {
			return true
		}
	}
	return false
}
