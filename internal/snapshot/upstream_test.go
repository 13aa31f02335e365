package snapshot_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/snapshot"
	"paymentlinks/internal/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The ages of the tests' stores.
const (
	freshFor = 15 * time.Second
	staleFor = 5 * time.Minute
)

// upstream is a Lister that behaves: it takes its time, fails as told and
// counts its calls. Its lists hold one link, whose id is the user token and
// whose version counts the calls.
type upstream struct {
	mu      sync.Mutex
	latency time.Duration
	fault   func() error // nil for none; may panic
	hangs   bool         // answer only when the context ends
	padding int          // bytes in each link
	stays   bool         // send the list of before again
	skipped int          // elements that each list lacks
	version *string      // of each list; a new one for each if nil
	starts  map[string][]time.Time
	prevs   []*paymentlink.Snapshot
	running int // calls that have not returned
}

func (u *upstream) List(ctx context.Context, c tenant.Tenant, prev *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	u.mu.Lock()
	if u.starts == nil {
		u.starts = map[string][]time.Time{}
	}
	u.starts[c.UserToken()] = append(u.starts[c.UserToken()], time.Now())
	version := fmt.Sprintf("v%d", len(u.starts[c.UserToken()]))
	u.prevs = append(u.prevs, prev)
	latency, fail, hangs, padding, stays, skipped := u.latency, u.fault, u.hangs, u.padding, u.stays, u.skipped
	if u.version != nil {
		version = *u.version
	}
	u.running++
	u.mu.Unlock()
	defer u.set(func(u *upstream) { u.running-- })

	if hangs {
		<-ctx.Done()
		return nil, fault.Wrap(fault.KindOf(ctx.Err()), "Hung.", ctx.Err())
	}
	select {
	case <-time.After(latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if fail != nil {
		if err := fail(); err != nil {
			return nil, err
		}
	}
	if stays && prev != nil {
		return &paymentlink.Snapshot{Set: prev.Set, FetchedAt: time.Now(), Version: prev.Version}, nil
	}
	record := paymentlink.Record{ID: c.UserToken(), URL: "https://pay.example/m/c", Upstream: make([]byte, padding)}
	return &paymentlink.Snapshot{
		Set:       paymentlink.NewSet([]paymentlink.Record{record}, nil),
		FetchedAt: time.Now(),
		Version:   version,
		Skipped:   skipped,
	}, nil
}

// set changes how upstream behaves from the next call on.
func (u *upstream) set(change func(u *upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

func (u *upstream) failWith(err error) {
	u.set(func(u *upstream) { u.fault = func() error { return err } })
}

func (u *upstream) recover() {
	u.set(func(u *upstream) { u.fault, u.hangs = nil, false })
}

// inFlight returns the number of calls that have not returned.
func (u *upstream) inFlight() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.running
}

// calls returns when a token's calls began, counted from the bubble's start.
func (u *upstream) calls(token string) []time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	var since []time.Duration
	for _, start := range u.starts[token] {
		since = append(since, start.Sub(bubbleStart))
	}
	return since
}

// bubbleStart is where every synctest bubble's clock begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // never written

// bench is a store over an upstream, inside a bubble.
type bench struct {
	*snapshot.Store
	t   *testing.T
	up  *upstream
	log *syncBuffer
}

// inBubble runs body in a synctest bubble over a store with the usual ages.
func inBubble(t *testing.T, change func(*snapshot.Config), body func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, up: &upstream{}, log: &syncBuffer{}}
		cfg := snapshot.Config{
			Lister:   b.up,
			Settings: snapshot.Settings{FreshFor: freshFor, StaleFor: staleFor},
			Logger:   slog.New(slog.NewTextHandler(b.log, nil)),
		}
		if change != nil {
			change(&cfg)
		}
		store, err := snapshot.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		b.Store = store
		body(b)
		store.Close()
	})
}

// ask asks for a token's list under the test's own context.
func (b *bench) ask(token string) (*paymentlink.Snapshot, error) {
	b.t.Helper()
	return b.Snapshot(b.t.Context(), pair(b.t, token), time.Time{})
}

// want asks for a token's list and checks version and staleness.
func (b *bench) want(token, version string, stale bool) {
	b.t.Helper()
	got, err := b.ask(token)
	b.check(got, err, version, stale)
}

// wantForced is want for a caller that asks for a list no older than now.
func (b *bench) wantForced(token, version string, stale bool) {
	b.t.Helper()
	got, err := b.Snapshot(b.t.Context(), pair(b.t, token), time.Now())
	b.check(got, err, version, stale)
}

func (b *bench) check(got *paymentlink.Snapshot, err error, version string, stale bool) {
	b.t.Helper()
	if err != nil {
		b.t.Errorf("at %v: error %v, want version %s", b.elapsed(), err, version)
		return
	}
	if got.Version != version || got.Stale != stale {
		b.t.Errorf("at %v: version %s, stale %v; want %s, %v", b.elapsed(), got.Version, got.Stale, version, stale)
	}
	if want := got.FetchedAt.Add(freshFor); !got.FreshUntil.Equal(want) {
		b.t.Errorf("at %v: FreshUntil is %v after the fetch, want %v", b.elapsed(), got.FreshUntil.Sub(got.FetchedAt), freshFor)
	}
}

// wantKind asks for a token's list and checks that the error is of a kind.
func (b *bench) wantKind(token string, kind fault.Kind) {
	b.t.Helper()
	_ = b.faultOf(token, kind)
}

// faultOf is wantKind for tests that look at the error; it is never nil.
func (b *bench) faultOf(token string, kind fault.Kind) *fault.Error {
	b.t.Helper()
	got, err := b.ask(token)
	classified, ok := errors.AsType[*fault.Error](err)
	if got != nil || !ok || classified.Kind != kind {
		b.t.Errorf("at %v: list %v, error %v; want an error of kind %s", b.elapsed(), got, err, kind)
		return &fault.Error{}
	}
	return classified
}

// wantCalls checks when the upstream calls of a token began.
func (b *bench) wantCalls(token string, want ...time.Duration) {
	b.t.Helper()
	synctest.Wait()
	got := b.up.calls(token)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("upstream calls of %s began at %v, want %v", token, got, want)
	}
}

// sleepUntil moves the bubble's clock to a time since its start.
func (b *bench) sleepUntil(since time.Duration) {
	b.t.Helper()
	if since < b.elapsed() {
		b.t.Fatalf("it is %v already, too late for %v", b.elapsed(), since)
	}
	time.Sleep(since - b.elapsed()) //nolint:forbidigo // the bubble's clock
	synctest.Wait()
}

func (b *bench) elapsed() time.Duration { return time.Since(bubbleStart) }

// pair is a tenant. Equal tokens give equal keys.
func pair(tb testing.TB, token string) tenant.Tenant {
	tb.Helper()
	c, err := tenant.NewCredentials(token, "key-of-"+token)
	if err != nil {
		tb.Fatal(err)
	}
	return tenant.Tenant{Credentials: c, Key: sha256.Sum256([]byte(token))}
}

func unavailable() error {
	return fault.New(fault.UpstreamUnavailable, "Billpocket could not be reached.")
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
