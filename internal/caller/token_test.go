package caller_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
)

func TestTokenNamesTheMerchant(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	b.wantPair(b.token(func(c jwt.MapClaims) { c["merchant"] = "globex" }), "globex-token")
	b.wantPair(b.token(func(c jwt.MapClaims) { c["aud"] = []string{"other", audienceName} }), "acme-token")
	for _, value := range []string{"bearer ", "BEARER  ", "Bearer "} {
		if got, err := b.Identify(t.Context(), request(t, "Authorization", value+b.token(nil))); err != nil || got.UserToken() != "acme-token" {
			t.Errorf("scheme %q: %v", value, err)
		}
	}
	if n := b.issuer.fetched(); n != 1 {
		t.Errorf("the keys were fetched %d times, want once", n)
	}
}

// A token is limited unless it brings the scope, in any of the forms that issuers
// write; a pair is not.
func TestTokensAreLimitedWithoutTheScope(t *testing.T) {
	b := newBench(t, nil)
	for name, test := range map[string]struct {
		claims    jwt.MapClaims
		isLimited bool
	}{
		"none":             {jwt.MapClaims{}, true},
		"the scope":        {jwt.MapClaims{"scope": "payment-links:operations"}, false},
		"among others":     {jwt.MapClaims{"scope": "openid payment-links:operations email"}, false},
		"a list":           {jwt.MapClaims{"scope": []string{"openid", "payment-links:operations"}}, false},
		"scp":              {jwt.MapClaims{"scp": []string{"payment-links:operations"}}, false},
		"scp as a text":    {jwt.MapClaims{"scp": "a payment-links:operations"}, false},
		"another":          {jwt.MapClaims{"scope": "payment-links:operations-eu xpayment-links:operations"}, true},
		"in another case":  {jwt.MapClaims{"scope": "Payment-Links:Operations"}, true},
		"of another type":  {jwt.MapClaims{"scope": true, "scp": []any{1, nil}}, true},
		"in another claim": {jwt.MapClaims{"roles": "payment-links:operations"}, true},
	} {
		got, err := b.identify(b.token(func(c jwt.MapClaims) { maps.Copy(c, test.claims) }))
		if err != nil || got.Limited != test.isLimited {
			t.Errorf("%s: limited %v, %v; want %v", name, got.Limited, err, test.isLimited)
		}
	}
	limited, err := b.identify(b.token(nil))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := b.Identify(t.Context(), request(t, "BP-User-Token", "acme-token", "X-Api-Key", limited.APIKey()))
	if err != nil || pair.Limited || pair.Key != limited.Key {
		t.Errorf("a pair: limited %v, %v, another key %v", pair.Limited, err, pair.Key != limited.Key)
	}
}

func TestMerchantClaimIsConfigurable(t *testing.T) {
	b := newBench(t, func(c *caller.Config) { c.MerchantClaim = "https://issuer.example/shop" })
	b.wantPair(b.token(func(c jwt.MapClaims) { c["https://issuer.example/shop"] = "globex" }), "globex-token")
}

func TestEveryAsymmetricAlgorithm(t *testing.T) {
	b := newBench(t, nil)
	rsaKey, edKey := newRSAKey(t, 2048), newEdKey(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.issuer.set(func(i *issuer) { i.keys["rsa"], i.keys["p384"], i.keys["ed"] = rsaKey, p384, edKey })
	b.advance(time.Minute)
	tests := []struct {
		method jwt.SigningMethod
		key    any
		kid    string
	}{
		{jwt.SigningMethodRS256, rsaKey, "rsa"},
		{jwt.SigningMethodRS512, rsaKey, "rsa"},
		{jwt.SigningMethodPS256, rsaKey, "rsa"},
		{jwt.SigningMethodES384, p384, "p384"},
		{jwt.SigningMethodEdDSA, edKey, "ed"},
	}
	for _, test := range tests {
		b.wantPair(sign(t, test.method, test.key, b.claims(nil), map[string]any{"kid": test.kid}), "acme-token")
		// A token may leave out the key id: then every key is tried.
		b.wantPair(sign(t, test.method, test.key, b.claims(nil), nil), "acme-token")
	}
}

func TestBadTokens(t *testing.T) {
	b := newBench(t, nil)
	rsaKey := newRSAKey(t, 2048)
	b.issuer.set(func(i *issuer) { i.keys["rsa"] = rsaKey })
	b.advance(time.Minute)
	b.wantPair(b.token(nil), "acme-token")

	der, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	with := func(name string, value any) string {
		return b.token(func(c jwt.MapClaims) { c[name] = value })
	}
	without := func(name string) string {
		return b.token(func(c jwt.MapClaims) { delete(c, name) })
	}
	at := func(d time.Duration) int64 { return b.Now().Add(d).Unix() }
	good := b.token(nil)
	parts := strings.Split(good, ".")
	flipped := []byte(parts[2])
	flipped[10] ^= 1 // another letter of the alphabet or a broken one, never the same
	kid := map[string]any{"kid": "rsa"}

	tests := map[string]string{
		"expired":                        with("exp", at(-31*time.Second)),
		"no expiry":                      without("exp"),
		"expiry is text":                 with("exp", "never"),
		"not yet valid":                  with("nbf", at(31*time.Second)),
		"issued in the future":           with("iat", at(31*time.Second)),
		"other issuer":                   with("iss", issuerName+"/"),
		"no issuer":                      without("iss"),
		"other audience":                 with("aud", "other"),
		"no audience":                    without("aud"),
		"no merchant":                    without("merchant"),
		"merchant is a number":           with("merchant", 7),
		"merchant is empty":              with("merchant", ""),
		"merchant is a list":             with("merchant", []string{"acme"}),
		"merchant is too long":           with("merchant", strings.Repeat("m", 257)),
		"unknown merchant":               with("merchant", "umbrella"),
		"none":                           sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, b.claims(nil), kid),
		"HS256 under the public PEM":     sign(t, jwt.SigningMethodHS256, publicPEM, b.claims(nil), kid),
		"HS256 under the public DER":     sign(t, jwt.SigningMethodHS256, der, b.claims(nil), kid),
		"HS256 without a key id":         sign(t, jwt.SigningMethodHS256, der, b.claims(nil), nil),
		"RSA token under an EC key's id": sign(t, jwt.SigningMethodRS256, rsaKey, b.claims(nil), map[string]any{"kid": "k1"}),
		"EC token under an RSA key's id": sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), kid),
		"a stranger's key, known id":     sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "k1"}),
		"a stranger's key, no id":        sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), nil),
		"key id is a number":             sign(t, jwt.SigningMethodRS256, rsaKey, b.claims(nil), map[string]any{"kid": 7}),
		"key in the token's header":      sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "k1", "jku": b.issuer.URL}),
		"critical extension":             sign(t, jwt.SigningMethodRS256, rsaKey, b.claims(nil), map[string]any{"kid": "rsa", "crit": []string{"x"}, "x": 1}),
		"signature changed":              parts[0] + "." + parts[1] + "." + string(flipped),
		"signature cut":                  parts[0] + "." + parts[1] + ".",
		"claims changed":                 parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"merchant":"globex"}`)) + "." + parts[2],
		"two parts":                      parts[0] + "." + parts[1],
		"four parts":                     good + ".e30",
		"not base64":                     "a.b.c",
		"padding":                        good + "=",
		"not a token68":                  "tök.e.n",
		"white space inside":             good + " x",
		"empty":                          "",
		"too long":                       with("padding", strings.Repeat("p", 8<<10)),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			err := b.refusal(token, fault.Unauthenticated)
			for _, part := range append(strings.Split(token, "."), "acme", "umbrella", "globex", issuerName) {
				if len(part) > 3 && strings.Contains(err.Error(), part) {
					t.Errorf("the error holds a part of the token: %v", err)
				}
			}
		})
	}
	if log := b.log.String(); log != "" {
		t.Errorf("a caller's bad token was logged:\n%s", log)
	}
}

func TestClocksMayDifferALittle(t *testing.T) {
	b := newBench(t, nil)
	at := func(d time.Duration) int64 { return b.Now().Add(d).Unix() }
	b.wantPair(b.token(func(c jwt.MapClaims) { c["exp"] = at(-20 * time.Second) }), "acme-token")
	b.wantPair(b.token(func(c jwt.MapClaims) { c["nbf"], c["iat"] = at(20*time.Second), at(20*time.Second) }), "acme-token")
}

func TestExpiryIsSaid(t *testing.T) {
	b := newBench(t, nil)
	token := b.token(nil)
	b.wantPair(token, "acme-token")
	b.advance(6 * time.Minute)
	if err := b.refusal(token, fault.Unauthenticated); err.Public != "The bearer token has expired." {
		t.Errorf("error %v, want the sentence that tells clients to renew their token", err)
	}
}

func TestCallerLeavesWhileKeysAreFetched(t *testing.T) {
	b := newBench(t, func(c *caller.Config) {
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
	})
	ctx, leave := context.WithCancel(t.Context())
	leave()
	_, err := b.Identify(ctx, request(t, "Authorization", "Bearer "+b.token(nil)))
	if fault.KindOf(err) != fault.Canceled {
		t.Errorf("error %v, want a canceled one", err)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = b.Identify(late, request(t, "Authorization", "Bearer "+b.token(nil)))
	if fault.KindOf(err) != fault.Timeout {
		t.Errorf("error %v, want a time-out", err)
	}
}

// The last character of a signature holds bits that nothing reads: they must be
// zero, or one signature had several spellings.
func TestSignatureHasOneSpelling(t *testing.T) {
	b := newBench(t, nil)
	token := b.token(nil)
	b.wantPair(token, "acme-token")
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	b.wantKind(token[:len(token)-1]+alphabet[last+1:last+2], fault.Unauthenticated)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
