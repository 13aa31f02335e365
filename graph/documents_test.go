package graph

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

func TestDocumentsAreBoundedByBytes(t *testing.T) {
	const maxBytes = 1 << 20
	kept := newDocuments(maxBytes)
	for i := range 4_000 { // each twice
		kept.add(fmt.Sprintf("{ a%04d: __typename %s }", i/2, strings.Repeat(" ", 100)), &ast.QueryDocument{})
	}
	if weight := kept.cache.WeightedSize(); weight > maxBytes || weight < maxBytes/2 {
		t.Errorf("%d bytes are taken, want just below %d", weight, maxBytes)
	}
	huge := strings.Repeat("x", maxBytes)
	kept.add(huge, &ast.QueryDocument{})
	kept.add(huge, &ast.QueryDocument{})
	if kept.get(huge) != nil {
		t.Error("a document that is larger than the bound was kept")
	}
}

func TestDocumentsAreFoundByTheirWholeText(t *testing.T) {
	kept := newDocuments(1 << 20)
	document := &ast.QueryDocument{}
	kept.add("{ a }", document)
	if kept.get("{ a }") != nil {
		t.Error("a document that was met once is kept")
	}
	kept.add("{ a }", document)
	if got := kept.get("{ a }"); got != document {
		t.Errorf("got %p, want %p", got, document)
	}
	if kept.get("{ a  }") != nil {
		t.Error("another text finds the document")
	}
}

// The factor by which text is weighed covers what parsed documents really take.
func TestDocumentWeight(t *testing.T) {
	schema := newSchema().Schema()
	tests := map[string]string{
		"short fields": "{ " + strings.Repeat("__typename ", 250) + "}",
		"aliases":      "{ " + strings.Repeat("a:__typename ", 250) + "}",
		"objects":      "{ " + strings.Repeat("paymentLinks{id} ", 200) + "}",
		"arguments":    "{ " + strings.Repeat(`paymentLink(id:"") {id} `, 150) + "}",
		"variables":    "query (" + strings.Repeat("$a:ID ", 250) + ") { __typename }",
		"lists":        "{ paymentLinksSummary(filter:{ids:[" + strings.Repeat("1 ", 2_000) + "]}) {count} }",
		"directives":   "{ __typename " + strings.Repeat("@a ", 250) + "}",
		"usual":        strings.Repeat("query Usual { paymentLinksConnection(first: 20) { nodes { id title amount { value } } } }\n", 5),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			documents := make([]*ast.QueryDocument, 32)
			before := heapBytes()
			for i := range documents {
				document, err := parser.ParseQuery(&ast.Source{Input: strings.Clone(text)})
				if err != nil {
					t.Fatal(err)
				}
				_ = validator.ValidateWithRules(schema, document, nil)
				documents[i] = document
			}
			taken := (heapBytes() - before) / int64(len(documents))
			t.Logf("%d bytes for each byte", taken/int64(len(text)))
			if weight := int64(documentWeight(text)); taken > weight {
				t.Errorf("%d bytes of text take %d, %d for each, and are weighed as %d", len(text), taken, taken/int64(len(text)), weight)
			}
			runtime.KeepAlive(documents)
		})
	}
}

func heapBytes() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
