package paymentlink

import (
	"math"
	"strings"
	"time"
	"unsafe"

	"paymentlinks/internal/money"
)

// A list is an index over the body that it was read from. What filters, orders
// and totals read of a link stands in columns; texts stay in the body, and a
// link knows where they lie. Nothing of it holds a pointer for each link, so
// the collector has a handful of objects to look at, however long the list.

// facts is what filters, orders and totals read of one link, apart from the
// rest so that a pass over many links touches 48 bytes of each.
type facts struct {
	amount     money.Decimal
	seconds    [timeCount]int64 // Unix time; noTime for none
	statusCode int32
	currency   uint16 // index into Set.currencies; len(Set.currencies) for none, so that none sorts last
	status     Status
	flags      flags
}

// The times of a link, as indexes.
const (
	createdAt = iota
	updatedAt
	expiresAt
	timeCount
)

// noTime is where a time is missing.
const noTime = math.MinInt64

// flags says what a link has, and in its two highest bits its Environment.
type flags uint8

const (
	hasAmount     flags = 1 << iota // a readable amount beside a readable currency
	hasStatusCode                   // a code of 32 bits
	hasLinkType                     // the same
	hasFixedTerm
	fixedTerm // upstream's flag is set
	hasUnreadableExpiry
	environmentShift = iota
)

func (f flags) has(one flags) bool       { return f&one != 0 }
func (f flags) environment() Environment { return Environment(f >> environmentShift) }

func flag(one flags, isSet bool) flags {
	if isSet {
		return one
	}
	return 0
}

// places says where the texts of one link lie. A place below the length of the
// body is in the body, any other behind it in Set.extra.
type places struct {
	start  [textCount]uint32
	length [textCount]uint16 // longText when Set.long has it
	// The element itself is longer than its texts.
	elementStart, elementLength uint32
	linkType                    int32
}

// The texts of a link, as indexes. An empty text is none.
const (
	textID = iota
	textURL
	textCode
	textSlug
	textDescription
	textUserID
	textPurchaseID
	textAvailableRates
	textExtraInfo
	textCount
)

// longText stands for a length that does not fit 16 bits.
const longText = math.MaxUint16

// textKey is a text of a link in Set.long.
type textKey struct {
	row  int32
	text uint8
}

// text returns a text of a link, untrimmed, "" for none. It aliases the list.
func (s *Set) text(row int32, text int) string {
	p := &s.places[row]
	length := uint32(p.length[text])
	if length == longText {
		length = s.long[textKey{row, uint8(text)}]
	}
	return alias(s.bytes(p.start[text], length))
}

// raw returns a text as bytes, nil for none.
func (s *Set) raw(row int32, text int) []byte {
	value := s.text(row, text)
	return unsafe.Slice(unsafe.StringData(value), len(value))
}

func (s *Set) bytes(start, length uint32) []byte {
	if length == 0 {
		return nil
	}
	from := s.body
	if int(start) >= len(s.body) {
		from, start = s.extra, start-uint32(len(s.body))
	}
	end := start + length
	return from[start:end:end]
}

// alias returns b as a string without copying it. Nothing writes to the bytes
// of a Set.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// time returns a time of a link in UTC, the zero time for none.
func (s *Set) time(row int32, which int) time.Time {
	seconds := s.facts[row].seconds[which]
	if seconds == noTime {
		return time.Time{}
	}
	return time.Unix(seconds, int64(s.nanosecond(row, which))).UTC()
}

// nanosecond returns the fraction of a time; most lists have none.
func (s *Set) nanosecond(row int32, which int) int32 {
	if s.nanoseconds == nil {
		return 0
	}
	return s.nanoseconds[row][which]
}

// expired reports whether a link's expiry has been reached.
func (s *Set) expired(row int32, now time.Time) bool {
	seconds := s.facts[row].seconds[expiresAt]
	if seconds == noTime {
		return false
	}
	if at := now.Unix(); at != seconds {
		return at > seconds
	}
	return now.Nanosecond() >= int(s.nanosecond(row, expiresAt))
}

func (s *Set) state(row int32, now time.Time) State {
	if s.expired(row, now) {
		return StateExpired
	}
	f := &s.facts[row]
	if f.flags.has(hasUnreadableExpiry) && f.status == StatusActive {
		return StateUnknown // it may have expired, so it must not look payable
	}
	return stateOf(f.status)
}

func (s *Set) id(row int32) string { return s.text(row, textID) }

// currency returns the currency of a link, "" for none.
func (s *Set) currency(row int32) money.Currency {
	if i := int(s.facts[row].currency); i < len(s.currencies) {
		return s.currencies[i]
	}
	return ""
}

// code reads the code; a URL that ends in its host has no last segment.
func (s *Set) code(row int32) string {
	if code := strings.TrimSpace(s.text(row, textCode)); code != "" {
		return code
	}
	if segment := lastSegment(s.text(row, textURL)); segment != "" {
		return segment
	}
	return s.text(row, textID)
}
