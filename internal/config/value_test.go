package config_test

import (
	"testing"

	"paymentlinks/internal/config"
)

func TestBytes(t *testing.T) {
	tests := map[string]struct {
		want    config.Bytes
		printed string
	}{
		"0":       {0, "0"},
		"1":       {1, "1B"},
		"1023B":   {1023, "1023B"},
		"1024":    {1024, "1KiB"},
		"1536KiB": {1536 << 10, "1536KiB"},
		"2048KiB": {2 << 20, "2MiB"},
		"3TiB":    {3 << 40, "3TiB"},
	}
	for text, test := range tests {
		var b config.Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || b != test.want || b.String() != test.printed {
			t.Errorf("%q is read as %d (%v) and printed as %s, want %d and %s", text, b, err, b, test.want, test.printed)
		}
	}
	for _, text := range []string{"", "KiB", "-1", "-1KiB", "1.5MiB", "1 MiB", "1mib", "1MB", "0x10", "9223372036854775808", "8388608TiB"} {
		var b config.Bytes
		if err := b.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %d, want an error", text, b)
		}
	}
}
