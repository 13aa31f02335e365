package paymentlink_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

func TestPositionFields(t *testing.T) {
	full := paymentlink.Record{
		ID:        "id-1",
		CreatedAt: time.Unix(1691547528, 0), UpdatedAt: time.Unix(1691547528, 40_000), ExpiresAt: time.Unix(-1, 999_999_999),
		Currency: "MXN", Amount: paymentlink.Some(decimal("30.50")),
	}
	halves := paymentlink.Record{ID: "id-1", Currency: "MXN", ExpiresAt: time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))}
	noCurrency := paymentlink.Record{ID: "id-1", Amount: paymentlink.Some(decimal("30.50"))}
	titled := paymentlink.Record{ID: "id-1", Description: strings.Repeat("Ñ", 101)}
	tests := map[string]struct {
		record paymentlink.Record
		order  paymentlink.Order
		want   []string
	}{
		"whole seconds":             {full, paymentlink.CreatedAtAsc, []string{"1691547528", "id-1"}},
		"direction does not matter": {full, paymentlink.CreatedAtDesc, []string{"1691547528", "id-1"}},
		"nanoseconds":               {full, paymentlink.UpdatedAtAsc, []string{"1691547528.000040000", "id-1"}},
		"before Unix's time":        {full, paymentlink.ExpiresAtDesc, []string{"-1.999999999", "id-1"}},
		"no time":                   {halves, paymentlink.CreatedAtAsc, []string{"", "id-1"}},
		"year 10000 in UTC":         {halves, paymentlink.ExpiresAtAsc, []string{"253402304399", "id-1"}},
		"amount":                    {full, paymentlink.AmountAsc, []string{"MXN", "30.5", "id-1"}},
		"no amount":                 {halves, paymentlink.AmountDesc, []string{"MXN", "", "id-1"}},
		"title":                     {titled, paymentlink.TitleAsc, []string{strings.Repeat("n", 100), "id-1"}},
		"state":                     {full, paymentlink.StateDesc, []string{"EXPIRED", "id-1"}},
		"no currency":               {noCurrency, paymentlink.AmountDesc, []string{"", "", "id-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			position := one(t, test.record).Position(test.order, now)
			if position.Order() != test.order {
				t.Errorf("Order() = %v, want %v", position.Order(), test.order)
			}
			if diff := cmp.Diff(test.want, position.Fields()); diff != "" {
				t.Errorf("Fields() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePositionRefuses(t *testing.T) {
	byTime, byAmount := paymentlink.CreatedAtAsc, paymentlink.AmountAsc
	tests := map[string]struct {
		order  paymentlink.Order
		fields []string
	}{
		"upstream's own order":          {0, []string{"1", "id"}},
		"no such order":                 {200, []string{"1", "id"}},
		"nothing":                       {byTime, nil},
		"one field":                     {byTime, []string{"1"}},
		"fields of the other kind":      {byTime, []string{"MXN", "1", "id"}},
		"fields of the other kind back": {byAmount, []string{"1", "id"}},
		"no id":                         {byTime, []string{"1", ""}},
		"no id, by amount":              {byAmount, []string{"MXN", "1", ""}},
		"no number":                     {byTime, []string{"x", "id"}},
		"a date":                        {byTime, []string{"2026-03-01T12:00:00Z", "id"}},
		"leading plus":                  {byTime, []string{"+1", "id"}},
		"leading zero":                  {byTime, []string{"01", "id"}},
		"white space":                   {byTime, []string{" 1", "id"}},
		"dot without a fraction":        {byTime, []string{"1.", "id"}},
		"short fraction":                {byTime, []string{"1.5", "id"}},
		"zero fraction":                 {byTime, []string{"1.000000000", "id"}},
		"long fraction":                 {byTime, []string{"1.0000000001", "id"}},
		"signed fraction":               {byTime, []string{"1.-00000001", "id"}},
		"two dots":                      {byTime, []string{"1.000000001.1", "id"}},
		"minus zero":                    {byTime, []string{"-0", "id"}},
		"beyond 64 bits":                {byTime, []string{"9223372036854775808", "id"}},
		"the zero time":                 {byTime, []string{"-62135596800", "id"}},
		"lower-case currency":           {byAmount, []string{"mxn", "1", "id"}},
		"no currency code":              {byAmount, []string{"PESO", "1", "id"}},
		"amount without a currency":     {byAmount, []string{"", "1", "id"}},
		"amount not in its form":        {byAmount, []string{"MXN", "1.50", "id"}},
		"amount with an exponent":       {byAmount, []string{"MXN", "1e3", "id"}},
		"no state":                      {paymentlink.StateAsc, []string{"", "id"}},
		"a state in lower case":         {paymentlink.StateDesc, []string{"open", "id"}},
		"no id, by state":               {paymentlink.StateDesc, []string{"OPEN", ""}},
		"a title beyond any":            {paymentlink.TitleAsc, []string{strings.Repeat("x", 1201), "id"}},
		"no amount":                     {byAmount, []string{"MXN", "NaN", "id"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := paymentlink.ParsePosition(test.order, test.fields)
			if !errors.Is(err, paymentlink.ErrPosition) {
				t.Errorf("ParsePosition(%v, %q) = %v, %v, want ErrPosition", test.order, test.fields, got, err)
			}
		})
	}
}

func TestPositionsAreReadBack(t *testing.T) {
	const seed = 20
	set := newSet(generate(newRand(seed), 300))
	for _, order := range paymentlink.Orders() {
		sel := set.All().OrderBy(order, now)
		for i, link := range indexed(sel) {
			position := link.Position(order, now)
			read, err := paymentlink.ParsePosition(order, position.Fields())
			if err != nil {
				t.Fatalf("ParsePosition(%v, %q): %v", order, position.Fields(), err)
			}
			if !slices.Equal(read.Fields(), position.Fields()) {
				t.Errorf("read back as %q, want %q", read.Fields(), position.Fields())
			}
			if after, before := sel.IndexAfter(read), sel.IndexBefore(read); after != i+1 || before != i {
				t.Fatalf("%v: link %d of fields %q has IndexAfter %d, IndexBefore %d", order, i, read.Fields(), after, before)
			}
		}
	}
}

// A position of a link that is not in the selection lies where the link would.
func TestPositionsOfAbsentLinks(t *testing.T) {
	const seed = 21
	r := newRand(seed)
	records := generate(r, 200)
	absent := newSet(generate(r, 200))
	sel := newSet(records).All()
	for _, order := range paymentlink.Orders() {
		ordered := sel.OrderBy(order, now)
		for link := range absent.All().All() {
			stranger := recordOf(link)
			want := 0
			for _, record := range records {
				if naiveCompare(order, record, stranger) < 0 {
					want++
				}
			}
			position := link.Position(order, now)
			if after, before := ordered.IndexAfter(position), ordered.IndexBefore(position); after != want || before != want {
				t.Fatalf("%v, %q: IndexAfter = %d, IndexBefore = %d, want %d", order, position.Fields(), after, before, want)
			}
		}
	}
}

// recordOf returns what orders read of a link.
func recordOf(link paymentlink.Link) paymentlink.Record {
	r := paymentlink.Record{ID: link.ID(), Currency: link.Currency(), Code: link.Code(), Description: link.Title()}
	if code, ok := link.StatusCode(); ok {
		r.StatusCode = paymentlink.Some(code)
	}
	_, isReadable := link.IsExpired(now)
	r.UnreadableExpiry = !isReadable
	r.CreatedAt, _ = link.CreatedAt()
	r.UpdatedAt, _ = link.UpdatedAt()
	r.ExpiresAt, _ = link.ExpiresAt()
	if position := link.Position(paymentlink.AmountAsc, now).Fields(); position[1] != "" {
		amount, _ := link.Amount()
		r.Amount.Value, r.Amount.Valid = decimal(amount.Value()), true
	}
	return r
}

func TestPositionsOfAnotherOrderPanic(t *testing.T) {
	link := one(t, paymentlink.Record{})
	sel := newSet(generate(newRand(22), 3)).All()
	for name, misuse := range map[string]func(){
		"position in upstream's order": func() { link.Position(0, now) },
		"selection not ordered":        func() { sel.IndexAfter(link.Position(paymentlink.AmountAsc, now)) },
		"selection in another order": func() {
			sel.OrderBy(paymentlink.AmountDesc, now).IndexBefore(link.Position(paymentlink.AmountAsc, now))
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "paymentlink: ") {
					t.Errorf("recovered %q, want a sentence of this package", text)
				}
			}()
			misuse()
		})
	}
}

// FuzzParsePosition: what is accepted is exactly what Fields writes.
func FuzzParsePosition(f *testing.F) {
	f.Add(uint8(paymentlink.CreatedAtAsc), "1691547528.000040000", "", "id")
	f.Add(uint8(paymentlink.ExpiresAtDesc), "-1", "", "id")
	f.Add(uint8(paymentlink.AmountAsc), "MXN", "30.5", "id")
	f.Add(uint8(paymentlink.AmountDesc), "", "", "id")
	f.Add(uint8(paymentlink.TitleAsc), "nu", "", "id")
	f.Add(uint8(paymentlink.StateDesc), "OPEN", "", "id")
	f.Fuzz(func(t *testing.T, order uint8, first, second, id string) {
		for _, fields := range [][]string{{first, id}, {first, second, id}} {
			position, err := paymentlink.ParsePosition(paymentlink.Order(order), fields)
			if err != nil {
				continue
			}
			if got := position.Fields(); !slices.Equal(got, fields) {
				t.Errorf("ParsePosition accepts %q, which Fields writes as %q", fields, got)
			}
		}
	})
}
