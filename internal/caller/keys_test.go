package caller_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
)

func TestRotatedKeyIsFetched(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	next := newECKey(t)
	b.issuer.set(func(i *issuer) { i.keys["k2"] = next })
	b.advance(time.Minute)
	rotated := sign(t, jwt.SigningMethodES256, next, b.claims(nil), map[string]any{"kid": "k2"})

	var callers sync.WaitGroup
	for range 50 { // none of those who come at the same moment is refused
		callers.Go(func() { b.wantPair(rotated, "acme-token") })
	}
	callers.Wait()
	b.wantPair(b.token(nil), "acme-token")
	if n := b.issuer.fetched(); n != 2 {
		t.Errorf("the keys were fetched %d times, want twice", n)
	}
}

func TestUnknownKeyIDsCostTheIssuerLittle(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	stranger := newECKey(t)
	for i := range 100 {
		b.wantKind(sign(t, jwt.SigningMethodES256, stranger, b.claims(nil), map[string]any{"kid": fmt.Sprint(i)}), fault.Unauthenticated)
		b.advance(100 * time.Millisecond)
	}
	// 10 s went by: at the start, and after 5 s and just before 10 s at most.
	if n := b.issuer.fetched(); n > 3 {
		t.Errorf("100 unknown key ids made %d fetches", n)
	}
}

func TestWithdrawnKeyStopsWorking(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	old, next := b.token(func(c jwt.MapClaims) { c["exp"] = b.Now().Add(time.Hour).Unix() }), newECKey(t)
	b.issuer.set(func(i *issuer) {
		delete(i.keys, "k1")
		i.keys["k2"] = next
	})
	b.advance(10 * time.Minute)
	deadline := time.Now().Add(10 * time.Second)
	for {
		// Within the age the fetch runs behind this token's back.
		if _, err := b.identify(old); fault.KindOf(err) == fault.Unauthenticated {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a withdrawn key still works")
		}
	}
	b.wantPair(sign(t, jwt.SigningMethodES256, next, b.claims(nil), map[string]any{"kid": "k2"}), "acme-token")
}

// An issuer that is down delays no start and is asked again later.
func TestIssuerDownAtStart(t *testing.T) {
	tests := map[string]func(i *issuer, w http.ResponseWriter, r *http.Request){
		"status": func(i *issuer, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			i.writeKeys(w)
		},
		"no JSON": func(_ *issuer, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>SECRET")) },
		"no keys": func(_ *issuer, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) },
		"cut off": func(i *issuer, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9999")
			i.writeKeys(w)
		},
		"too large": func(i *issuer, w http.ResponseWriter, _ *http.Request) {
			i.writeKeys(w)
			_, _ = w.Write(bytes.Repeat([]byte(" "), 1<<20))
		},
		"redirect": func(i *issuer, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				i.writeKeys(w)
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			good := b.token(nil)
			b.wantPair(good, "acme-token") // the first fetch is over
			b.issuer.set(func(i *issuer) { i.answer = func(w http.ResponseWriter, r *http.Request) { answer(i, w, r) } })

			second, err := caller.New(t.Context(), caller.Config{
				Settings: caller.Settings{
					Issuer:          issuerName,
					Audience:        audienceName,
					JWKSURL:         b.issuer.URL,
					CredentialsFile: b.file,
				}, Now: b.Now,
			})
			if err != nil {
				t.Fatalf("New = %v: an issuer that is down must not stop the start", err)
			}
			defer second.Close()
			_, err = second.Identify(t.Context(), request(t, "Authorization", "Bearer "+good))
			if classified, ok := errors.AsType[*fault.Error](err); !ok || classified.Kind != fault.Overloaded || classified.RetryAfter <= 0 {
				t.Errorf("error %v, want OVERLOADED with a time to try again", err)
			}
			// Pass-through callers do not depend on the issuer.
			if _, err := second.Identify(t.Context(), request(t, "BP-User-Token", "t", "X-Api-Key", "k")); err != nil {
				t.Errorf("pass-through while the issuer is down: %v", err)
			}

			b.issuer.set(func(i *issuer) { i.answer = nil })
			b.advance(5 * time.Second)
			if got, err := second.Identify(t.Context(), request(t, "Authorization", "Bearer "+good)); err != nil || got.UserToken() != "acme-token" {
				t.Errorf("after the issuer came back: %v", err)
			}
		})
	}
}

func TestKeysStayGoodWhileTheIssuerIsDown(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	b.issuer.set(func(i *issuer) {
		i.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	})
	for range 5 {
		b.advance(10 * time.Minute)
		b.wantPair(b.token(nil), "acme-token")
	}
	// Whether an unknown key is the issuer's cannot be said now.
	b.advance(time.Minute)
	b.wantKind(sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "k2"}), fault.Overloaded)
	if log := b.log.String(); !strings.Contains(log, "status 502") || strings.Contains(log, "eyJ") {
		t.Errorf("want the status and nothing of a token in the log:\n%s", log)
	}
}

// net/http quotes what it cannot read, and an issuer may well echo what it was sent.
func TestMalformedAnswerIsNotLogged(t *testing.T) {
	for name, answer := range map[string]string{
		"status line": "HTTP/1.1 SECRET\r\n\r\n",
		"header":      "HTTP/1.1 200 OK\r\nSECRET\r\n\r\n",
		"trailer":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nSECRET\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.wantKeys()
			b.issuer.set(func(i *issuer) {
				i.answer = func(w http.ResponseWriter, _ *http.Request) {
					connection, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = connection.Write([]byte(answer))
					_ = connection.Close()
				}
			})
			b.advance(time.Minute)
			b.wantKind(sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "k2"}), fault.Overloaded)
			if log := b.log.String(); !strings.Contains(log, "keys of the token issuer not fetched") || strings.Contains(log, "SECRET") {
				t.Errorf("want a line, and nothing of the answer in it:\n%s", log)
			}
		})
	}
}

func TestHungIssuerDelaysNoStart(t *testing.T) {
	file := newBench(t, nil).file
	synctest.Test(t, func(t *testing.T) {
		hung := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		begun := time.Now()
		callers, err := caller.New(t.Context(), caller.Config{
			Settings: caller.Settings{
				Issuer:          issuerName,
				Audience:        audienceName,
				JWKSURL:         "https://issuer.example/keys",
				CredentialsFile: file,
			}, Transport: hung,
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("New took %v", took)
		}
		token := sign(t, jwt.SigningMethodES256, newECKey(t), jwt.MapClaims{}, map[string]any{"kid": "k1"})
		_, err = callers.Identify(t.Context(), request(t, "Authorization", "Bearer "+token))
		if fault.KindOf(err) != fault.Overloaded {
			t.Errorf("error %v, want OVERLOADED", err)
		}
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("a fetch was given %v, want 5s", took)
		}
		callers.Close()
	})
}

func TestContextOfNewEndsFetches(t *testing.T) {
	file := newBench(t, nil).file
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan struct{})
	callers, err := caller.New(ctx, caller.Config{
		Settings: caller.Settings{
			Issuer:          issuerName,
			Audience:        audienceName,
			JWKSURL:         "https://issuer.example/keys",
			CredentialsFile: file,
		},
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			close(asked)
			<-r.Context().Done()
			return nil, r.Context().Err()
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	cancel()
	callers.Close() // returns: nothing is left to wait for
	token := sign(t, jwt.SigningMethodES256, newECKey(t), jwt.MapClaims{}, nil)
	if _, err := callers.Identify(t.Context(), request(t, "Authorization", "Bearer "+token)); fault.KindOf(err) != fault.Overloaded {
		t.Errorf("after Close: error %v, want OVERLOADED", err)
	}
}

// Keys that check no signature are left out, and the rest works.
func TestUnfitKeysAreLeftOut(t *testing.T) {
	b := newBench(t, nil)
	secret := []byte("a symmetric key that the issuer should not publish")
	weak := newRSAKey(t, 1024)
	encryption := newECKey(t)
	b.issuer.set(func(i *issuer) {
		i.keys["weak"] = weak
		i.extra = []any{
			map[string]any{"kty": "oct", "kid": "oct", "k": "YSBzeW1tZXRyaWMga2V5", "alg": "HS256"},
			map[string]any{"kty": "from the future", "kid": "f"},
			map[string]any{"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
			map[string]any{"kty": "EC", "crv": "P-256", "kid": "off the curve", "x": "AQ", "y": "AQ"},
			forUse(t, encryption, jwkset.UseEnc),
			"not an object",
		}
	})
	b.advance(time.Minute)
	header := func(kid string) map[string]any { return map[string]any{"kid": kid} }
	b.wantKind(sign(t, jwt.SigningMethodRS256, weak, b.claims(nil), header("weak")), fault.Unauthenticated)
	b.wantKind(sign(t, jwt.SigningMethodHS256, secret, b.claims(nil), header("oct")), fault.Unauthenticated)
	b.wantKind(sign(t, jwt.SigningMethodES256, encryption, b.claims(nil), header("for enc")), fault.Unauthenticated)
	b.wantKind(sign(t, jwt.SigningMethodES256, encryption, b.claims(nil), nil), fault.Unauthenticated)
	b.wantPair(b.token(nil), "acme-token")
}

// forUse is a member of a key set whose key is meant for use, named after it.
func forUse(t *testing.T, key *ecdsa.PrivateKey, use jwkset.USE) any {
	t.Helper()
	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "for " + string(use), USE: use}})
	if err != nil {
		t.Fatal(err)
	}
	return jwk.Marshal()
}

func TestManyKeysAreRefused(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	b.issuer.set(func(i *issuer) {
		for n := range 101 {
			i.keys[fmt.Sprint("many-", n)] = i.keys["k1"]
		}
	})
	b.advance(time.Minute)
	b.wantKind(sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "many-1"}), fault.Overloaded)
	b.wantPair(b.token(nil), "acme-token")
	if !strings.Contains(b.log.String(), "more than 100") {
		t.Errorf("log:\n%s", b.log)
	}
}
