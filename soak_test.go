//go:build soak

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/sandbox"
)

// TestSoakTenants has tenants come and go for two minutes: what is kept must not grow with those that have left.
func TestSoakTenants(t *testing.T) {
	const tenants = 50
	s := start(t, "PAYMENTLINKS_SNAPSHOT_BYTES=8MiB", "PAYMENTLINKS_FRESH_FOR=1s", "PAYMENTLINKS_LOG_LEVEL=error")
	deadline, _ := t.Deadline()
	began := time.Now()
	budget := min(2*time.Minute, time.Until(deadline)/2)
	var before, after runtime.MemStats
	goroutines, compared, round := 0, false, 0
	for ; time.Since(began) < budget; round++ {
		for i := range tenants {
			token := fmt.Sprintf("gone-%d-%d", round, i)
			if i%2 == 0 {
				token = []string{"demo-seed", "demo-shop", "demo-empty"}[i%3]
			}
			_, answer, err := s.try(t.Context(), http.MethodPost, s.url+"/graphql", `{"query": "{ paymentLinks { id title } }"}`,
				"BP-User-Token", token, "X-Api-Key", sandbox.APIKey)
			if err != nil || !strings.Contains(answer, "data") {
				t.Fatalf("round %d: %v %.200s", round, err, answer)
			}
		}
		if !compared && time.Since(began) > budget/10 {
			compared = true
			runtime.GC()
			runtime.ReadMemStats(&before)
			goroutines = runtime.NumGoroutine()
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	var report bytes.Buffer
	fmt.Fprintf(&report, "%d rounds of %d tenants in %s: heap %d KiB, then %d KiB; goroutines %d, then %d",
		round, tenants, time.Since(began).Round(time.Second), before.HeapAlloc>>10, after.HeapAlloc>>10, goroutines, runtime.NumGoroutine())
	t.Log(report.String())
	if !compared {
		t.Fatal("there was no time to compare anything")
	}
	if after.HeapAlloc > before.HeapAlloc+16<<20 || runtime.NumGoroutine() > goroutines+20 {
		t.Errorf("it grew: %s", report.String())
	}
}
