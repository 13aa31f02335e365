package graph

import (
	"context"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// bytesPerDocumentByte is what a parsed document may take in memory for
	// each byte of its text: 110 in a list of one-digit numbers, the densest
	// there is, 20 to 60 in usual documents (TestDocumentWeight).
	bytesPerDocumentByte = 128
	// documentOverhead is what every entry takes, however short its text.
	documentOverhead = 1024
)

// documents keeps parsed and validated documents, the least used of which
// leave when together they take more than their bytes.
type documents struct {
	cache *otter.Cache[string, *ast.QueryDocument]
}

var _ graphql.Cache[*ast.QueryDocument] = documents{}

func newDocuments(maxBytes int64) documents {
	return documents{cache: otter.Must(&otter.Options[string, *ast.QueryDocument]{
		MaximumWeight: uint64(max(maxBytes, 1)),
		Weigher:       func(text string, _ *ast.QueryDocument) uint32 { return documentWeight(text) },
		// Maintenance runs where it falls due, and no goroutine outlives a call.
		Executor: func(task func()) { task() },
	})}
}

func documentWeight(text string) uint32 {
	return uint32(min(documentOverhead+bytesPerDocumentByte*len(text), math.MaxUint32))
}

// Get returns the document that was kept under its text.
func (d documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	return d.cache.GetIfPresent(text)
}

// Add keeps a document, and with it the text that it was parsed from.
func (d documents) Add(_ context.Context, text string, document *ast.QueryDocument) {
	d.cache.Set(text, document)
}
