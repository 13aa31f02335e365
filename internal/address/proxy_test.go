package address_test

import (
	"testing"

	"paymentlinks/internal/address"
)

func TestParsePrefix(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "10.1.2.3/8": "10.0.0.0/8", "192.0.2.1": "192.0.2.1/32", "2001:db8::1": "2001:db8::1/128",
		"::ffff:192.0.2.1": "192.0.2.1/32", "fe80::1%eth0": "", "10.0.0.0/33": "", "name": "", "": "",
	} {
		prefix, err := address.ParsePrefix(text)
		got := ""
		if err == nil {
			got = prefix.String()
		}
		if got != want {
			t.Errorf("ParsePrefix(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseHop(t *testing.T) {
	for text, want := range map[string]string{
		" 192.0.2.1 ": "192.0.2.1", "192.0.2.1:99": "192.0.2.1", "[2001:db8::1]:99": "2001:db8::1", "[2001:db8::1]": "2001:db8::1",
		"fe80::1%x": "fe80::1", "::ffff:192.0.2.1": "192.0.2.1", "unknown": "", "_hidden": "", "": "",
	} {
		hop, err := address.ParseHop(text)
		got := ""
		if err == nil {
			got = hop.String()
		}
		if got != want {
			t.Errorf("ParseHop(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}
