package address_test

import (
	"errors"
	"strings"
	"testing"

	"paymentlinks/internal/address"
)

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.255.0.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "localhost.example": false, "128.0.0.1": false, "0.0.0.0": false, "::": false, "example.com": false,
	} {
		if got := address.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestHostName(t *testing.T) {
	for host, want := range map[string]string{
		"Pay.Example:8080": "pay.example", "pay.example.": "pay.example", "[::1]:80": "::1", "[::1]": "::1", "": "", "127.0.0.1": "127.0.0.1",
	} {
		if got := address.HostName(host); got != want {
			t.Errorf("HostName(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestParseService(t *testing.T) {
	const beyond = "beyond loopback"
	for text, want := range map[string]string{
		"https://api.example": "", "https://api.example:8443/prefix/": "", "http://localhost:1/keys": "", "http://LOCALHOST:1/keys": "",
		"http://127.0.0.1": "", "http://[::1]:80": "",
		"http://api.example": beyond, "http://localhost.example": beyond,
		"": "absolute", "api.example": "absolute", "https://": "absolute", "https:opaque": "absolute", "https://a b": "absolute",
		"https://api.example:99999": "absolute", "ftp://api.example": "https", "https://SECRET@api.example": "user",
		"https://api.example?key=SECRET": "query", "https://api.example?": "query", "https://api.example#SECRET": "fragment", "https://api.example#": "fragment",
	} {
		u, err := address.ParseService(text, false)
		switch {
		case want == "" && (err != nil || u.Host == ""):
			t.Errorf("%q: error %v", text, err)
		case want == beyond && !errors.Is(err, address.ErrPlainHTTP):
			t.Errorf("%q: error %v, want ErrPlainHTTP", text, err)
		case want != "" && want != beyond && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: error %v, want one about %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("the error repeats the URL: %v", err)
		}
	}
	if _, err := address.ParseService("http://api.example", true); err != nil {
		t.Errorf("plain http that is accepted: %v", err)
	}
}

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]address.Origin{
		"https://app.example.com": "https://app.example.com", "HTTPS://App.Example.Com": "https://app.example.com",
		"https://app.example.com:443": "https://app.example.com", "http://localhost:80": "http://localhost", "http://localhost:3000": "http://localhost:3000",
		"https://app.example.com:80": "https://app.example.com:80", "https://[::1]:8443": "https://[::1]:8443",
		"capacitor://localhost": "capacitor://localhost", "ionic://localhost": "ionic://localhost",
		"chrome-extension://abcdefghijklmnop": "chrome-extension://abcdefghijklmnop",
	} {
		if got, err := address.ParseOrigin(text); err != nil || got != want {
			t.Errorf("ParseOrigin(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "null", "*", "app.example.com", "https://", "https://app.example.com/", "https://app.example.com/path", "https://user@app.example.com",
		"https://app.example.com?x", "https://*.example.com", "file://", "file://host", "data:text/html,x", "https://app.example.com:99999", "https://a b", "ftp://app.example.com",
	} {
		if got, err := address.ParseOrigin(text); err == nil {
			t.Errorf("ParseOrigin(%q) = %q, want an error", text, got)
		}
	}
}
