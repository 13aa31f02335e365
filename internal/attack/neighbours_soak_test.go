//go:build linux && soak

package attack_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestSoakNeighbours: beside four callers of what costs the most, each of whom
// leaves after a second and comes back, another tenant hardly waits.
func TestSoakNeighbours(t *testing.T) {
	const attackers, lasts, mostP99 = 4, 10 * time.Second, 50 * time.Millisecond
	p := start(t, "PAYMENTLINKS_ANSWER_BYTES=0")
	p.give(t, wordy())
	attack := body(`{paymentLinks{`+aliases(9, titles()+`{text whatsapp}`)+`}}`, "")
	ctx, end := context.WithCancel(t.Context())
	var attacking sync.WaitGroup
	for range attackers {
		attacking.Go(func() {
			for ctx.Err() == nil {
				ctx, leave := context.WithTimeout(ctx, time.Second)
				_, _ = p.try(ctx, attack, asMerchant(merchant, nil)...)
				leave()
			}
		})
	}
	var waits []time.Duration
	for begun := time.Now(); time.Since(begun) < lasts; {
		asked := time.Now()
		p.ask(t, "demo-seed", ids, "")
		waits = append(waits, time.Since(asked))
	}
	end()
	attacking.Wait()
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	t.Logf("%d requests: p50 %v, p99 %v, at most %v", len(waits), waits[len(waits)/2], p99, waits[len(waits)-1])
	if p99 > mostP99 {
		t.Errorf("p99 is %v, want at most %v", p99, mostP99)
	}
}
