package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph/model"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/relay"
)

var instant = time.Date(2023, 8, 9, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

func momentAt(now time.Time) *model.Moment { return model.NewMoment(now) }

// viewOf shows the one link of a list.
func viewOf(record paymentlink.Record) model.PaymentLink {
	record.ID, record.URL = "id", "https://pay.example/shop/code"
	return model.NewPaymentLink(paymentlink.NewSet([]paymentlink.Record{record}, nil).All().At(0), momentAt(instant))
}

func TestWhatIsMissingIsNil(t *testing.T) {
	bare := viewOf(paymentlink.Record{})
	missing := map[string]bool{
		"slug": bare.Slug() == nil, "description": bare.Description() == nil, "amount": bare.Amount() == nil,
		"currency": bare.Currency() == nil, "expiresAt": bare.ExpiresAt() == nil, "expiresIn": bare.ExpiresIn(model.Days) == nil,
		"createdAt": bare.CreatedAt() == nil, "updatedAt": bare.UpdatedAt() == nil, "isFixedTerm": bare.IsFixedTerm() == nil,
		"userId": bare.UserID() == nil, "purchaseId": bare.PurchaseID() == nil, "statusCode": bare.StatusCode() == nil,
		"linkType": bare.LinkType() == nil, "availableRates": bare.AvailableRates() == nil, "extraInfo": bare.ExtraInfo() == nil,
	}
	for field, isNil := range missing {
		if !isNil {
			t.Errorf("%s of a bare link is not nil", field)
		}
	}
	if bare.Title() != "code" || bare.Status() != paymentlink.StatusUnknown || *bare.IsExpired() {
		t.Errorf("title %q, status %v, expired %v", bare.Title(), bare.Status(), *bare.IsExpired())
	}
}

func TestExpiresIn(t *testing.T) {
	tests := map[string]struct {
		left time.Duration
		unit model.TimeUnit
		want int32
	}{
		"seconds":            {90 * time.Second, model.Seconds, 90},
		"rounded down":       {119 * time.Second, model.Minutes, 1},
		"not a whole second": {1500 * time.Millisecond, model.Seconds, 1},
		"hours":              {25 * time.Hour, model.Hours, 25},
		"days":               {47 * time.Hour, model.Days, 1},
		"now":                {0, model.Seconds, 0},
		"long ago":           {-48 * time.Hour, model.Days, 0},
		"capped":             {100 * 365 * 24 * time.Hour, model.Seconds, 2_147_483_647},
		"not capped in days": {100 * 365 * 24 * time.Hour, model.Days, 36_500},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := viewOf(paymentlink.Record{ExpiresAt: instant.Add(test.left)}).ExpiresIn(test.unit)
			if got == nil || *got != test.want {
				t.Errorf("got %v, want %d", got, test.want)
			}
		})
	}
}

func TestStateFollowsTheInstant(t *testing.T) {
	set := paymentlink.NewSet([]paymentlink.Record{{
		ID: "id", URL: "https://pay.example/a", StatusCode: paymentlink.Some[int32](1), ExpiresAt: instant,
	}}, nil)
	before := model.NewPaymentLink(set.All().At(0), momentAt(instant.Add(-1)))
	after := model.NewPaymentLink(set.All().At(0), momentAt(instant))
	if *before.IsExpired() || before.State() != paymentlink.StateOpen || !*after.IsExpired() || after.State() != paymentlink.StateExpired {
		t.Errorf("before: %v %v, after: %v %v", *before.IsExpired(), before.State(), *after.IsExpired(), after.State())
	}
}

func formatted(t *testing.T, amount *model.Amount, locale string) string {
	t.Helper()
	text, err := amount.Formatted(t.Context(), locale)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAmount(t *testing.T) {
	value, err := money.ParseDecimal("1234.5")
	if err != nil {
		t.Fatal(err)
	}
	amount := viewOf(paymentlink.Record{Amount: paymentlink.Some(value), Currency: "MXN"}).Amount()
	if amount == nil {
		t.Fatal("no amount")
	}
	got := []string{amount.Value(), string(amount.Currency()), *amount.MinorUnits(), formatted(t, amount, "es-MX"), formatted(t, amount, "en-US")}
	if diff := cmp.Diff([]string{"1234.50", "MXN", "123450", "$1,234.50", "MX$1,234.50"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if lone := viewOf(paymentlink.Record{Amount: paymentlink.Some(value)}); lone.Amount() != nil {
		t.Error("an amount without a currency is shown")
	}
}

// A page can be read in any order, and more than once.
func TestConnection(t *testing.T) {
	var records []paymentlink.Record
	for i, id := range []string{"a", "b", "c"} {
		records = append(records, paymentlink.Record{
			ID: id, URL: "https://pay.example/" + id, CreatedAt: instant.Add(time.Duration(i) * time.Hour), ExpiresAt: instant.Add(time.Hour),
			StatusCode: paymentlink.Some[int32](1), Currency: "USD",
		})
	}
	snapshot := &paymentlink.Snapshot{Set: paymentlink.NewSet(records, nil), FetchedAt: instant, Stale: true, Version: "v", Skipped: 2}
	page, err := model.NewPage(paymentlink.CreatedAtDesc, relay.Args{First: new(2)})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := page.Cut(t.Context(), snapshot.Set.All(), snapshot, momentAt(instant))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var ids []string
		for i, edge := range connection.Edges() {
			ids = append(ids, edge.Node().ID())
			if connection.Nodes()[i].ID() != edge.Node().ID() || edge.Cursor() == "" {
				t.Errorf("edge %d: %q at %q", i, edge.Node().ID(), edge.Cursor())
			}
		}
		if diff := cmp.Diff([]string{"c", "b"}, ids); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if connection.TotalCount() != 3 || connection.Len() != 2 || !connection.PageInfo().HasNextPage() || connection.PageInfo().HasPreviousPage() {
		t.Errorf("%d of %d, %+v", connection.Len(), connection.TotalCount(), connection.PageInfo())
	}
	summary, err := connection.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if summary.Count() != 3 || len(summary.ByState()) != 4 || summary.ByState()[0].Count != 3 || summary.NextToExpire().ID() != "a" {
		t.Errorf("summary of all pages: %d links, %v, next %v", summary.Count(), summary.ByState(), summary.NextToExpire())
	}
	if c := summary.ByCurrency(); len(c) != 1 || c[0].Currency() != "USD" || c[0].Count() != 3 || c[0].Total().Value() != "0.00" || c[0].OpenTotal().Value() != "0.00" {
		t.Errorf("by currency: %+v", c)
	}
	shown := connection.Snapshot()
	if !shown.FetchedAt().Equal(instant) || !shown.IsStale() || shown.Version() != "v" || shown.SkippedCount() != 2 || summary.Snapshot() != shown {
		t.Errorf("snapshot: %+v", shown)
	}
}
