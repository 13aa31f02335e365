package exchange_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/exchange"
)

func TestReportKeepsTheEarliest(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	e := &exchange.Exchange{}
	if got := e.Freshness(); got != (exchange.Freshness{}) {
		t.Errorf("nothing reported: got %+v", got)
	}
	e.Report(exchange.Freshness{FreshUntil: at(30)})
	e.Report(exchange.Freshness{FreshUntil: at(20), NextExpiry: at(99), Stale: true})
	e.Report(exchange.Freshness{FreshUntil: at(40), NextExpiry: at(50)})

	want := exchange.Freshness{FreshUntil: at(20), NextExpiry: at(50), Stale: true}
	if diff := cmp.Diff(want, e.Freshness()); diff != "" {
		t.Errorf("Freshness() (-want +got):\n%s", diff)
	}
}

func TestReportTellsListsApart(t *testing.T) {
	list := func(generation uint64) exchange.Freshness { return exchange.Freshness{Generation: generation} }
	tests := map[string]struct {
		reports []exchange.Freshness
		want    exchange.Freshness
	}{
		"one list":              {[]exchange.Freshness{list(3)}, list(3)},
		"the same list twice":   {[]exchange.Freshness{list(3), {}, list(3)}, list(3)},
		"two lists":             {[]exchange.Freshness{list(3), list(4)}, exchange.Freshness{Generation: 3, Volatile: true}},
		"volatile by one field": {[]exchange.Freshness{{Volatile: true}, list(3)}, exchange.Freshness{Generation: 3, Volatile: true}},
	}
	for name, test := range tests {
		e := &exchange.Exchange{}
		for _, f := range test.reports {
			e.Report(f)
		}
		if diff := cmp.Diff(test.want, e.Freshness()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFromContext(t *testing.T) {
	e := &exchange.Exchange{RequestID: "r1"}
	if got := exchange.FromContext(exchange.NewContext(t.Context(), e)); got != e {
		t.Errorf("FromContext = %p, want %p", got, e)
	}
	if got := exchange.FromContext(t.Context()); got == nil || got.RequestID != "" {
		t.Errorf("FromContext without an exchange = %+v, want an empty one", got)
	}
}
