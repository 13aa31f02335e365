// Package paymentlink is the domain: payment links, what can be computed of
// them, and an immutable list of them that answers filters, orders, look-ups
// and totals by index.
//
// Everything here is a pure function of values and, where time matters, of the
// instant that the caller passes in. Links, Selections and Sets are safe for
// concurrent use.
package paymentlink
