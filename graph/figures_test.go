package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"paymentlinks/internal/paymentlink"
)

// A summary answers all but the periods that cannot be told.
func TestPeriodsThatCannotBeTold(t *testing.T) {
	far := readLinks(t, "testdata/shop.json")
	far = append(far, paymentlink.Record{ID: "old", URL: "https://x.example/old", CreatedAt: instant.AddDate(-2000, 0, 0)})
	zone := `Argument "timeZone" must be the name of an IANA time zone`
	for arguments, want := range map[string]string{
		`unit: DAY, timeZone: "America/Nowhere"`:                       zone,
		`unit: DAY, timeZone: ""`:                                      zone,
		`unit: DAY, timeZone: "Local"`:                                 zone,
		`unit: DAY, timeZone: "../../etc/passwd"`:                      zone,
		`unit: DAY, timeZone: "/etc/localtime"`:                        zone,
		`unit: DAY, timeZone: "zone1970.tab"`:                          zone,
		`unit: DAY, timeZone: "+02:00"`:                                zone,
		`unit: DAY, timeZone: "` + strings.Repeat("UTC/", 5_000) + `"`: zone,
		`unit: MONTH`: `Argument "unit" must give at most 400 periods`,
		`unit: WEEK, field: EXPIRES_AT, timeZone: "Pacific/Auckland"`: `Argument "unit" must give at most 400 periods`,
	} {
		a := newServer(newSource(far...)).ask(t, request{query: `{ paymentLinksSummary { count byPeriod(` + arguments + `) { from } } }`})
		if len(a.Errors) != 1 || a.code() != "BAD_USER_INPUT" || !strings.HasPrefix(a.Errors[0].Message, want) {
			t.Errorf("%.60s: got %+v, want %q", arguments, a.Errors, want)
			continue
		}
		if path := fmt.Sprint(a.Errors[0].Path); path != "[paymentLinksSummary byPeriod]" || string(a.Data) != `{"paymentLinksSummary":{"count":9,"byPeriod":null}}` {
			t.Errorf("%.60s: path %s, data %s", arguments, path, a.Data)
		}
	}
}

// A link that expires at the end of time is in a period that can be written.
func TestPeriodsEndWithTime(t *testing.T) {
	record := paymentlink.Record{ID: "a", URL: "https://x.example/a", ExpiresAt: instant.AddDate(9999-instant.Year(), 4, 22)}
	a := newServer(newSource(record)).ask(t, request{query: `{ paymentLinksSummary { byPeriod(unit: MONTH, field: EXPIRES_AT) { from to count } } }`})
	want := `{"paymentLinksSummary":{"byPeriod":[{"from":"9999-12-01T00:00:00.000Z","to":"9999-12-31T23:59:59.999Z","count":1}]}}`
	if string(a.Data) != want || len(a.Errors) > 0 {
		t.Errorf("got %s, %+v, want %s", a.Data, a.Errors, want)
	}
}
