package tenant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"paymentlinks/internal/tenant"
)

func TestNewCredentials(t *testing.T) {
	tests := map[string]struct {
		userToken, apiKey string
		valid             bool
	}{
		"usual":                 {"demo-seed", "demo-key", true},
		"longest":               {strings.Repeat("t", tenant.MaxCredentialBytes), "k", true},
		"too long":              {strings.Repeat("t", tenant.MaxCredentialBytes+1), "k", false},
		"no token":              {"", "k", false},
		"no key":                {"t", "", false},
		"white space":           {"a b", "k", false},
		"header injection":      {"t\r\nX-Api-Key: other", "k", false},
		"outside visible ASCII": {"tök", "k", false},
		"delete character":      {"t", "k\x7f", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := tenant.NewCredentials(test.userToken, test.apiKey)
			if got := err == nil; got != test.valid {
				t.Fatalf("NewCredentials: valid = %v, want %v (error %v)", got, test.valid, err)
			}
			if c.IsZero() == test.valid {
				t.Errorf("IsZero() = %v for a pair whose validity is %v", c.IsZero(), test.valid)
			}
		})
	}
}

func TestCredentialsNeverPrint(t *testing.T) {
	c, err := tenant.NewCredentials("SECRET-token", "SECRET-key")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", &c)
		fmt.Fprintf(&out, verb+"\n", struct{ C tenant.Credentials }{c})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("who", "caller", c)
	slog.New(slog.NewTextHandler(&out, nil)).Info("who", "caller", &c)
	if err := json.NewEncoder(&out).Encode(map[string]any{"caller": c}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "SECRET") || strings.Contains(out.String(), fmt.Sprintf("%x", "SECRET")) {
		t.Errorf("a credential was printed:\n%s", out.String())
	}
}

func TestKey(t *testing.T) {
	pair := func(userToken, apiKey string) tenant.Credentials {
		c, err := tenant.NewCredentials(userToken, apiKey)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	keyer := tenant.NewKeyer()
	if keyer.Key(pair("ab", "c")) != keyer.Key(pair("ab", "c")) {
		t.Error("equal pairs have different keys")
	}
	if keyer.Key(pair("ab", "c")) == keyer.Key(pair("a", "bc")) {
		t.Error("two pairs with the same concatenation share a key")
	}
	if keyer.Key(pair("ab", "c")) == tenant.NewKeyer().Key(pair("ab", "c")) {
		t.Error("two keyers make the same key")
	}
}

func TestKeyIsSafeForConcurrentUse(t *testing.T) {
	keyer := tenant.NewKeyer()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			c, err := tenant.NewCredentials(strings.Repeat("t", i+1), "k")
			if err != nil {
				t.Error(err)
				return
			}
			first := keyer.Key(c)
			for range 200 {
				if keyer.Key(c) != first {
					t.Errorf("the key of pair %d changes", i)
					return
				}
			}
		})
	}
	group.Wait()
}

func BenchmarkKey(b *testing.B) {
	c, err := tenant.NewCredentials(strings.Repeat("t", 36), strings.Repeat("k", 40))
	if err != nil {
		b.Fatal(err)
	}
	keyer := tenant.NewKeyer()
	b.ReportAllocs()
	for b.Loop() {
		keyer.Key(c)
	}
}

func TestTenantIsThePairAndItsKey(t *testing.T) {
	keyer := tenant.NewKeyer()
	pair, err := tenant.NewCredentials("token", "key")
	if err != nil {
		t.Fatal(err)
	}
	got := keyer.Tenant(pair)
	if got.Credentials != pair || got.Key != keyer.Key(pair) || got.Key == (tenant.Key{}) {
		t.Errorf("the Tenant of a pair has the key %x", got.Key)
	}
	if got := keyer.Tenant(tenant.Credentials{}); got != (tenant.Tenant{}) {
		t.Errorf("no pair gives the key %x, want the zero Tenant", got.Key)
	}
	if _, ok := tenant.FromContext(tenant.NewContext(t.Context(), tenant.Tenant{})); ok {
		t.Error("a context without credentials has a caller")
	}
	if fromContext, ok := tenant.FromContext(tenant.NewContext(t.Context(), got)); !ok || fromContext != got {
		t.Error("the context lost its caller")
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s", got, got, got, got)} {
		if strings.Contains(printed, "token") {
			t.Errorf("printed as %s", printed)
		}
	}
}
