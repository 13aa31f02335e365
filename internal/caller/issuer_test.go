package caller_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	issuerName   = "https://issuer.example"
	audienceName = "paymentlinks"
)

const twoMerchants = `
acme:
  userToken: acme-token
  apiKey: acme-key
globex:
  userToken: globex-token
  apiKey: globex-key
`

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// issuer gives out tokens, and serves its public keys on loopback.
type issuer struct {
	*httptest.Server
	tb testing.TB

	mu      sync.Mutex
	keys    map[string]crypto.Signer // by key id
	extra   []any                    // further members of the set
	answer  http.HandlerFunc         // instead of the keys
	fetches int
}

func newIssuer(tb testing.TB, kids ...string) *issuer {
	tb.Helper()
	i := &issuer{tb: tb, keys: map[string]crypto.Signer{}}
	for _, kid := range kids {
		i.keys[kid] = newECKey(tb)
	}
	i.Server = httptest.NewServer(http.HandlerFunc(i.serveKeys))
	tb.Cleanup(i.Close)
	return i
}

func (i *issuer) serveKeys(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetches++
	answer := i.answer
	i.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	i.writeKeys(w)
}

func (i *issuer) writeKeys(w http.ResponseWriter) {
	i.mu.Lock()
	keys, extra := maps.Clone(i.keys), i.extra
	i.mu.Unlock()
	set := []any{}
	for kid, key := range keys {
		jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid}})
		if err != nil {
			i.tb.Error(err)
			return
		}
		set = append(set, jwk.Marshal())
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": append(set, extra...)})
}

func (i *issuer) set(change func(i *issuer)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(i)
}

func (i *issuer) fetched() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// bench is Callers over an issuer, a credentials file and a clock.
type bench struct {
	*caller.Callers
	*clock
	tb     testing.TB
	issuer *issuer
	file   string
	log    *syncBuffer
	told   *events
}

func newBench(tb testing.TB, change func(*caller.Config)) *bench {
	tb.Helper()
	b := &bench{
		clock:  newClock(),
		tb:     tb,
		issuer: newIssuer(tb, "k1"),
		file:   filepath.Join(tb.TempDir(), "merchants.yaml"),
		log:    &syncBuffer{},
		told:   &events{},
	}
	b.writeFile(twoMerchants)
	cfg := caller.Config{
		Settings: caller.Settings{
			Issuer:          issuerName,
			Audience:        audienceName,
			JWKSURL:         b.issuer.URL,
			CredentialsFile: b.file,
		},
		Now:    b.Now,
		Events: b.told.listeners(),
		Logger: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	callers, err := caller.New(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(callers.Close)
	b.Callers = callers
	return b
}

func (b *bench) writeFile(content string) {
	b.tb.Helper()
	if err := os.WriteFile(b.file, []byte(content), 0o600); err != nil {
		b.tb.Fatal(err)
	}
}

// claims are those of a good token for acme; change makes them bad.
func (b *bench) claims(change func(jwt.MapClaims)) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss":      issuerName,
		"aud":      audienceName,
		"exp":      b.Now().Add(5 * time.Minute).Unix(),
		"iat":      b.Now().Unix(),
		"merchant": "acme",
	}
	if change != nil {
		change(claims)
	}
	return claims
}

// token signs claims under the issuer's key k1.
func (b *bench) token(change func(jwt.MapClaims)) string {
	b.issuer.mu.Lock()
	key := b.issuer.keys["k1"]
	b.issuer.mu.Unlock()
	return sign(b.tb, jwt.SigningMethodES256, key, b.claims(change), map[string]any{"kid": "k1"})
}

// identify asks who sends a bearer token.
func (b *bench) identify(token string) (tenant.Tenant, error) {
	return b.Identify(b.tb.Context(), request(b.tb, "Authorization", "Bearer "+token))
}

// wantPair checks that a token stands for a user token.
func (b *bench) wantPair(token, userToken string) {
	b.tb.Helper()
	got, err := b.identify(token)
	if err != nil || got.UserToken() != userToken {
		b.tb.Errorf("Identify = user token %q, %v; want %q", got.UserToken(), err, userToken)
	}
}

// wantKeys waits until the first fetch of keys is over: a token can be checked a
// moment before.
func (b *bench) wantKeys() {
	b.tb.Helper()
	b.wantPair(b.token(nil), "acme-token")
	for b.KeysFetchedAt().IsZero() {
		runtime.Gosched()
	}
}

// wantKind checks that a token is refused.
func (b *bench) wantKind(token string, kind fault.Kind) {
	b.tb.Helper()
	_ = b.refusal(token, kind)
}

// refusal is wantKind for tests that look at the error; it is never nil.
func (b *bench) refusal(token string, kind fault.Kind) *fault.Error {
	b.tb.Helper()
	got, err := b.identify(token)
	classified, ok := errors.AsType[*fault.Error](err)
	if !got.IsZero() || !ok || classified.Kind != kind {
		b.tb.Errorf("Identify = user token %q, %v; want an error of kind %s", got.UserToken(), err, kind)
		return &fault.Error{}
	}
	return classified
}

func sign(tb testing.TB, method jwt.SigningMethod, key any, claims jwt.Claims, header map[string]any) string {
	tb.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	signed, err := token.SignedString(key)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

// request is a request with header names and values in turn.
func request(tb testing.TB, header ...string) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/graphql", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func newECKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func newRSAKey(tb testing.TB, bits int) *rsa.PrivateKey {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func newEdKey(tb testing.TB) ed25519.PrivateKey {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// syncBuffer is a log that goroutines may share.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
