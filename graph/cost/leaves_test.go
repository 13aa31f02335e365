package cost_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/generated"
)

// leaves says what bounds the cost of each leaf that is longer than a number. A
// leaf of a scalar that is short by nature needs no line; see isShort.
func leaves() map[string]string {
	const (
		sent     = "as long as upstream sent it; the Budget's bytes bound how often"
		composed = "composed for the caller; the Budget's text"
		drawn    = "drawn for the caller; the Budget's modules"
		cursor   = "a position of a few texts of upstream; the Budget's bytes"
		constant = "the same few bytes for every list"
	)
	return map[string]string{
		"PaymentLink.id":               sent,
		"PaymentLinkChange.id":         sent,
		"PaymentLinkChanges.syncToken": "a few versions, instants and ids, at most 8 of each",
		"PaymentLink.url":              sent,
		"PaymentLink.code":             sent,
		"PaymentLink.slug":             sent,
		"PaymentLink.title":            sent,
		"PaymentLink.description":      sent,
		"PaymentLink.userId":           sent,
		"PaymentLink.purchaseId":       sent,
		"PaymentLink.availableRates":   sent,
		"PaymentLink.extraInfo":        sent,
		"PaymentLink.upstream":         sent,
		"PaymentLinkSlugSummary.slug":  sent,
		"PaymentLinkAmount.formatted":  composed,
		"PaymentLinkShare.text":        composed,
		"PaymentLinkShare.whatsapp":    composed,
		"PaymentLinkShare.email":       composed,
		"PaymentLinkShare.sms":         composed,
		"PaymentLinkQrCode.dataUri":    drawn,
		"PaymentLinkQrCode.mediaType":  constant,
		"PaymentLinkEdge.cursor":       cursor,
		"PageInfo.startCursor":         cursor,
		"PageInfo.endCursor":           cursor,
		"PaymentLinkAmount.minorUnits": "a number of at most 40 digits",
		"PaymentLinksSnapshot.version": constant,
	}
}

// isShort reports whether values of a leaf's type take a few bytes, whatever
// upstream sends.
func isShort(definition *ast.Definition) bool {
	switch definition.Name {
	case "Boolean", "Int", "Float", "DateTime", "Date", "Decimal", "Duration", "CurrencyCodeAlpha":
		return true
	}
	return definition.Kind == ast.Enum
}

// The cost of every field of the schema is bounded: a list or an object by its
// row, a leaf by its type or by what leaves says.
func TestEveryFieldIsBounded(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	known, seen := leaves(), 0
	for _, owner := range schema.Types {
		if owner.BuiltIn || owner.Kind != ast.Object || owner.Name == "Entity" || strings.HasPrefix(owner.Name, "__") {
			continue
		}
		for _, field := range owner.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			seen++
			place := owner.Name + "." + field.Name
			definition := schema.Types[field.Type.Name()]
			_, hasRow := cost.Lookup(owner.Name, field.Name)
			_, isLeaf := known[place]
			delete(known, place)
			switch {
			case hasRow && isLeaf:
				t.Errorf("%s has a row, and need not be among the leaves", place)
			case !hasRow && !isLeaf && !isShort(definition):
				t.Errorf("%s is %s: say in table.go or among the leaves what bounds its cost", place, field.Type)
			case !hasRow && field.Type.Elem != nil:
				t.Errorf("%s is a list, and table.go has no row for it", place)
			}
		}
	}
	for place := range known {
		t.Errorf("%s is not in the schema", place)
	}
	if seen < 60 {
		t.Errorf("%d fields were found: the test does not see the schema", seen)
	}
}
