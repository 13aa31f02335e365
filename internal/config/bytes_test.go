package config_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"paymentlinks/internal/config"
)

func TestBytes(t *testing.T) {
	tests := map[string]struct {
		want    int64
		printed string
	}{
		"65536":    {64 << 10, "64KiB"},
		"65537B":   {64<<10 + 1, "65537B"},
		"1536KiB":  {1536 << 10, "1536KiB"},
		"2048KiB":  {2 << 20, "2MiB"},
		"1024GiB":  {1 << 40, "1TiB"},
		"1TiB":     {1 << 40, "1TiB"},
		"0100KiB":  {100 << 10, "100KiB"},
		"+100KiB":  {100 << 10, "100KiB"},
		"1048577B": {1<<20 + 1, "1048577B"},
	}
	for text, test := range tests {
		c := parse(t, nil, "PAYMENTLINKS_SNAPSHOT_BYTES="+text)
		if got := c.Snapshots.MaxBytes; got != test.want || c.String() != "PAYMENTLINKS_SNAPSHOT_BYTES="+test.printed+"\n" {
			t.Errorf("%q is read as %d and printed as %s, want %d and %s", text, got, c, test.want, test.printed)
		}
	}
	for _, text := range []string{"KiB", "-1", "-1KiB", "1.5MiB", "1 MiB", "1mib", "1MB", "0x10", "9223372036854775808", "8388608TiB"} {
		_, _, err := config.Parse(nil, []string{"PAYMENTLINKS_SNAPSHOT_BYTES=" + text}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "expected a number of bytes") {
			t.Errorf("%q: error = %v, want one that says how bytes are written", text, err)
		}
	}
}

// TestOffIsPrinted: a limit that is switched off is no default, and the log of
// the start shows it as it was written.
func TestOffIsPrinted(t *testing.T) {
	for _, s := range settings(t) {
		if s.Min != "0" && s.Min != "0s" || s.Default == "0" || s.Flag == "fresh-for" || s.Flag == "shutdown-delay" { // the last is 0 over the sandbox
			continue
		}
		zero := strings.TrimSuffix(s.Min, "s")
		if got, want := parse(t, nil, s.Env+"="+zero).String(), fmt.Sprintf("%s=%s\n", s.Env, s.Min); got != want {
			t.Errorf("%s=%s is printed as %q, want %q", s.Env, zero, got, want)
		}
	}
}
