package caller_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
)

// events are what Callers told of.
type events struct {
	mu     sync.Mutex
	checks []string
	files  []string
	keys   []string
}

func (e *events) listeners() caller.Events {
	add := func(to *[]string, what string) {
		e.mu.Lock()
		defer e.mu.Unlock()
		*to = append(*to, what)
	}
	return caller.Events{
		TokenRefused: func(check string) { add(&e.checks, check) },
		FileRead:     func(ok bool) { add(&e.files, strconv.FormatBool(ok)) },
		KeysFetched:  func(ok bool) { add(&e.keys, strconv.FormatBool(ok)) },
	}
}

func (e *events) take(from *[]string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	taken := *from
	*from = nil
	return taken
}

func TestRefusedTokensAreToldByCheck(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	with := func(name string, value any) []string {
		return []string{"Authorization", "Bearer " + b.token(func(c jwt.MapClaims) { c[name] = value })}
	}
	tests := map[string][]string{
		"form":             {"Authorization", "Bearer a.b.c"},
		"alone":            {"Authorization", "Bearer a", "BP-User-Token", "t", "X-Api-Key", "k"},
		"key":              {"Authorization", "Bearer " + sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": 7})},
		"signature":        {"Authorization", "Bearer " + sign(t, jwt.SigningMethodES256, newECKey(t), b.claims(nil), map[string]any{"kid": "k1"})},
		"issuer":           with("iss", "other"),
		"audience":         with("aud", "other"),
		"expiry":           with("exp", b.Now().Add(-time.Minute).Unix()),
		"claims":           with("nbf", b.Now().Add(time.Minute).Unix()),
		"merchant_claim":   with("merchant", 7),
		"unknown_merchant": with("merchant", "umbrella"),
	}
	for check, header := range tests {
		if _, err := b.Identify(t.Context(), request(t, header...)); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", check, err)
		}
		if got := b.told.take(&b.told.checks); !slices.Equal(got, []string{check}) {
			t.Errorf("%s is told as %q", check, got)
		}
		if !slices.Contains(caller.Checks(), check) {
			t.Errorf("%s is not among the checks", check)
		}
	}
	// Who brings no token has none refused.
	for _, header := range [][]string{nil, {"BP-User-Token", "t"}} {
		if _, err := b.Identify(t.Context(), request(t, header...)); err == nil {
			t.Error("not refused")
		}
	}
	if got := b.told.take(&b.told.checks); got != nil {
		t.Errorf("told %q of callers without a token", got)
	}
}

func TestTokensThatNobodyTakesAreTold(t *testing.T) {
	var told events
	callers, err := caller.New(t.Context(), caller.Config{Events: told.listeners()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := callers.Identify(t.Context(), request(t, "Authorization", "Bearer a")); err == nil {
		t.Error("not refused")
	}
	if got := told.take(&told.checks); !slices.Equal(got, []string{"not_taken"}) {
		t.Errorf("told %q", got)
	}
	if !callers.FileReadAt().IsZero() || !callers.KeysFetchedAt().IsZero() {
		t.Error("there is an age of what is not read")
	}
}

func TestReadingsAreTold(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	if !b.KeysFetchedAt().Equal(b.Now()) || !b.FileReadAt().Equal(b.Now()) {
		t.Errorf("read at %s and %s, want now", b.KeysFetchedAt(), b.FileReadAt())
	}
	began := b.Now()
	for _, content := range []string{twoMerchants, "broken", "broken", twoMerchants + "\n"} {
		b.writeFile(content)
		b.advance(time.Second)
		b.wantPair(b.token(nil), "acme-token")
	}
	if got := b.told.take(&b.told.files); !slices.Equal(got, []string{"false", "true"}) {
		t.Errorf("file: told %q, want a failure and then a reading", got)
	}
	if !b.FileReadAt().Equal(b.Now()) {
		t.Errorf("the file in force was read at %s, want now", b.FileReadAt())
	}
	if !b.KeysFetchedAt().Equal(began) {
		t.Errorf("the keys in force were fetched at %s, want the start", b.KeysFetchedAt())
	}
	if got := b.told.take(&b.told.keys); !slices.Equal(got, []string{"true"}) {
		t.Errorf("keys: told %q", got)
	}
}
