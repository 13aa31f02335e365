package paymentlink_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// now is the instant of all tests that need one; generated expiries lie around it.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant in all but name

// newRand makes a generator that repeats itself; a failure names its seed.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 42)) }

func pickOne[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// generate makes n records that collide in everything but their ids: few
// distinct times, amounts, codes and words, and every optional value missing
// now and then.
func generate(r *rand.Rand, n int) []paymentlink.Record {
	records := make([]paymentlink.Record, n)
	for i := range records {
		// Ids in no relation to the place in the list.
		records[i] = generateOne(r, fmt.Sprintf("%08x-%d", r.Uint32(), i))
	}
	return records
}

func generateOne(r *rand.Rand, id string) paymentlink.Record {
	code := fmt.Sprintf("%s%02d", pickOne(r, "ll", "LL", "Ñandú"), r.IntN(60))
	record := paymentlink.Record{
		ID:          id,
		URL:         pickOne(r, "https://pay.billpocket.com/", "https://test.pay.billpocket.com/", "https://elsewhere.example/") + "shop/" + code,
		Code:        pickOne(r, code, code, ""),
		Slug:        pickOne(r, "shop", "SHOP", " Tienda", "ñandú", ""),
		UserID:      pickOne(r, "7", "8", ""),
		PurchaseID:  pickOne(r, "", "", "p1", "P1"),
		LinkType:    pickOne(r, paymentlink.Some[int32](2), paymentlink.Some[int32](2), paymentlink.Some[int32](0), paymentlink.Optional[int32]{}),
		Description: generateText(r, code),
		Currency:    pickOne[money.Currency](r, "MXN", "MXN", "MXN", "USD", "JPY", ""),
		StatusCode:  pickOne(r, paymentlink.Some[int32](1), paymentlink.Some[int32](1), paymentlink.Some[int32](0), paymentlink.Some[int32](7), paymentlink.Optional[int32]{}),
		CreatedAt:   generateTime(r),
		UpdatedAt:   generateTime(r),
		ExpiresAt:   generateTime(r),
		Upstream:    []byte(`{"id":"` + id + `"}`),
	}
	if r.IntN(40) == 0 {
		// Titles that differ behind what an order reads of them, or just before.
		record.Description = strings.Repeat("ñ", 98+r.IntN(3)) + pickOne(r, "a", "b")
	}
	if r.IntN(8) == 0 {
		record.ExpiresAt, record.UnreadableExpiry = time.Time{}, true
	}
	if r.IntN(6) > 0 {
		record.Amount = paymentlink.Some(decimal(generateAmount(r)))
	}
	return record
}

func generateAmount(r *rand.Rand) string {
	return pickOne(r, "0", "-3", "30", "30.00", "30.5", "99.99", "0.01", "1234567890123456789", "0.0000000000000000001",
		fmt.Sprint(r.IntN(20)), fmt.Sprintf("%d.%02d", r.IntN(5), r.IntN(100)))
}

// generateTime is none, a whole second near now, or a neighbour of it by a nanosecond.
func generateTime(r *rand.Rand) time.Time {
	switch r.IntN(6) {
	case 0:
		return time.Time{}
	case 1:
		return now.Add(time.Duration(r.IntN(3)-1) * time.Nanosecond)
	case 2:
		return time.Date(pickOne(r, 1, 1969, 9999), 12, 31, 23, 59, 59, 0, time.FixedZone("", -6*3600))
	}
	return now.Add(time.Duration(r.IntN(40)-20) * time.Minute)
}

func generateText(r *rand.Rand, code string) string {
	var words []string
	for range r.IntN(4) {
		words = append(words, pickOne(r, "Café", "CAFE\u0301", "cafe", "niño", "Straße", "한국", "\ufdfa", "①", "x", " "))
	}
	return strings.Join(words, pickOne(r, " ", "  ", "\t")) + pickOne(r, "", " ("+strings.ToUpper(code)+")", " (other)")
}

func newSet(records []paymentlink.Record) *paymentlink.Set {
	return paymentlink.NewSet(records, []string{"pay.billpocket.com"})
}

func idsOf(sel paymentlink.Selection) []string {
	ids := make([]string, 0, sel.Len())
	for link := range sel.All() {
		ids = append(ids, link.ID())
	}
	return ids
}

// decimal reads a number that the test's author wrote.
func decimal(text string) money.Decimal {
	d, err := money.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}
