package config_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paymentlinks/internal/config"
)

func TestBanner(t *testing.T) {
	address := func(text string) net.Addr {
		a, err := net.ResolveTCPAddr("tcp", text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	bearer := []string{
		upstream, "PAYMENTLINKS_JWT_ISSUER=i", "PAYMENTLINKS_JWT_AUDIENCE=a",
		"PAYMENTLINKS_JWKS_URL=https://id.example/keys", "PAYMENTLINKS_CREDENTIALS_FILE=c.yaml",
	}
	tests := map[string]struct {
		environ   []string
		at        config.Addresses
		want      []string
		unwelcome []string
	}{
		"sandbox": {
			nil,
			config.Addresses{API: address("127.0.0.1:8080"), Admin: address("127.0.0.1:8081"), Sandbox: address("127.0.0.1:9")},
			[]string{"http://127.0.0.1:8080/graphql\n", "http://127.0.0.1:8080/\n", "http://127.0.0.1:8081/livez", "http://127.0.0.1:9\n", "DEMO LINKS", "curl http://127.0.0.1:8080/graphql "},
			[]string{"demo-seed", "BP-User-Token"},
		},
		"upstream": {
			[]string{upstream},
			config.Addresses{API: address("[::]:8080")},
			[]string{"http://127.0.0.1:8080/graphql\n", `-H "BP-User-Token: $BP_USER_TOKEN" -H "X-Api-Key: $BP_API_KEY"`},
			[]string{"DEMO", "Sandbox", "Probes"},
		},
		"API key of our own": {
			[]string{upstream, "PAYMENTLINKS_API_KEY=SECRET"},
			config.Addresses{API: address("[::1]:8080")},
			[]string{"http://[::1]:8080/graphql\n", `-H "BP-User-Token: $BP_USER_TOKEN"`},
			[]string{"SECRET", "X-Api-Key"},
		},
		"pair of our own": {
			[]string{upstream, "PAYMENTLINKS_LISTEN=127.0.0.1:1", "PAYMENTLINKS_API_KEY=SECRET", "PAYMENTLINKS_USER_TOKEN=SECRET"},
			config.Addresses{API: address("127.0.0.1:1")},
			[]string{"curl http://127.0.0.1:1/graphql "},
			[]string{"SECRET", "X-Api-Key", "BP-User-Token"},
		},
		"bearer tokens": {
			bearer,
			config.Addresses{API: address("0.0.0.0:8080")},
			[]string{"http://127.0.0.1:8080/graphql\n", `-H "Authorization: Bearer $BEARER_TOKEN"`},
			[]string{"BP-User-Token"},
		},
		"production": {
			[]string{upstream, "PAYMENTLINKS_PRODUCTION=true", "PAYMENTLINKS_TRUSTED_ONLY=true", "PAYMENTLINKS_TRUSTED_DOCUMENTS=m.json"},
			config.Addresses{API: address("0.0.0.0:8080")},
			[]string{"http://127.0.0.1:8080/graphql\n"},
			[]string{"Playground", "curl"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := parse(t, nil, test.environ...).Banner(&out, test.at); err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("Banner lacks %q:\n%s", want, out.String())
				}
			}
			for _, unwelcome := range test.unwelcome {
				if strings.Contains(out.String(), unwelcome) {
					t.Errorf("Banner has %q:\n%s", unwelcome, out.String())
				}
			}
		})
	}
}

func TestBannerIsForPeople(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a device of characters, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	overSandbox := parse(t, nil)
	overUpstream := parse(t, nil, "PAYMENTLINKS_UPSTREAM_URL=https://api.example")
	for name, test := range map[string]struct {
		cfg  config.Config
		w    io.Writer
		want bool
	}{
		"sandbox, file":      {overSandbox, file, true},
		"upstream, file":     {overUpstream, file, false},
		"upstream, pipe":     {overUpstream, &strings.Builder{}, false},
		"upstream, terminal": {overUpstream, terminal, true},
	} {
		if got := test.cfg.WantsBanner(test.w); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
