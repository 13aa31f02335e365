package paymentlink

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unsafe"

	"paymentlinks/internal/money"
)

// MaxBodyBytes is the longest body that a Builder can index. Places in it, and
// in the texts that are kept beside it, have 32 bits, and unescaped texts and
// escaped URLs together can be four times as long as the body.
const MaxBodyBytes = 1 << 29

// Builder makes a Set, a link at a time. It is not safe for concurrent use.
type Builder struct {
	set   *Set
	hosts environments

	// Currencies by the order in which they came. Set.currencies is sorted.
	currencies []money.Currency
	indexes    map[money.Currency]uint16
	last       uint16
}

// NewBuilder begins a Set over a body, which must not change any more. Texts
// of records that are parts of the body are not copied. The body may be nil, and
// has at most MaxBodyBytes. Links whose host is one of liveHosts, case ignored,
// are live, unless a label of it says test or sandbox.
func NewBuilder(body []byte, liveHosts []string) *Builder {
	return &Builder{
		set:     &Set{body: body},
		hosts:   environments{liveHosts: liveHosts},
		indexes: map[money.Currency]uint16{},
	}
}

// Len returns the number of links so far.
func (b *Builder) Len() int { return len(b.set.facts) }

// Full reports whether the next link makes the list larger in memory, which is
// when Grow is worth a call.
func (b *Builder) Full() bool { return len(b.set.facts) == cap(b.set.facts) }

// Grow makes room for n more links.
func (b *Builder) Grow(n int) {
	s := b.set
	s.facts = slices.Grow(s.facts, n)
	s.places = slices.Grow(s.places, n)
	s.ids.grow(cap(s.facts), s.id)
}

// Add adds the next link in upstream's order. Of records that share an id the
// first stays; the others are left out, and Add returns false. The record may
// change afterwards, but not the bytes of its texts that are parts of the body.
func (b *Builder) Add(r *Record) bool {
	if b.Full() {
		b.Grow(1 + b.Len()/4)
	}
	s := b.set
	row := int32(len(s.facts))
	s.facts = append(s.facts, facts{})
	s.places = append(s.places, places{})
	extra := len(s.extra)
	b.place(row, textID, r.ID)
	if _, added := s.ids.add(row, s.id); !added {
		s.facts, s.places, s.extra = s.facts[:row], s.places[:row], s.extra[:extra]
		return false
	}
	b.place(row, textURL, r.URL)
	b.place(row, textCode, r.Code)
	b.place(row, textSlug, r.Slug)
	b.place(row, textDescription, r.Description)
	b.place(row, textUserID, r.UserID)
	b.place(row, textPurchaseID, r.PurchaseID)
	b.place(row, textAvailableRates, alias(r.AvailableRates))
	b.place(row, textExtraInfo, alias(r.ExtraInfo))
	p := &s.places[row]
	p.elementStart, p.elementLength = b.find(alias(r.Upstream)), uint32(len(r.Upstream))
	p.linkType = r.LinkType.Value
	b.addFacts(row, r)
	return true
}

func (b *Builder) addFacts(row int32, r *Record) {
	s := b.set
	f := &s.facts[row]
	*f = facts{
		statusCode: r.StatusCode.Value,
		currency:   b.currency(r.Currency),
		status:     statusOf(r.StatusCode),
		flags: flag(hasAmount, r.Amount.Valid && r.Currency != "") |
			flag(hasStatusCode, r.StatusCode.Valid) | flag(hasLinkType, r.LinkType.Valid) |
			flag(hasFixedTerm, r.FixedTerm.Valid) | flag(fixedTerm, r.FixedTerm.Value) |
			flag(hasUnreadableExpiry, r.UnreadableExpiry) | flags(b.hosts.of(r.URL))<<environmentShift,
	}
	if f.flags.has(hasAmount) {
		f.amount = r.Amount.Value
	}
	fraction := false
	for i, at := range [timeCount]*time.Time{createdAt: &r.CreatedAt, updatedAt: &r.UpdatedAt, expiresAt: &r.ExpiresAt} {
		f.seconds[i] = noTime
		if !at.IsZero() {
			f.seconds[i] = at.Unix()
			fraction = fraction || at.Nanosecond() != 0
		}
	}
	if fraction || s.nanoseconds != nil {
		s.nanoseconds = append(s.nanoseconds, make([][timeCount]int32, len(s.facts)-len(s.nanoseconds))...)
		s.nanoseconds[row] = [timeCount]int32{
			int32(r.CreatedAt.Nanosecond()), int32(r.UpdatedAt.Nanosecond()), int32(r.ExpiresAt.Nanosecond()),
		}
	}
}

// place notes where a text lies.
func (b *Builder) place(row int32, text uint8, value string) {
	if value == "" {
		return
	}
	s := b.set
	p := &s.places[row]
	p.start[text] = b.find(value)
	p.length[text] = uint16(min(len(value), longText))
	if len(value) >= longText {
		if s.long == nil {
			s.long = map[textKey]uint32{}
		}
		s.long[textKey{row, text}] = uint32(len(value))
	}
}

// find returns where a text lies. It copies a text that lies outside the body.
func (b *Builder) find(value string) uint32 {
	s := b.set
	// The addresses are only compared. For a text outside the body the difference
	// is not below the body's length, because unsigned numbers wrap round.
	offset := uintptr(unsafe.Pointer(unsafe.StringData(value))) - uintptr(unsafe.Pointer(unsafe.SliceData(s.body)))
	if offset < uintptr(len(s.body)) && len(value) <= len(s.body)-int(offset) {
		return uint32(offset)
	}
	start := len(s.body) + len(s.extra)
	s.extra = append(s.extra, value...)
	return uint32(start)
}

// currency returns the index of a currency by the order in which they came;
// that of none is math.MaxUint16. There are 17,576 codes of three letters.
func (b *Builder) currency(c money.Currency) uint16 {
	if c == "" {
		return math.MaxUint16
	}
	if int(b.last) < len(b.currencies) && b.currencies[b.last] == c {
		return b.last
	}
	i, known := b.indexes[c]
	if !known {
		i = uint16(len(b.currencies))
		b.currencies = append(b.currencies, c)
		b.indexes[c] = i
	}
	b.last = i
	return i
}

// Set finishes the list. The Builder must not be used afterwards.
func (b *Builder) Set() *Set {
	s := b.set
	b.set = nil
	s.facts, s.places, s.extra = fitted(s.facts), fitted(s.places), fitted(s.extra)
	s.nanoseconds = fitted(s.nanoseconds)
	s.currencies = slices.Clone(b.currencies)
	slices.Sort(s.currencies)
	sorted := make([]uint16, len(b.currencies))
	for i, c := range b.currencies {
		place, _ := slices.BinarySearchFunc(s.currencies, c, cmp.Compare)
		sorted[i] = uint16(place)
	}
	for i := range s.facts {
		f := &s.facts[i]
		if f.currency == math.MaxUint16 {
			f.currency = uint16(len(s.currencies))
		} else {
			f.currency = sorted[f.currency]
		}
	}
	s.buildPostings()
	return s
}

// fitted returns a slice without much room behind it.
func fitted[T any](list []T) []T {
	if cap(list)-len(list) <= len(list)/32 {
		return list
	}
	return slices.Clone(list)
}
