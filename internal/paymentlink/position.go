package paymentlink

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"paymentlinks/internal/money"
)

// ErrPosition is returned for fields that are not a position of the order.
var ErrPosition = errors.New("not a position in this order")

// Position is a place in an order: the values that the order goes by and the
// id that breaks ties. It holds however links come and go, the one that it was
// taken from included.
type Position struct {
	order    Order
	at       time.Time      // orders by time; zero: none
	currency money.Currency // orders by amount; "" none
	amount   Optional[money.Decimal]
	id       string
}

// Position returns the link's place in an order. It panics for an Order that
// Orders does not list: upstream's own order has no positions.
func (l Link) Position(o Order) Position {
	if !o.valid() {
		panic("paymentlink: a position in upstream's own order")
	}
	p := Position{order: o, id: l.ID()}
	if !o.byAmount() {
		p.at = l.set.time(l.row, o.byTime())
		return p
	}
	p.currency = l.Currency()
	if f := l.facts(); f.flags.has(hasAmount) {
		p.amount = Some(f.amount)
	}
	return p
}

// Order returns the order that the position belongs to.
func (p Position) Order() Order { return p.order }

// Fields returns the position as text, which ParsePosition reads back. The
// order is not among the fields: a cursor carries it as its kind.
func (p Position) Fields() []string {
	if !p.order.byAmount() {
		return []string{instantText(p.at), p.id}
	}
	amount := ""
	if value, ok := p.amount.Get(); ok {
		amount = value.String()
	}
	return []string{string(p.currency), amount, p.id}
}

// ParsePosition reads what Fields returned, and nothing else: only the very
// text that Fields writes is accepted. The error is ErrPosition.
func ParsePosition(o Order, fields []string) (Position, error) {
	p := Position{order: o}
	var ok bool
	switch {
	case !o.valid():
	case o.byAmount() && len(fields) == 3:
		p.id = fields[2]
		p.currency, p.amount, ok = parseAmount(fields[0], fields[1])
	case !o.byAmount() && len(fields) == 2:
		p.id = fields[1]
		p.at, ok = parseInstant(fields[0])
	}
	if !ok || p.id == "" {
		return Position{}, ErrPosition
	}
	return p, nil
}

func parseAmount(currency, amount string) (money.Currency, Optional[money.Decimal], bool) {
	var none Optional[money.Decimal]
	if currency == "" {
		return "", none, amount == "" // an amount counts only beside a currency
	}
	c, err := money.ParseCurrency(currency)
	if err != nil || string(c) != currency {
		return "", none, false
	}
	if amount == "" {
		return c, none, true
	}
	value, err := money.ParseDecimal(amount)
	if err != nil || value.String() != amount {
		return "", none, false
	}
	return c, Some(value), true
}

// instantText writes Unix seconds, and nine digits of nanoseconds where there
// are any: RFC 3339 has no year 10000, which a zone can make of 9999.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := strconv.FormatInt(t.Unix(), 10)
	if nanoseconds := t.Nanosecond(); nanoseconds != 0 {
		// The leading 1 keeps the zeros in front and is cut off.
		text += "." + strconv.Itoa(1_000_000_000 + nanoseconds)[1:]
	}
	return text
}

func parseInstant(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	whole, fraction, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	nanoseconds := int64(0)
	if fraction != "" {
		if nanoseconds, err = strconv.ParseInt(fraction, 10, 32); err != nil {
			return time.Time{}, false
		}
	}
	t := time.Unix(seconds, nanoseconds).UTC()
	return t, instantText(t) == text
}

// compare returns -1, 0 or +1 as the link in a row lies before, at or behind a position.
func (s *Set) compare(row int32, p *Position) int {
	var c int
	if p.order.byAmount() {
		c = s.compareAmount(row, p)
	} else {
		c = compareInstants(s.time(row, p.order.byTime()), p.at, p.order.direction())
	}
	if c != 0 {
		return c
	}
	return strings.Compare(s.id(row), p.id)
}

func compareInstants(a, b time.Time, direction int) int {
	if a.IsZero() || b.IsZero() {
		return presence(!a.IsZero(), !b.IsZero())
	}
	return direction * a.Compare(b)
}

func (s *Set) compareAmount(row int32, p *Position) int {
	currency := s.currency(row)
	switch {
	case currency == p.currency:
	case currency == "" || p.currency == "":
		return presence(currency != "", p.currency != "")
	default:
		return strings.Compare(string(currency), string(p.currency))
	}
	f := &s.facts[row]
	if has := f.flags.has(hasAmount); !has || !p.amount.Valid {
		return presence(has, p.amount.Valid)
	}
	return p.order.direction() * f.amount.Cmp(p.amount.Value)
}

// presence orders what has a value before what has none.
func presence(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
