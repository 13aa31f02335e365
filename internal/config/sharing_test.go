package config_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paymentlinks/internal/config"
)

func TestSharing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("SECRET\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := parse(t, nil, "PAYMENTLINKS_REDIS_URL=rediss://user@redis.example", "PAYMENTLINKS_REDIS_PASSWORD_FILE="+file, "PAYMENTLINKS_FRESH_FOR=7s")
	if s := c.Sharing; s.Password != "SECRET" || s.FreshFor != c.Snapshots.FreshFor || s.LiveFor != c.Snapshots.StaleFor || s.MaxBodyBytes != c.Upstream.MaxBodyBytes {
		t.Errorf("read as %+v", s.FreshFor)
	}
	if strings.Contains(c.String(), "SECRET") {
		t.Errorf("printed:\n%s", c)
	}
	for _, url := range []string{"redis://127.0.0.1:6379/2", "unix:///run/redis.sock"} {
		parse(t, nil, "PAYMENTLINKS_REDIS_URL="+url)
	}
}

func TestSharingIsRefused(t *testing.T) {
	tests := map[string][]string{
		"scheme":           {"REDIS_URL", "REDIS_URL=http://SECRET.example"},
		"password":         {"REDIS_URL", "REDIS_URL=redis://user:SECRET@redis.example"},
		"no URL":           {"REDIS_URL", "REDIS_URL=redis://SECRET\x7f"},
		"no host":          {"REDIS_URL", "REDIS_URL=redis://"},
		"no socket":        {"REDIS_URL", "REDIS_URL=unix://"},
		"nothing is fresh": {"REDIS_URL", "REDIS_URL=redis://redis.example", "FRESH_FOR=0s"},
		"password alone":   {"REDIS_PASSWORD", "REDIS_PASSWORD=SECRET"},
		"CA alone":         {"REDIS_CA_FILE", "REDIS_CA_FILE=SECRET"},
	}
	for name, test := range tests {
		var environ []string
		for _, setting := range test[1:] {
			environ = append(environ, config.Prefix+setting)
		}
		_, _, err := config.Parse(nil, environ, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), config.Prefix+test[0]+" ") || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: error %v, want one that names %s", name, err, test[0])
		}
	}
}
