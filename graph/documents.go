package graph

import (
	"context"
	"hash/maphash"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/internal/doorkeeper"
)

const (
	// bytesPerDocumentByte is what a parsed document may take in memory for
	// each byte of its text: 110 in a list of one-digit numbers, the densest
	// there is, 20 to 60 in usual documents (TestDocumentWeight).
	bytesPerDocumentByte = 128
	// documentOverhead is what every entry takes, however short its text.
	documentOverhead = 1024
)

// documents keeps parsed and validated documents that were met twice. The least
// used leave when together they take more than their bytes.
type documents struct {
	cache *otter.Cache[string, *ast.QueryDocument]
	seed  maphash.Seed
	door  doorkeeper.Doorkeeper
}

func newDocuments(maxBytes int64) *documents {
	return &documents{seed: maphash.MakeSeed(), cache: otter.Must(&otter.Options[string, *ast.QueryDocument]{
		MaximumWeight: uint64(max(maxBytes, 1)),
		Weigher:       func(text string, _ *ast.QueryDocument) uint32 { return documentWeight(text) },
		// Maintenance runs where it falls due, and no goroutine outlives a call.
		Executor: func(task func()) { task() },
	})}
}

func documentWeight(text string) uint32 {
	return uint32(min(documentOverhead+bytesPerDocumentByte*len(text), math.MaxUint32))
}

// get returns the document that was kept under its text, nil for none.
func (d *documents) get(text string) *ast.QueryDocument {
	document, _ := d.cache.GetIfPresent(text)
	return document
}

// add keeps a document that was met before, and with it the text that it was
// parsed from.
func (d *documents) add(text string, document *ast.QueryDocument) {
	if d.door.Admits(maphash.String(d.seed, text)) {
		d.cache.Set(text, document)
	}
}

// handed is the executor's cache of documents: it holds the one that the
// executor is called with.
type handed struct{}

var _ graphql.Cache[*ast.QueryDocument] = handed{}

type handedKey struct{}

// Get returns the document of the call.
func (handed) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	document, ok := ctx.Value(handedKey{}).(*ast.QueryDocument)
	return document, ok
}

// Add is not called: Get has what there is.
func (handed) Add(context.Context, string, *ast.QueryDocument) {}
