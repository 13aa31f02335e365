package config_test

import (
	"io"
	"testing"

	"paymentlinks/internal/config"
)

// TestListenAddresses: over the sandbox callers are asked for nothing, so only
// loopback may be listened on.
func TestListenAddresses(t *testing.T) {
	tests := map[string]bool{
		"127.0.0.1:8080":          true,
		"127.8.9.10:0":            true,
		"[::1]:8080":              true,
		"[::ffff:127.0.0.1]:8080": true,
		"localhost:8080":          true,
		"LOCALHOST:8080":          true,
		":8080":                   false,
		"0.0.0.0:8080":            false,
		"[::]:8080":               false,
		"10.0.0.1:8080":           false,
		"[::ffff:10.0.0.1]:8080":  false,
		"localhost.example:8080":  false,
		"example.com:8080":        false,
		"127.0.0.1:":              false,
		"127.0.0.1:-1":            false,
		"127.0.0.1:65536":         false,
		"127.0.0.1:http":          false,
		"127.0.0.1":               false,
		"::1:8080":                false,
		"a b:8080":                false,
		"-":                       false,
		"http://127.0.0.1:8080":   false,
	}
	for address, accepted := range tests {
		_, _, err := config.Parse([]string{"--listen=" + address}, nil, io.Discard, io.Discard)
		if (err == nil) != accepted {
			t.Errorf("--listen=%s over the sandbox: error = %v, want accepted = %v", address, err, accepted)
		}
	}
}

func TestHostNames(t *testing.T) {
	tests := map[string]bool{
		"pay.example.com":       true,
		"localhost":             true,
		"a_b.internal":          true,
		"192.0.2.1":             true,
		"2001:db8::1":           true,
		"[2001:db8::1]":         true,
		"pay.example.com:443":   false,
		"pay..example.com":      false,
		".example.com":          false,
		"*.example.com":         false,
		"pay.example.com/x":     false,
		"https://example.com":   false,
		"exämple.com":           false,
		"pay.example.com extra": false,
	}
	for host, accepted := range tests {
		for _, setting := range []string{"PAYMENTLINKS_ALLOWED_HOSTS=", "PAYMENTLINKS_LIVE_HOSTS="} {
			_, _, err := config.Parse(nil, []string{setting + host}, io.Discard, io.Discard)
			if (err == nil) != accepted {
				t.Errorf("%s%s: error = %v, want accepted = %v", setting, host, err, accepted)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	tests := map[string]bool{
		"https://app.example.com":      true,
		"https://app.example.com:8443": true,
		"http://localhost:3000":        true,
		"http://[::1]:3000":            true,
		"https://app.example.com/":     false,
		"https://app.example.com/x":    false,
		"https://me@app.example.com":   false,
		"https://app.example.com?x":    false,
		"https://app.example.com#x":    false,
		"app.example.com":              false,
		"ftp://app.example.com":        false,
		"https://":                     false,
		"https://*.example.com":        false,
		"null":                         false,
		"*":                            false,
	}
	for origin, accepted := range tests {
		_, _, err := config.Parse(nil, []string{"PAYMENTLINKS_ALLOWED_ORIGINS=https://first.example," + origin}, io.Discard, io.Discard)
		if (err == nil) != accepted {
			t.Errorf("origin %s: error = %v, want accepted = %v", origin, err, accepted)
		}
	}
}
