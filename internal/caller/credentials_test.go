package caller_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/caller"
	"paymentlinks/internal/fault"
)

func merchant(name string) func(jwt.MapClaims) {
	return func(c jwt.MapClaims) { c["merchant"] = name }
}

func TestChangedFileIsReadAgain(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	b.writeFile("acme: {userToken: acme-token-2, apiKey: acme-key}\numbrella: {userToken: u, apiKey: k}\n")

	b.advance(999 * time.Millisecond)
	b.wantPair(b.token(nil), "acme-token") // not yet a second since the last reading
	b.advance(time.Millisecond)
	b.wantPair(b.token(nil), "acme-token-2")
	b.wantPair(b.token(merchant("umbrella")), "u")
	b.wantKind(b.token(merchant("globex")), fault.Unauthenticated) // taken out of the file
	if n := strings.Count(b.log.String(), "read again"); n != 1 {
		t.Errorf("the change was logged %d times:\n%s", n, b.log)
	}
}

// Neither time nor size of the file tells this change.
func TestChangeOfEqualSizeAndTimeIsSeen(t *testing.T) {
	b := newBench(t, nil)
	b.wantPair(b.token(nil), "acme-token")
	before, err := os.Stat(b.file)
	if err != nil {
		t.Fatal(err)
	}
	b.writeFile(strings.Replace(twoMerchants, "acme-token", "acme-tokeN", 1))
	if err := os.Chtimes(b.file, before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Second)
	b.wantPair(b.token(nil), "acme-tokeN")
}

// Kubernetes replaces a mounted secret by turning a symbolic link.
func TestTurnedLinkIsFollowed(t *testing.T) {
	dir := t.TempDir()
	first, second, link := filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "link")
	for path, token := range map[string]string{first: "one", second: "two"} {
		if err := os.WriteFile(path, []byte("acme: {userToken: "+token+", apiKey: k}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(first, link); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(c *caller.Config) { c.CredentialsFile = link })
	b.wantPair(b.token(nil), "one")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(second, link); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Second)
	b.wantPair(b.token(nil), "two")
}

func brokenFiles() map[string]string {
	return map[string]string{
		"empty":             "",
		"comment only":      "# nothing\n",
		"no mapping":        "- SECRET\n",
		"scalar":            "SECRET",
		"broken YAML":       "acme: {userToken: SECRET",
		"tab":               "acme:\n\tuserToken: SECRET",
		"unknown key":       "acme: {userToken: SECRET, apiKey: SECRET, password: SECRET}",
		"other case":        "acme: {usertoken: SECRET, apiKey: SECRET}",
		"merchant twice":    "acme: {userToken: SECRET, apiKey: k}\nacme: {userToken: t, apiKey: k}",
		"key twice":         "acme: {userToken: SECRET, userToken: t, apiKey: k}",
		"no API key":        "acme: {userToken: SECRET}",
		"empty token":       "acme: {userToken: '', apiKey: SECRET}",
		"null":              "acme:\n",
		"null token":        "acme: {userToken: null, apiKey: SECRET}",
		"map for a token":   "acme: {userToken: {SECRET: k}, apiKey: k}",
		"tag":               "acme: {userToken: !!binary U0VDUkVU, apiKey: k}",
		"white space":       "acme: {userToken: 'SECRET token', apiKey: k}",
		"list for a token":  "acme: {userToken: [SECRET], apiKey: k}",
		"merchant unnamed":  "'': {userToken: SECRET, apiKey: k}",
		"merchant too long": strings.Repeat("m", 257) + ": {userToken: SECRET, apiKey: k}",
		"second document":   "acme: {userToken: SECRET, apiKey: k}\n---\nglobex: {userToken: t, apiKey: k}",
		"too large":         twoMerchants + "#" + strings.Repeat("SECRET", 1<<20),
	}
}

func TestBrokenFileStopsTheStart(t *testing.T) {
	for name, content := range brokenFiles() {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "merchants.yaml")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			callers, err := caller.New(t.Context(), caller.Config{
				Settings: caller.Settings{
					Issuer:          issuerName,
					Audience:        audienceName,
					JWKSURL:         "https://issuer.example/keys",
					CredentialsFile: file,
				},
			})
			if callers != nil || err == nil {
				t.Fatalf("New = %v, %v; want an error", callers, err)
			}
			if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "mmmm") || !strings.Contains(err.Error(), "credentials file") {
				t.Errorf("error %q: want the credentials file named and nothing of its content", err)
			}
		})
	}
}

func TestBrokenFileLeavesTheMerchants(t *testing.T) {
	for name, content := range brokenFiles() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.writeFile(content)
			for range 5 {
				b.advance(time.Second)
				b.wantPair(b.token(nil), "acme-token")
			}
			if name == "too large" && strings.Contains(b.log.String(), "not read") {
				return // a file that is never read whole has no content to tell it by
			}
			log := b.log.String()
			if strings.Count(log, "broken") != 1 || strings.Contains(log, "SECRET") || strings.Contains(log, "mmmm") {
				t.Errorf("want one line without content:\n%s", log)
			}
		})
	}
}

func TestRemovedFileLeavesTheMerchants(t *testing.T) {
	b := newBench(t, nil)
	if err := os.Remove(b.file); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		b.advance(time.Second)
		b.wantPair(b.token(nil), "acme-token")
	}
	if n := strings.Count(b.log.String(), "not read"); n != 1 {
		t.Errorf("the missing file was logged %d times:\n%s", n, b.log)
	}
	b.writeFile("acme: {userToken: back, apiKey: k}")
	b.advance(time.Second)
	b.wantPair(b.token(nil), "back")
}

// Some editors put a byte order mark in front: it is not part of the first name.
func TestByteOrderMarkIsLeftOut(t *testing.T) {
	b := newBench(t, nil)
	b.writeFile("\ufeffacme: {userToken: of-acme, apiKey: k}")
	b.advance(time.Second)
	b.wantPair(b.token(nil), "of-acme")
}

// Tokens that look like numbers or truths stay the text that they are.
func TestScalarsAreText(t *testing.T) {
	for _, scalar := range []string{"12345678901234567890123", "1e5", "0x1F", "007", "true", "1.50", "2026-01-01", "null-ish", "'null'", "-.inf", ".nan"} {
		b := newBench(t, nil)
		b.writeFile("acme: {userToken: " + scalar + ", apiKey: k}")
		b.advance(time.Second)
		b.wantPair(b.token(nil), strings.Trim(scalar, "'"))

		b.writeFile(scalar + ": {userToken: of-the-name, apiKey: k}")
		b.advance(time.Second)
		b.wantPair(b.token(merchant(strings.Trim(scalar, "'"))), "of-the-name")
	}
}

func TestAnAPIKeyMayBeShared(t *testing.T) {
	b := newBench(t, nil)
	b.writeFile("acme: {userToken: one, apiKey: &ours the-key}\nglobex:\n  userToken: two\n  apiKey: *ours\n")
	b.advance(time.Second)
	b.wantPair(b.token(nil), "one")
	if got, err := b.identify(b.token(merchant("globex"))); err != nil || show(got) != "two/the-key" {
		t.Errorf("Identify = %q, %v; want two/the-key", show(got), err)
	}
}

// Readers and a writer at once: each answer is one whole version of the file.
func TestReloadRaces(t *testing.T) {
	b := newBench(t, nil)
	token := b.token(func(c jwt.MapClaims) { c["exp"] = b.Now().Add(time.Hour).Unix() })
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 50 {
				got, err := b.identify(token)
				if err != nil {
					t.Errorf("Identify = %v", err)
					return
				}
				if user, key := got.UserToken(), got.APIKey(); strings.TrimPrefix(user, "acme-token") != strings.TrimPrefix(key, "acme-key") {
					t.Errorf("user token %q beside API key %q", user, key)
				}
			}
		})
	}
	for i := range 50 {
		b.writeFile(fmt.Sprintf("acme: {userToken: acme-token%d, apiKey: acme-key%d}", i, i))
		b.advance(time.Second)
	}
	readers.Wait()
	b.advance(time.Second)
	b.wantPair(token, "acme-token49")
}
