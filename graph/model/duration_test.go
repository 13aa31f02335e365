package model_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"paymentlinks/graph/model"
)

func TestUnmarshalDuration(t *testing.T) {
	const day = 24 * time.Hour
	good := map[string]time.Duration{
		"PT24H": day, "P7D": 7 * day, "P1D": day, "P2W": 14 * day, "PT0S": 0, "P0D": 0, "PT1M": time.Minute,
		"P1W2DT3H4M5S": 9*day + 3*time.Hour + 4*time.Minute + 5*time.Second, "P1DT1S": day + time.Second,
		"PT90M": 90 * time.Minute, "PT36H": 36 * time.Hour, "PT0.5S": time.Second / 2, "PT1.000000001S": time.Second + 1,
		"PT007S": 7 * time.Second, "P36500D": 36_500 * day, "PT876000H": 36_500 * day,
	}
	for text, want := range good {
		if got, err := model.UnmarshalDuration(text); err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", text, got, err, want)
		}
	}
	bad := []string{
		"", "P", "PT", "T1H", "1D", "P1", "PT1", "P1DT", "P1Y", "P1M", "P1Y2M", "-P1D", "P-1D", "+P1D", "P+1D", "PT-1S", "PT1S1M", "PT1M1H",
		"P1D1W", "P1H", "PT1D", "PT1W", "P1DT1D", "p1d", "P1d", "P 1D", " P1D", "P1D ", "P1D\n", "P1,5D", "P1.5D", "PT1.5M", "PT.5S", "PT1.S",
		"PT1.0000000001S", "P1D2D", "PT1S2S", "P1DTT1S", "P1DT1ST", "P36501D", "PT876001H", "P36500DT1S", "P5215W", "P99999999999999999999D",
		"P9223372036854775807W", "PT9223372036854775808S", "P١D", "P0x1D", "P1_0D", "PT1e3S", "P1D\x00", "１",
	}
	for _, text := range bad {
		if got, err := model.UnmarshalDuration(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
	for _, value := range []any{nil, 5, int64(5), json.Number("5"), 1.5, true, []any{"P1D"}, map[string]any{}} {
		if got, err := model.UnmarshalDuration(value); err == nil {
			t.Errorf("%v was read as %v", value, got)
		}
	}
}

// grammar is the accepted form, written independently of the parser.
var grammar = regexp.MustCompile(`^P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$`)

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"PT24H", "P7D", "P1W2DT3H4M5.5S", "P", "PT", "P1Y", "-P1D", "P36500D", "PT99999999999999999999S", "P36499DT0.123456789S", "P1DT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := model.UnmarshalDuration(text)
		wellFormed := grammar.MatchString(text) && !strings.HasSuffix(text, "P") && !strings.HasSuffix(text, "T")
		switch {
		case err == nil && !wellFormed:
			t.Fatalf("%q is not of the form and was read as %v", text, got)
		case err == nil && (got < 0 || got > 36_500*24*time.Hour):
			t.Fatalf("%q was read as %v, beyond the bound", text, got)
		case err != nil && wellFormed && len(text) < 8:
			// Too short a text to be beyond the bound, unless it counts many weeks or days.
			if !strings.ContainsAny(text, "WD") {
				t.Fatalf("%q is of the form and was refused", text)
			}
		case err == nil:
			written := marshal(model.MarshalDuration(got))
			if again, err := model.UnmarshalDuration(strings.Trim(written, `"`)); err != nil || again != got {
				t.Fatalf("%q is %v, written as %s and read back as %v, %v", text, got, written, again, err)
			}
		}
	})
}
