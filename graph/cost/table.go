package cost

import "github.com/vektah/gqlparser/v2/ast"

const (
	// wholeListLinks is how many links paymentLinks is taken to give, as many as
	// paymentLinksBy can, and how many slugs and periods a summary is taken to give.
	wholeListLinks = 100
	// representationsPerTime is how many representations count as one link.
	representationsPerTime = 20
	// valuesPerPoint is how many values of its arguments a field reads for one
	// point: in half a microsecond each.
	valuesPerPoint = 10
)

// Row is what one field counts towards the complexity of an operation.
type Row struct {
	// Own is what the field counts without its selection.
	Own int
	// Times is how often its selection counts.
	Times Times
}

// Times says how often a selection counts.
type Times uint8

// How often a selection counts.
const (
	Once               Times = iota
	WholeList                // as a list of 100 links, slugs or periods
	Paged                    // once; first or last say what PageSize is within it
	PageSize                 // as many links as the page may have
	PerRepresentations       // once for 20 representations
)

// RowOf returns the row of a selected field. A field that the table does not
// have is a leaf and counts 1.
func RowOf(field *ast.Field) Row {
	if field.ObjectDefinition != nil {
		if row, ok := Lookup(field.ObjectDefinition.Name, field.Name); ok {
			return row
		}
	}
	return Row{Own: 1}
}

// Lookup is the table of what fields count, by type and field. It has a row for
// every field whose type is a list or has fields of its own, and for the leaves
// that count more than 1. It is false for any other.
func Lookup(typeName, field string) (Row, bool) {
	switch typeName + "." + field {
	case "Query.paymentLinks", "Query.paymentLinksBy":
		return Row{Own: 1, Times: WholeList}, true
	case "Query.paymentLinksConnection", "Query.paymentLinkChanges":
		return Row{Own: 1, Times: Paged}, true
	case "PaymentLinkConnection.edges", "PaymentLinkConnection.nodes", "PaymentLinkChanges.changes":
		return Row{Own: 1, Times: PageSize}, true
	case "Query._entities":
		return Row{Own: 1, Times: PerRepresentations}, true
	case "PaymentLinksSummary.byPeriod", "PaymentLinksSummary.bySlug":
		return Row{Own: 1, Times: WholeList}, true
	case "PaymentLink.qrCode":
		return Row{Own: 10}, true
	case "PaymentLink.share":
		return Row{Own: 2}, true
	case "Query.paymentLink", "Query.paymentLinkByCode", "Query.paymentLinkBy", "Query.paymentLinksSummary", "Query._service",
		"PaymentLinkConnection.pageInfo", "PaymentLinkConnection.summary", "PaymentLinkConnection.snapshot",
		"PaymentLinkEdge.node", "PaymentLinkChanges.snapshot", "PaymentLinkChange.link", "PaymentLink.amount", "PaymentLinkQrCode.matrix",
		// As long as there are states and currencies, which are few. The Budget bounds the rest.
		"PaymentLinksSummary.byState", "PaymentLinksSummary.byCurrency", "PaymentLinksSummary.byEnvironment",
		"PaymentLinkEnvironmentSummary.byCurrency", "PaymentLinkSlugSummary.byCurrency", "PaymentLinkPeriodSummary.byCurrency",
		"PaymentLinksSummary.nextToExpire", "PaymentLinksSummary.snapshot",
		"PaymentLinkCurrencySummary.total", "PaymentLinkCurrencySummary.openTotal",
		"PaymentLinkCurrencySummary.min", "PaymentLinkCurrencySummary.max", "PaymentLinkCurrencySummary.average":
		return Row{Own: 1}, true
	}
	return Row{}, false
}
