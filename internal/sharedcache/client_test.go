package sharedcache_test

import (
	"testing"
	"time"

	"github.com/redis/rueidis"

	"paymentlinks/internal/sharedcache/redistest"
)

// dial returns a connection of the test's own.
func dial(t *testing.T, server *redistest.Server) rueidis.Client {
	t.Helper()
	options, err := rueidis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	options.ForceSingleClient = true
	c, err := rueidis.NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// do asks the server for anything.
func do(t *testing.T, c rueidis.Client, words ...string) rueidis.RedisResult {
	t.Helper()
	result := c.Do(t.Context(), c.B().Arbitrary(words[0]).Args(words[1:]...).Build())
	if err := result.Error(); err != nil && !rueidis.IsRedisNil(err) {
		t.Fatalf("%v: %v", words, err)
	}
	return result
}

// eventually asks again until it holds, for 5 s.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); <-ticker.C {
		if holds() {
			return
		}
	}
	t.Fatalf("not within 5 s: %s", what)
}
