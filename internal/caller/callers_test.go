package caller_test

import (
	"fmt"
	"strings"
	"testing"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

func TestNewRefuses(t *testing.T) {
	withIssuer := caller.Config{Settings: caller.Settings{Issuer: issuerName, Audience: audienceName, JWKSURL: "https://SECRET.example/keys", CredentialsFile: "SECRET.yaml"}}
	tests := map[string]struct {
		base   caller.Config
		change func(*caller.Config)
		names  string
	}{
		"user token without API key":          {change: func(c *caller.Config) { c.UserToken = "SECRET" }, names: "API key"},
		"malformed pair":                      {change: func(c *caller.Config) { c.UserToken, c.APIKey = "SECRET with space", "k" }, names: "pair"},
		"malformed API key":                   {change: func(c *caller.Config) { c.APIKey = "SECRET with space" }, names: "API key"},
		"audience without issuer":             {change: func(c *caller.Config) { c.Audience = "SECRET" }, names: "audience"},
		"JWKS URL without issuer":             {change: func(c *caller.Config) { c.JWKSURL = "https://SECRET.example" }, names: "JWKS URL"},
		"credentials file without issuer":     {change: func(c *caller.Config) { c.CredentialsFile = "SECRET" }, names: "credentials file"},
		"issuer without audience":             {withIssuer, func(c *caller.Config) { c.Audience = "" }, "audience"},
		"issuer without JWKS URL":             {withIssuer, func(c *caller.Config) { c.JWKSURL = "" }, "JWKS URL"},
		"issuer without credentials file":     {withIssuer, func(c *caller.Config) { c.CredentialsFile = "" }, "credentials file"},
		"keys over plain http":                {withIssuer, func(c *caller.Config) { c.JWKSURL = "http://SECRET.example/keys" }, "https"},
		"keys over http to a loopback suffix": {withIssuer, func(c *caller.Config) { c.JWKSURL = "http://localhost.SECRET.example/keys" }, "https"},
		"keys of a file":                      {withIssuer, func(c *caller.Config) { c.JWKSURL = "file:///SECRET" }, "absolute"},
		"keys with a password in the URL":     {withIssuer, func(c *caller.Config) { c.JWKSURL = "https://u:SECRET@h.example/" }, "must not hold a user"},
		"credentials file is not there":       {withIssuer, func(c *caller.Config) { c.CredentialsFile = t.TempDir() + "/none.yaml" }, "credentials file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := test.base
			test.change(&cfg)
			callers, err := caller.New(t.Context(), cfg)
			if callers != nil || err == nil || !strings.Contains(err.Error(), test.names) {
				t.Fatalf("New = %v, %v; want an error that names %q", callers, err, test.names)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the error holds a value: %v", err)
			}
		})
	}
}

func TestIdentifyByHeaders(t *testing.T) {
	const refused = "refused"
	long := strings.Repeat("t", tenant.MaxCredentialBytes+1)
	pairHeaders := []string{"BP-User-Token", "t", "X-Api-Key", "k"}
	configurations := map[string]caller.Config{
		"nothing":  {},
		"key only": {Settings: caller.Settings{APIKey: "own-key"}},
		"pair":     {Settings: caller.Settings{UserToken: "own-token", APIKey: "own-key"}},
	}
	tests := map[string]struct {
		header []string
		want   map[string]string // by configuration: "token/key", "" for no pair, or refused
	}{
		"both":               {pairHeaders, map[string]string{"nothing": "t/k", "key only": "t/k", "pair": "t/k"}},
		"neither":            {nil, map[string]string{"nothing": "", "key only": "", "pair": "own-token/own-key"}},
		"user token alone":   {[]string{"BP-User-Token", "t"}, map[string]string{"nothing": refused, "key only": "t/own-key", "pair": refused}},
		"API key alone":      {[]string{"X-Api-Key", "k"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"empty user token":   {[]string{"BP-User-Token", "", "X-Api-Key", "k"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"empty API key":      {[]string{"BP-User-Token", "t", "X-Api-Key", ""}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"two user tokens":    {append([]string{"BP-User-Token", "t2"}, pairHeaders...), map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"same API key twice": {append([]string{"X-Api-Key", "k"}, pairHeaders...), map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"too long":           {[]string{"BP-User-Token", long, "X-Api-Key", "k"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"not ASCII":          {[]string{"BP-User-Token", "tök", "X-Api-Key", "k"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"header injection":   {[]string{"BP-User-Token", "t\r\nX: y", "X-Api-Key", "k"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"other case":         {[]string{"bp-user-token", "t", "x-api-key", "k"}, map[string]string{"nothing": "t/k", "key only": "t/k", "pair": "t/k"}},
		"Basic beside both":  {append([]string{"Authorization", "Basic dTpw"}, pairHeaders...), map[string]string{"nothing": "t/k", "key only": "t/k", "pair": "t/k"}},
		"Basic alone":        {[]string{"Authorization", "Basic dTpw"}, map[string]string{"nothing": "", "key only": "", "pair": "own-token/own-key"}},
		"bearer beside both": {append([]string{"Authorization", "Bearer abc"}, pairHeaders...), map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
		"bearer alone":       {[]string{"Authorization", "Bearer abc"}, map[string]string{"nothing": refused, "key only": refused, "pair": refused}},
	}
	for name, test := range tests {
		for configuration, cfg := range configurations {
			t.Run(name+", configured "+configuration, func(t *testing.T) {
				callers, err := caller.New(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer callers.Close()
				got, err := callers.Identify(t.Context(), request(t, test.header...))
				want := test.want[configuration]
				if want == refused {
					if !got.IsZero() || fault.KindOf(err) != fault.Unauthenticated {
						t.Errorf("Identify = %s, %v; want UNAUTHENTICATED", show(got), err)
					}
					return
				}
				if err != nil || show(got) != want {
					t.Errorf("Identify = %q, %v; want %q", show(got), err, want)
				}
			})
		}
	}
}

func show(c tenant.Tenant) string {
	if c.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s/%s", c.UserToken(), c.APIKey())
}

func TestAsksNothing(t *testing.T) {
	tests := map[string]struct {
		cfg  caller.Config
		want bool
	}{
		"nothing configured": {caller.Config{}, false},
		"API key alone":      {caller.Config{Settings: caller.Settings{APIKey: "k"}}, false},
		"a pair":             {caller.Config{Settings: caller.Settings{UserToken: "t", APIKey: "k"}}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			callers, err := caller.New(t.Context(), test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer callers.Close()
			if got := callers.AsksNothing(); got != test.want {
				t.Errorf("AsksNothing() = %v, want %v", got, test.want)
			}
		})
	}
	t.Run("a pair and an issuer", func(t *testing.T) {
		b := newBench(t, func(c *caller.Config) { c.UserToken, c.APIKey = "t", "k" })
		if b.AsksNothing() {
			t.Error("AsksNothing() = true although an issuer is set")
		}
	})
}

func TestIssuerTurnsAwayWhoBringsNothing(t *testing.T) {
	b := newBench(t, func(c *caller.Config) { c.UserToken, c.APIKey = "own-token", "own-key" })
	for name, header := range map[string][]string{
		"nothing":         nil,
		"other scheme":    {"Authorization", "Basic dTpw"},
		"empty":           {"Authorization", ""},
		"bearer and both": {"Authorization", "Bearer " + b.token(nil), "BP-User-Token", "t", "X-Api-Key", "k"},
		"bearer and one":  {"Authorization", "Bearer " + b.token(nil), "BP-User-Token", "t"},
		"two tokens":      {"Authorization", "Bearer " + b.token(nil), "Authorization", "Bearer " + b.token(nil)},
		"Basic and token": {"Authorization", "Basic dTpw", "Authorization", "Bearer " + b.token(nil)},
	} {
		got, err := b.Identify(t.Context(), request(t, header...))
		if !got.IsZero() || fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: Identify = %q, %v; want UNAUTHENTICATED", name, show(got), err)
		}
	}
	got, err := b.Identify(t.Context(), request(t, "BP-User-Token", "t", "X-Api-Key", "k"))
	if err != nil || show(got) != "t/k" {
		t.Errorf("pass-through beside an issuer: %q, %v", show(got), err)
	}
}
