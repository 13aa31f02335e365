package guard

import (
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/doorkeeper"
	"paymentlinks/internal/fault"
)

// Guard checks documents against limits. It is safe for concurrent use.
type Guard struct {
	limits   Limits
	verdicts *otter.Cache[string, verdict] // nil when nothing is remembered
	seed     maphash.Seed
	door     doorkeeper.Doorkeeper // lets in documents that are met again
}

// verdict is what is remembered of a document; nil refusal means accepted.
type verdict struct{ refusal *fault.Error }

// entryBytes estimates what a remembered verdict costs beside its document:
// the cache's node, the map's slot, and a refusal with its sentence.
const entryBytes = 256

// New returns a guard, or an error that names the limit that makes no sense.
func New(limits Limits) (*Guard, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	g := &Guard{limits: limits, seed: maphash.MakeSeed()}
	if limits.MemoryBytes == Off {
		return g, nil
	}
	g.verdicts, err = otter.New(&otter.Options[string, verdict]{
		MaximumWeight: uint64(limits.MemoryBytes),
		Weigher:       func(document string, _ verdict) uint32 { return uint32(len(document) + entryBytes) },
		Executor:      func(task func()) { task() }, // upkeep on the caller's goroutine: it takes microseconds
	})
	if err != nil {
		return nil, fmt.Errorf("guard: remember verdicts: %w", err)
	}
	return g, nil
}

// Check reports whether a document may go on to validation. A refusal is a
// *fault.Error whose Public names the limit and its bound and holds nothing of
// the document:
//
//   - LimitExceeded: it is over a limit;
//   - ParseFailed: it is not GraphQL; At tells where;
//   - ValidationFailed: a fragment spreads itself, directly or through others;
//     At tells where.
//
// Other faults of a document, and one without an operation, are left to
// validation. The error may be shared between callers: do not change it.
func (g *Guard) Check(document string) error {
	_, err := g.Parse(document)
	return err
}

// Parse is Check for a caller who goes on to validate: it returns the document,
// which is the caller's own, if it had to be parsed. It is nil if it was met
// before and its verdict is remembered.
func (g *Guard) Parse(document string) (*ast.QueryDocument, error) {
	if len(document) > g.limits.Bytes {
		return nil, exceeded("document_bytes", "The document is %d bytes long; at most %d are allowed.", len(document), g.limits.Bytes)
	}
	if g.verdicts != nil {
		if v, ok := g.verdicts.GetIfPresent(document); ok {
			return nil, asError(v.refusal)
		}
	}
	parsed, refusal := g.judge(document)
	if g.verdicts != nil && g.door.Admits(maphash.String(g.seed, document)) {
		// The clone lets go of a larger text that document may be a part of.
		g.verdicts.Set(strings.Clone(document), verdict{refusal})
	}
	if refusal != nil {
		return nil, refusal
	}
	return parsed, nil
}

func (g *Guard) judge(document string) (*ast.QueryDocument, *fault.Error) {
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: document}, g.limits.Tokens)
	if err != nil {
		return nil, g.unparsable(err)
	}
	return parsed, newSurvey(g.limits, parsed).refusal()
}

// asError keeps a nil *fault.Error from becoming a non-nil error.
func asError(refusal *fault.Error) error {
	if refusal == nil {
		return nil
	}
	return refusal
}
