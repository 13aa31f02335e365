package paymentlink

import (
	"cmp"
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
	title    string // orders by title
	state    State  // orders by state
	id       string
}

// Position returns the link's place in an order, which for those by state is
// that of the instant. It panics for an Order that Orders does not list:
// upstream's own order has no positions.
func (l Link) Position(o Order, now time.Time) Position {
	if !o.valid() {
		panic("paymentlink: a position in upstream's own order")
	}
	p := Position{order: o, id: l.ID()}
	switch o.measure() {
	case byAmount:
		p.currency = l.Currency()
		if f := l.facts(); f.flags.has(hasAmount) {
			p.amount = Some(f.amount)
		}
	case byTitle:
		p.title = string(l.set.appendTitleKey(nil, new(folder), l.row))
	case byState:
		p.state = l.State(now)
	default:
		p.at = l.set.time(l.row, o.measure())
	}
	return p
}

// Order returns the order that the position belongs to.
func (p Position) Order() Order { return p.order }

// Fields returns the position as text, which ParsePosition reads back. The
// order is not among the fields: a cursor carries it as its kind.
func (p Position) Fields() []string {
	switch p.order.measure() {
	case byAmount:
		amount := ""
		if value, ok := p.amount.Get(); ok {
			amount = value.String()
		}
		return []string{string(p.currency), amount, p.id}
	case byTitle:
		return []string{p.title, p.id}
	case byState:
		return []string{p.state.String(), p.id}
	}
	return []string{instantText(p.at), p.id}
}

// ParsePosition reads what Fields returned, and nothing else: only the very
// text that Fields writes is accepted. The error is ErrPosition.
func ParsePosition(o Order, fields []string) (Position, error) {
	if !o.valid() || len(fields) != fieldCount(o) {
		return Position{}, ErrPosition
	}
	p := Position{order: o, id: fields[len(fields)-1]}
	var ok bool
	switch o.measure() {
	case byAmount:
		p.currency, p.amount, ok = parseAmount(fields[0], fields[1])
	case byTitle:
		p.title, ok = fields[0], len(fields[0]) <= maxTitleKeyBytes
	case byState:
		p.state, ok = parseState(fields[0])
	default:
		p.at, ok = parseInstant(fields[0])
	}
	if !ok || p.id == "" {
		return Position{}, ErrPosition
	}
	return p, nil
}

// fieldCount is how many fields a position has: the amount has two beside the id.
func fieldCount(o Order) int {
	if o.measure() == byAmount {
		return 3
	}
	return 2
}

func parseState(name string) (State, bool) {
	for _, state := range States() {
		if state.String() == name {
			return state, true
		}
	}
	return 0, false
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

// compare returns -1, 0 or +1 as the link in a row lies before, at or behind a
// position at an instant.
func (s *Set) compare(row int32, p *Position, now time.Time, fold *folder) int {
	var c int
	direction := p.order.direction()
	switch p.order.measure() {
	case byAmount:
		c = s.compareAmount(row, p)
	case byTitle:
		var space [2 * titleCharacters]byte
		c = direction * strings.Compare(alias(s.appendTitleKey(space[:0], fold, row)), p.title)
	case byState:
		c = direction * cmp.Compare(s.state(row, now), p.state)
	default:
		c = compareInstants(s.time(row, p.order.measure()), p.at, direction)
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
