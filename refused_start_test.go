package main

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// TestRefusedStartLetsGo: what was listened on is free again.
func TestRefusedStartLetsGo(t *testing.T) {
	probe, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := probe.Addr().String()
	_ = probe.Close()
	for _, args := range [][]string{nil, {"--trusted-documents=" + filepath.Join(t.TempDir(), "none.json")}} {
		if err := run(t.Context(), append(args, "--admin-listen=nowhere.invalid:1"), []string{"PAYMENTLINKS_LISTEN=" + at}, io.Discard, io.Discard); err == nil {
			t.Fatal("it started")
		}
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
		if err != nil {
			t.Fatalf("after a refused start: %v", err)
		}
		_ = listener.Close()
	}
}

func TestRunRefusesToStart(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	free := []string{"PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:0"}
	tests := map[string]struct {
		args    []string
		environ []string
		want    string
	}{
		"taken port":                  {nil, []string{"PAYMENTLINKS_LISTEN=" + taken.Addr().String()}, "PAYMENTLINKS_LISTEN"},
		"taken admin port":            {nil, append(free, "PAYMENTLINKS_ADMIN_LISTEN="+taken.Addr().String()), "PAYMENTLINKS_ADMIN_LISTEN"},
		"taken sandbox port":          {nil, append(free, "PAYMENTLINKS_SANDBOX_LISTEN="+taken.Addr().String()), "PAYMENTLINKS_SANDBOX_LISTEN"},
		"sandbox alone, taken port":   {[]string{"sandbox"}, []string{"PAYMENTLINKS_SANDBOX_LISTEN=" + taken.Addr().String()}, "PAYMENTLINKS_SANDBOX_LISTEN"},
		"bad setting":                 {nil, append(free, "PAYMENTLINKS_FRESH_FOR=soon"), "PAYMENTLINKS_FRESH_FOR"},
		"unknown flag":                {[]string{"--verbose"}, free, "--verbose"},
		"production without upstream": {nil, append(free, "PAYMENTLINKS_PRODUCTION=true"), "PAYMENTLINKS_UPSTREAM_URL"},
		"no such CA file": {nil, append(free, "PAYMENTLINKS_UPSTREAM_URL=https://api.example.com",
			"PAYMENTLINKS_UPSTREAM_CA_FILE="+filepath.Join(t.TempDir(), "none.pem")), "PAYMENTLINKS_UPSTREAM_CA_FILE"},
		"no such manifest": {nil, append(free, "PAYMENTLINKS_TRUSTED_DOCUMENTS="+filepath.Join(t.TempDir(), "none.json")), "PAYMENTLINKS_TRUSTED_DOCUMENTS"},
		"no such credentials file": {nil, append(free, "PAYMENTLINKS_JWT_ISSUER=i", "PAYMENTLINKS_JWT_AUDIENCE=a", "PAYMENTLINKS_JWKS_URL=http://127.0.0.1:1/keys",
			"PAYMENTLINKS_CREDENTIALS_FILE="+filepath.Join(t.TempDir(), "none.yaml")), "PAYMENTLINKS_CREDENTIALS_FILE"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout bytes.Buffer
			err := run(t.Context(), test.args, test.environ, &stdout, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("run = %v, want an error that names %s", err, test.want)
			}
			if stdout.Len() > 0 {
				t.Errorf("run printed %q before it refused", stdout.String())
			}
		})
	}
}
