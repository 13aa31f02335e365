package paymentlink_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// one returns the link that a single record becomes.
func one(tb testing.TB, r paymentlink.Record) paymentlink.Link {
	tb.Helper()
	if r.ID == "" {
		r.ID = "id-1"
	}
	if r.URL == "" {
		r.URL = "https://pay.billpocket.com/shop/abc123"
	}
	return newSet([]paymentlink.Record{r}).All().At(0)
}

func TestTitleAndDescription(t *testing.T) {
	tests := map[string]struct {
		description, code string
		title, trimmed    string
	}{
		"nothing but the suffix":          {" (LL33Q0RH)", "ll33q0rh", "ll33q0rh", "(LL33Q0RH)"},
		"text and suffix":                 {"Mesa 4 (LL33Q0RH)", "ll33q0rh", "Mesa 4", "Mesa 4 (LL33Q0RH)"},
		"suffix in the code's own case":   {"Mesa 4 (ll33q0rh)", "ll33q0rh", "Mesa 4", "Mesa 4 (ll33q0rh)"},
		"white space before the suffix":   {" \tMesa 4  (LL33Q0RH)", "ll33q0rh", "Mesa 4", "Mesa 4  (LL33Q0RH)"},
		"suffix is cut before trimming":   {"Mesa 4 (LL33Q0RH) ", "ll33q0rh", "Mesa 4 (LL33Q0RH)", "Mesa 4 (LL33Q0RH)"},
		"suffix needs its space":          {"(LL33Q0RH)", "ll33q0rh", "(LL33Q0RH)", "(LL33Q0RH)"},
		"another code stays":              {"Mesa 4 (OTHER)", "ll33q0rh", "Mesa 4 (OTHER)", "Mesa 4 (OTHER)"},
		"suffix is cut once":              {"Mesa (A1) (A1)", "a1", "Mesa (A1)", "Mesa (A1) (A1)"},
		"suffix in the middle stays":      {"Mesa (A1) 4", "a1", "Mesa (A1) 4", "Mesa (A1) 4"},
		"code with parentheses":           {"Mesa (a (b))", "A (B)", "Mesa", "Mesa (a (b))"},
		"folding that changes the length": {"Mesa (K1)", "\u212a1", "Mesa", "Mesa (K1)"}, // the Kelvin sign folds to k
		"none":                            {"", "ll33q0rh", "ll33q0rh", ""},
		"white space alone":               {" \n ", "ll33q0rh", "ll33q0rh", ""},
		"code from the URL":               {"Mesa 4 (ABC123)", "", "Mesa 4", "Mesa 4 (ABC123)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link := one(t, paymentlink.Record{Description: test.description, Code: test.code})
			if got := link.Title(); got != test.title {
				t.Errorf("Title() of %q = %q, want %q", test.description, got, test.title)
			}
			if got := link.Description(); got != test.trimmed {
				t.Errorf("Description() of %q = %q, want %q", test.description, got, test.trimmed)
			}
		})
	}
}

func TestCode(t *testing.T) {
	tests := map[string]struct {
		code, url, want string
	}{
		"own code":               {"ll33q0rh", "https://pay.billpocket.com/mylink/other", "ll33q0rh"},
		"case is kept":           {"LL33q0rh", "https://pay.billpocket.com/mylink/other", "LL33q0rh"},
		"white space is no code": {" ", "https://pay.billpocket.com/mylink/other", "other"},
		"last segment":           {"", "https://pay.billpocket.com/mylink/other", "other"},
		"one segment":            {"", "https://pay.billpocket.com/other", "other"},
		"slash at the end":       {"", "https://pay.billpocket.com/mylink/other//", "other"},
		"query and fragment":     {"", "https://pay.billpocket.com/mylink/other?a=/b#/c", "other"},
		"fragment before query":  {"", "https://pay.billpocket.com/mylink/other#/c?d", "other"},
		"no path":                {"", "https://pay.billpocket.com", "id-1"},
		"empty path":             {"", "https://pay.billpocket.com/", "id-1"},
		"no path but a query":    {"", "https://pay.billpocket.com?x=/y", "id-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, paymentlink.Record{Code: test.code, URL: test.url}).Code(); got != test.want {
				t.Errorf("Code() of %q at %q = %q, want %q", test.code, test.url, got, test.want)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	liveHosts := []string{"pay.billpocket.com", "Pagos.Example.", "test.live.example"}
	tests := map[string]struct {
		url  string
		want paymentlink.Environment
	}{
		"live host":                      {"https://pay.billpocket.com/a/b", paymentlink.EnvironmentLive},
		"host in capitals":               {"https://PAY.billpocket.COM/a/b", paymentlink.EnvironmentLive},
		"configured in capitals":         {"https://pagos.example/a", paymentlink.EnvironmentLive},
		"port and user":                  {"https://u:p@pay.billpocket.com:8443/a", paymentlink.EnvironmentLive},
		"the root's dot":                 {"https://pay.billpocket.com./a", paymentlink.EnvironmentLive},
		"no path":                        {"https://pay.billpocket.com", paymentlink.EnvironmentLive},
		"a query right behind the host":  {"https://pay.billpocket.com?a", paymentlink.EnvironmentLive},
		"test label":                     {"https://test.pay.billpocket.com/a/b", paymentlink.EnvironmentTest},
		"sandbox label in capitals":      {"https://pay.SandBox.billpocket.com/", paymentlink.EnvironmentTest},
		"test label beats the live list": {"https://test.live.example/a", paymentlink.EnvironmentTest},
		"part of a label is no label":    {"https://testing.billpocket.com/a", paymentlink.EnvironmentUnknown},
		"test in the path":               {"https://elsewhere.example/test", paymentlink.EnvironmentUnknown},
		"test in the user":               {"https://test.a@elsewhere.example/", paymentlink.EnvironmentUnknown},
		"below a live host":              {"https://x.pay.billpocket.com/a", paymentlink.EnvironmentUnknown},
		"live host as user":              {"https://pay.billpocket.com@evil.example/", paymentlink.EnvironmentUnknown},
		"live host behind a backslash":   {`https://evil.example\@pay.billpocket.com/`, paymentlink.EnvironmentUnknown},
		"IP literal":                     {"https://[::1]:443/a", paymentlink.EnvironmentUnknown},
		"no host":                        {"https:///a", paymentlink.EnvironmentUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := paymentlink.NewSet([]paymentlink.Record{{ID: "1", URL: test.url}}, liveHosts)
			if got := set.All().At(0).Environment(); got != test.want {
				t.Errorf("Environment() of %s = %v, want %v", test.url, got, test.want)
			}
		})
	}
	t.Run("every link has its own", func(t *testing.T) {
		var records []paymentlink.Record
		for name, test := range tests {
			records = append(records, paymentlink.Record{ID: name, URL: test.url}, paymentlink.Record{ID: name + ", again", URL: test.url})
		}
		for i, link := range indexed(paymentlink.NewSet(records, liveHosts).All()) {
			if got, want := link.Environment(), tests[records[i&^1].ID].want; got != want {
				t.Errorf("Environment() of %s = %v, want %v", link.URL(), got, want)
			}
		}
	})
}

func indexed(sel paymentlink.Selection) func(func(int, paymentlink.Link) bool) {
	return func(yield func(int, paymentlink.Link) bool) {
		for i := range sel.Len() {
			if !yield(i, sel.At(i)) {
				return
			}
		}
	}
}

func TestStatusAndState(t *testing.T) {
	var none paymentlink.Optional[int32]
	code := paymentlink.Some[int32]
	tests := map[string]struct {
		code    paymentlink.Optional[int32]
		expires time.Time
		status  paymentlink.Status
		state   paymentlink.State
		expired bool
	}{
		"active, never expires":     {code(1), time.Time{}, paymentlink.StatusActive, paymentlink.StateOpen, false},
		"active, a moment left":     {code(1), now.Add(1), paymentlink.StatusActive, paymentlink.StateOpen, false},
		"active, expiring now":      {code(1), now, paymentlink.StatusActive, paymentlink.StateExpired, true},
		"active, expired":           {code(1), now.Add(-1), paymentlink.StatusActive, paymentlink.StateExpired, true},
		"inactive, never expires":   {code(0), time.Time{}, paymentlink.StatusInactive, paymentlink.StateInactive, false},
		"inactive, some time left":  {code(0), now.Add(time.Hour), paymentlink.StatusInactive, paymentlink.StateInactive, false},
		"inactive, expired":         {code(0), now.Add(-time.Hour), paymentlink.StatusInactive, paymentlink.StateExpired, true},
		"other code":                {code(2), time.Time{}, paymentlink.StatusUnknown, paymentlink.StateUnknown, false},
		"negative code":             {code(-1), time.Time{}, paymentlink.StatusUnknown, paymentlink.StateUnknown, false},
		"largest code":              {code(math.MaxInt32), time.Time{}, paymentlink.StatusUnknown, paymentlink.StateUnknown, false},
		"other code, expired":       {code(2), now, paymentlink.StatusUnknown, paymentlink.StateExpired, true},
		"no code":                   {none, time.Time{}, paymentlink.StatusUnknown, paymentlink.StateUnknown, false},
		"no code, expired":          {none, now, paymentlink.StatusUnknown, paymentlink.StateExpired, true},
		"expiry in another zone":    {code(1), now.In(time.FixedZone("", -6*3600)), paymentlink.StatusActive, paymentlink.StateExpired, true},
		"expiry before Unix's time": {code(1), time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), paymentlink.StatusActive, paymentlink.StateExpired, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link := one(t, paymentlink.Record{StatusCode: test.code, ExpiresAt: test.expires})
			if got := link.Status(); got != test.status {
				t.Errorf("Status() = %v, want %v", got, test.status)
			}
			if got := link.State(now); got != test.state {
				t.Errorf("State() = %v, want %v", got, test.state)
			}
			if got, ok := link.IsExpired(now); got != test.expired || !ok {
				t.Errorf("IsExpired() = %v, %v, want %v, true", got, ok, test.expired)
			}
			if got, ok := link.StatusCode(); got != test.code.Value || ok != test.code.Valid {
				t.Errorf("StatusCode() = %v, %v, want %+v", got, ok, test.code)
			}
		})
	}
}

// An expiry that is there and cannot be read may be past: the link must not
// look as if it could be paid.
func TestAnUnreadableExpiry(t *testing.T) {
	for code, want := range map[int32]paymentlink.State{
		1: paymentlink.StateUnknown,
		0: paymentlink.StateInactive,
		7: paymentlink.StateUnknown,
	} {
		record := paymentlink.Record{StatusCode: paymentlink.Some(code), UnreadableExpiry: true}
		link := one(t, record)
		if got := link.State(now); got != want {
			t.Errorf("State() with code %d = %v, want %v", code, got, want)
		}
		if expired, ok := link.IsExpired(now); expired || ok {
			t.Errorf("IsExpired() with code %d = %v, %v, want false, false", code, expired, ok)
		}
		if at, ok := link.ExpiresAt(); ok {
			t.Errorf("ExpiresAt() with code %d = %v, want none", code, at)
		}
		if left, ok := link.TimeLeft(now); ok {
			t.Errorf("TimeLeft() with code %d = %v, want none", code, left)
		}
	}
}

func TestTimeLeft(t *testing.T) {
	tests := map[string]struct {
		expires time.Time
		unit    time.Duration
		left    time.Duration
		units   int64
		ok      bool
	}{
		"never":                    {time.Time{}, time.Second, 0, 0, false},
		"just expired":             {now, time.Second, 0, 0, true},
		"long expired":             {now.Add(-time.Hour), time.Minute, 0, 0, true},
		"seconds are rounded down": {now.Add(2*time.Second - 1), time.Second, 2*time.Second - 1, 1, true},
		"exact seconds":            {now.Add(2 * time.Second), time.Second, 2 * time.Second, 2, true},
		"minutes":                  {now.Add(119 * time.Second), time.Minute, 119 * time.Second, 1, true},
		"hours":                    {now.Add(25 * time.Hour), time.Hour, 25 * time.Hour, 25, true},
		"days":                     {now.Add(47 * time.Hour), 24 * time.Hour, 47 * time.Hour, 1, true},
		"beyond a Duration":        {now.AddDate(1000, 0, 0), 24 * time.Hour, math.MaxInt64, 365242, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link := one(t, paymentlink.Record{ExpiresAt: test.expires})
			if got, ok := link.TimeLeft(now); got != test.left || ok != test.ok {
				t.Errorf("TimeLeft() = %v, %v, want %v, %v", got, ok, test.left, test.ok)
			}
			if got, ok := link.UnitsLeft(now, test.unit); got != test.units || ok != test.ok {
				t.Errorf("UnitsLeft(%v) = %v, %v, want %v, %v", test.unit, got, ok, test.units, test.ok)
			}
		})
	}
	t.Run("now with a fraction", func(t *testing.T) {
		link := one(t, paymentlink.Record{ExpiresAt: now.Add(10 * time.Second)})
		if got, _ := link.UnitsLeft(now.Add(time.Nanosecond), time.Second); got != 9 {
			t.Errorf("UnitsLeft a nanosecond below 10 s = %d, want 9", got)
		}
	})
}

func TestAmountNeedsACurrency(t *testing.T) {
	amount := paymentlink.Some(decimal("30.5"))
	tests := map[string]struct {
		amount   paymentlink.Optional[money.Decimal]
		currency money.Currency
		want     string // "" none
	}{
		"both":        {amount, "MXN", "30.50 MXN"},
		"zero":        {paymentlink.Some(money.Decimal{}), "MXN", "0.00 MXN"},
		"no currency": {amount, "", ""},
		"no amount":   {paymentlink.Optional[money.Decimal]{}, "MXN", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			link := one(t, paymentlink.Record{Amount: test.amount, Currency: test.currency})
			got := ""
			if amount, ok := link.Amount(); ok {
				got = fmt.Sprint(amount.Value(), " ", amount.Currency())
			}
			if got != test.want {
				t.Errorf("Amount() = %q, want %q", got, test.want)
			}
			if link.Currency() != test.currency {
				t.Errorf("Currency() = %q, want %q", link.Currency(), test.currency)
			}
		})
	}
}

func TestRawValues(t *testing.T) {
	created, updated := now.Add(-2*time.Hour), now.Add(-time.Hour)
	type raw struct {
		ID, URL, Slug, UserID, PurchaseID string
		CreatedAt, UpdatedAt, ExpiresAt   time.Time
		Times                             [3]bool
		FixedTerm, HasFixedTerm           bool
		LinkType                          int32
		HasLinkType                       bool
		Rates, Extra, Upstream            string
	}
	read := func(l paymentlink.Link) (got raw) {
		got = raw{ID: l.ID(), URL: l.URL(), Slug: l.Slug(), UserID: l.UserID(), PurchaseID: l.PurchaseID()}
		got.CreatedAt, got.Times[0] = l.CreatedAt()
		got.UpdatedAt, got.Times[1] = l.UpdatedAt()
		got.ExpiresAt, got.Times[2] = l.ExpiresAt()
		got.FixedTerm, got.HasFixedTerm = l.FixedTerm()
		got.LinkType, got.HasLinkType = l.LinkType()
		got.Rates, got.Extra, got.Upstream = string(l.AvailableRates()), string(l.ExtraInfo()), string(l.Upstream())
		return got
	}
	full := paymentlink.Record{
		ID: "1", URL: "https://pay.billpocket.com/s/c", Slug: " s\n", UserID: "61529", PurchaseID: "p-9",
		CreatedAt: created, UpdatedAt: updated, ExpiresAt: now,
		FixedTerm: paymentlink.Some(true), LinkType: paymentlink.Some[int32](2),
		AvailableRates: []byte(`[]`), ExtraInfo: []byte(`null`), Upstream: []byte(`{"id":"1"}`),
	}
	want := raw{
		ID: "1", URL: "https://pay.billpocket.com/s/c", Slug: "s", UserID: "61529", PurchaseID: "p-9",
		CreatedAt: created, UpdatedAt: updated, ExpiresAt: now, Times: [3]bool{true, true, true},
		FixedTerm: true, HasFixedTerm: true, LinkType: 2, HasLinkType: true,
		Rates: `[]`, Extra: `null`, Upstream: `{"id":"1"}`,
	}
	if diff := cmp.Diff(want, read(one(t, full))); diff != "" {
		t.Errorf("full record (-want +got):\n%s", diff)
	}
	bare := raw{ID: "id-1", URL: "https://pay.billpocket.com/shop/abc123"}
	if diff := cmp.Diff(bare, read(one(t, paymentlink.Record{}))); diff != "" {
		t.Errorf("bare record (-want +got):\n%s", diff)
	}
}

func TestZeroLink(t *testing.T) {
	if !(paymentlink.Link{}).IsZero() {
		t.Error("the zero Link says it is one")
	}
	if one(t, paymentlink.Record{}).IsZero() {
		t.Error("a link says it is none")
	}
}
