package model

import (
	"context"
	"errors"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/relay"
)

// Page says which page of which order is asked for, its cursors read.
type Page struct {
	args          relay.Args
	order         paymentlink.Order
	after, before *paymentlink.Position
}

// NewPage checks the arguments of a connection. Its error is an *InputError.
func NewPage(order paymentlink.Order, args relay.Args) (Page, error) {
	if err := args.Check(); err != nil {
		if refused, ok := errors.AsType[*relay.ArgumentError](err); ok {
			return Page{}, &InputError{Argument: refused.Argument, Reason: refused.Reason}
		}
		return Page{}, err
	}
	after, err := readCursor("after", order, args.After)
	if err != nil {
		return Page{}, err
	}
	before, err := readCursor("before", order, args.Before)
	if err != nil {
		return Page{}, err
	}
	return Page{args: args, order: order, after: after, before: before}, nil
}

// readCursor reads a cursor of the order; nil when there is none.
func readCursor(argument string, order paymentlink.Order, cursor *string) (*paymentlink.Position, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // no cursor is an ordinary page
	}
	fields, err := relay.DecodeCursor(order.String(), *cursor)
	if errors.Is(err, relay.ErrOtherKind) {
		return nil, &InputError{Argument: argument, Reason: "is a cursor of another order"}
	}
	if err != nil {
		return nil, &InputError{Argument: argument, Reason: "is not a cursor of this connection"}
	}
	position, err := paymentlink.ParsePosition(order, fields)
	if err != nil {
		return nil, &InputError{Argument: argument, Reason: "is not a cursor of this connection"}
	}
	return &position, nil
}

// Cut cuts the page out of a selection of the snapshot. The error is that of ctx.
func (p Page) Cut(
	ctx context.Context, selection paymentlink.Selection, snapshot *paymentlink.Snapshot, moment *Moment,
) (Connection, error) {
	var links paymentlink.Selection
	if err := moment.InTurn(ctx, func() { links = selection.OrderBy(p.order, moment.now) }); err != nil {
		return Connection{}, err
	}
	after, before := 0, links.Len()
	if p.after != nil {
		after = links.IndexAfter(*p.after)
	}
	if p.before != nil {
		before = links.IndexBefore(*p.before)
	}
	return Connection{
		links: links, order: p.order, window: p.args.Window(links.Len(), after, before), snapshot: snapshot, moment: moment,
		summary: new(lazySummary),
	}, nil
}

// Connection is a page of links. Nothing of it is computed before it is asked for.
type Connection struct {
	links    paymentlink.Selection
	order    paymentlink.Order
	window   relay.Window
	snapshot *paymentlink.Snapshot
	moment   *Moment
	summary  *lazySummary
}

// Len is how many links are on the page.
func (c Connection) Len() int { return c.window.End - c.window.Start }

// Edges are the links of the page with their cursors.
func (c Connection) Edges() []Edge {
	edges := make([]Edge, 0, c.Len())
	for i := c.window.Start; i < c.window.End; i++ {
		edges = append(edges, Edge{node: NewPaymentLink(c.links.At(i), c.moment), order: c.order})
	}
	return edges
}

// Nodes are the links of the page.
func (c Connection) Nodes() []PaymentLink {
	nodes := make([]PaymentLink, 0, c.Len())
	for i := c.window.Start; i < c.window.End; i++ {
		nodes = append(nodes, NewPaymentLink(c.links.At(i), c.moment))
	}
	return nodes
}

// PageInfo is where the page lies.
func (c Connection) PageInfo() PageInfo { return PageInfo{page: c} }

// TotalCount is how many links match, on all pages.
func (c Connection) TotalCount() int32 { return count(c.links.Len()) }

// Summary adds up the links of all pages, once for all aliases. The error is
// that of ctx.
func (c Connection) Summary(ctx context.Context) (Summary, error) {
	return c.summary.get(func() (Summary, error) { return NewSummary(ctx, c.links, c.snapshot, c.moment) })
}

// Snapshot is the list that the page was cut from.
func (c Connection) Snapshot() Snapshot { return Snapshot{snapshot: c.snapshot, moment: c.moment} }

// Edge is a link and its place in the order.
type Edge struct {
	node  PaymentLink
	order paymentlink.Order
}

// Cursor is the link's sort position.
func (e Edge) Cursor() string { return cursorOf(e.node.link, e.order, e.node.moment.now) }

// Node is the link.
func (e Edge) Node() PaymentLink { return e.node }

func cursorOf(link paymentlink.Link, order paymentlink.Order, now time.Time) string {
	return relay.EncodeCursor(order.String(), link.Position(order, now).Fields()...)
}

// PageInfo is the place of a page in its list.
type PageInfo struct {
	page Connection
}

// HasNextPage is exact whichever way the page was cut.
func (p PageInfo) HasNextPage() bool { return p.page.window.HasNext }

// HasPreviousPage is exact whichever way the page was cut.
func (p PageInfo) HasPreviousPage() bool { return p.page.window.HasPrevious }

// StartCursor is nil on an empty page.
func (p PageInfo) StartCursor() *string { return p.cursorAt(p.page.window.Start) }

// EndCursor is nil on an empty page.
func (p PageInfo) EndCursor() *string { return p.cursorAt(p.page.window.End - 1) }

func (p PageInfo) cursorAt(i int) *string {
	if p.page.Len() == 0 {
		return nil
	}
	return new(cursorOf(p.page.links.At(i), p.page.order, p.page.moment.now))
}
