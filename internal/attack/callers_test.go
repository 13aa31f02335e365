//go:build linux

package attack_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// issuer is an issuer of bearer tokens.
type issuer struct {
	key  ed25519.PrivateKey
	file string // the credentials of its merchants
	jwks http.HandlerFunc
}

// newIssuer knows the merchants of a YAML file.
func newIssuer(t *testing.T, merchants string) *issuer {
	t.Helper()
	i := &issuer{key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), file: filepath.Join(t.TempDir(), "merchants.yaml")}
	if err := os.WriteFile(i.file, []byte(merchants), 0o600); err != nil {
		t.Fatal(err)
	}
	public, _ := i.key.Public().(ed25519.PublicKey)
	i.jwks = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"k","x":"%s"}]}`, base64url(public))
	}
	return i
}

// settings make i the program's issuer.
func (i *issuer) settings(t *testing.T, more ...string) []string {
	t.Helper()
	server := httptest.NewServer(i.jwks)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return append([]string{
		"PAYMENTLINKS_JWT_ISSUER=i", "PAYMENTLINKS_JWT_AUDIENCE=a", "PAYMENTLINKS_JWKS_URL=" + server.URL, "PAYMENTLINKS_CREDENTIALS_FILE=" + i.file,
	}, more...)
}

// bearer is the header of a token for a merchant.
func (i *issuer) bearer(merchant string) []string {
	claims := fmt.Sprintf(`{"iss":"i","aud":"a","merchant":%s,"exp":%d}`, quoted(merchant), time.Now().Add(time.Hour).Unix())
	signed := base64url([]byte(`{"alg":"EdDSA","kid":"k","typ":"JWT"}`)) + "." + base64url([]byte(claims))
	return []string{"Authorization", "Bearer " + signed + "." + base64url(ed25519.Sign(i.key, []byte(signed)))}
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// TestIssuerHangs: the check of a token ends with the request's time.
func TestIssuerHangs(t *testing.T) {
	t.Parallel()
	const timeout = 200 * time.Millisecond
	i := newIssuer(t, "acme: {userToken: demo-seed, apiKey: demo-key}")
	i.jwks = hang
	p := start(t, i.settings(t, "PAYMENTLINKS_REQUEST_TIMEOUT="+timeout.String())...)
	begun := time.Now()
	a, err := p.try(t.Context(), body(ids, ""), i.bearer("acme")...)
	if err != nil {
		t.Fatal(err)
	}
	// An issuer that does not answer is waited for 5 s and more.
	if took := time.Since(begun); took > 3*time.Second || a.status == http.StatusOK && bytes.Contains(a.body, []byte(`"id"`)) {
		t.Errorf("after %v: %v", took, a)
	}
}

// TestIssuerSpeaks: what an issuer says in place of its keys stays out of the log.
func TestIssuerSpeaks(t *testing.T) {
	t.Parallel()
	const words = "Pl4nted"
	for name, jwks := range map[string]http.HandlerFunc{
		"a failure": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, words, http.StatusInternalServerError) },
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, words) },
		"other keys": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"keys":[{"kty":"%s","kid":"%s"}]}`, words, words)
		},
		"an answer too many": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 %s\r\n%s: %s\r\n\r\n", words, words, words)
			_ = conn.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t, "acme: {userToken: demo-seed, apiKey: demo-key}")
			i.jwks = jwks
			p := start(t, i.settings(t, "PAYMENTLINKS_REQUEST_TIMEOUT=1s")...)
			a, err := p.try(t.Context(), body(ids, ""), i.bearer("acme")...)
			if err != nil || a.status == http.StatusOK {
				t.Errorf("got %v %v", a, err)
			}
			p.settle(t)
			p.stop()
			if strings.Contains(p.log.String(), words) || bytes.Contains(a.body, []byte(words)) {
				t.Errorf("%v and\n%s", a, p.log)
			}
		})
	}
}

// TestByteOrderMark: a mark at the start of the credentials file is no part of a name.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, "\ufeffacme: {userToken: demo-seed, apiKey: demo-key}")
	p := start(t, i.settings(t)...)
	a, err := p.try(t.Context(), body(ids, ""), i.bearer("acme")...)
	if err != nil || !bytes.Contains(a.body, []byte(`"id":`)) {
		t.Errorf("got %v %v, want acme's links", a, err)
	}
}

// TestOddAuthorization: a caller that brings a malformed token is not one that
// brings nothing, who would get the configured pair's links.
func TestOddAuthorization(t *testing.T) {
	t.Parallel()
	p := start(t) // the sandbox configures a pair
	for _, value := range []string{"Bearer\tx", "Bearer", "Bearer ", "bearer\t", "Bearer x y", "BEARER \tx", "Bearer ä"} {
		a, err := p.try(t.Context(), body(ids, ""), "Authorization", value)
		if err != nil || a.status != http.StatusUnauthorized && !bytes.Contains(a.body, []byte("UNAUTHENTICATED")) {
			t.Errorf("%q gets %v %v", value, a, err)
		}
	}
}

// TestRebinding: a page whose name was pointed at this machine reads nothing of
// what callers are asked nothing for.
func TestRebinding(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, url := range []string{p.url, p.sandbox + "/v1/custom-link", p.sandbox + "/_sandbox/calls"} {
		method := http.MethodGet
		if url == p.url {
			method = http.MethodPost
		}
		for host, status := range map[string]int{"evil.example": http.StatusMisdirectedRequest, "localhost": 0} {
			a, err := p.send(t.Context(), method, url, body(ids, ""), "Host", host)
			if err != nil || (a.status == http.StatusMisdirectedRequest) != (status != 0) {
				t.Errorf("%s as %s: %v %v", url, host, a, err)
			}
		}
	}
}
