package sharedcache_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/sharedcache"
	"paymentlinks/internal/tenant"
)

const freshFor = 10 * time.Second

// upstream lists what it was told, for all replicas.
type upstream struct {
	mu    sync.Mutex
	body  map[string]string // by user token
	calls map[string]int
	err   error
	gate  chan struct{} // when not nil, a call waits until it is closed
	begun chan struct{} // gets a value for each call
}

func newUpstream() *upstream {
	return &upstream{body: map[string]string{}, calls: map[string]int{}, begun: make(chan struct{}, 1000)}
}

// List answers the body as its own version, and keeps it as the code of a link.
func (u *upstream) List(ctx context.Context, t tenant.Tenant, _ *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	at := time.Now()
	u.mu.Lock()
	u.calls[t.UserToken()]++
	body, err, gate := u.body[t.UserToken()], u.err, u.gate
	u.mu.Unlock()
	u.begun <- struct{}{}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, fault.NewUpstreamTimeout(ctx.Err())
		}
	}
	if err != nil {
		return nil, err
	}
	set, _, _ := decode(ctx, []byte(body))
	return &paymentlink.Snapshot{Set: set, Version: version(body), FetchedAt: at, Body: []byte(body)}, nil
}

func version(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:16])
}

func (u *upstream) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for calls := range maps.Values(u.calls) {
		n += calls
	}
	return n
}

func (u *upstream) set(change func(u *upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// decode makes a set of one link whose id is the body.
func decode(_ context.Context, body []byte) (*paymentlink.Set, int, error) {
	return paymentlink.NewSet([]paymentlink.Record{{ID: string(body), Upstream: body}}, nil), 7, nil
}

// replica is one of the processes that share.
type replica struct {
	*sharedcache.Cache
	t     *testing.T
	keyer *tenant.Keyer
	log   *buffer

	mu     sync.Mutex
	purged []tenant.Key
	events map[string]int
	up     atomic.Bool
}

func startReplica(t *testing.T, url string, u *upstream, change ...func(*sharedcache.Config)) *replica {
	t.Helper()
	r := &replica{t: t, keyer: tenant.NewKeyer(), log: &buffer{}, events: map[string]int{}}
	cfg := sharedcache.Config{
		Settings: sharedcache.Settings{URL: url, FreshFor: freshFor, LiveFor: time.Minute, MaxBodyBytes: 64 << 20, Upstream: "https://upstream.example"},
		Lister:   u, Decode: decode, Logger: slog.New(slog.NewTextHandler(r.log, nil)),
		Purge: func(key tenant.Key) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.purged = append(r.purged, key)
		},
		Events: sharedcache.Events{Listed: r.note, Written: r.note, Purged: r.note, Up: r.up.Store},
	}
	for _, c := range change {
		c(&cfg)
	}
	cache, err := sharedcache.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Cache = cache
	t.Cleanup(cache.Close)
	return r
}

func (r *replica) note(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events[event]++
}

func (r *replica) noted(event string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[event]
}

func (r *replica) hasPurged(key tenant.Key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.purged, key)
}

func (r *replica) tenant(token string) tenant.Tenant {
	r.t.Helper()
	c, err := tenant.NewCredentials(token, "key")
	if err != nil {
		r.t.Fatal(err)
	}
	return r.keyer.Tenant(c)
}

// list asks, and fails the test for an error.
func (r *replica) list(token string, prev *paymentlink.Snapshot) *paymentlink.Snapshot {
	r.t.Helper()
	got, err := r.List(context.Background(), r.tenant(token), prev)
	if err != nil {
		r.t.Errorf("list of %s: %v", token, err)
		return &paymentlink.Snapshot{}
	}
	return got
}

// wrote waits until the replica has written so many lists.
func (r *replica) wrote(n int) {
	r.t.Helper()
	eventually(r.t, "a list is written", func() bool { return r.noted("ok") >= n })
}

// id is that of the only link of a list.
func id(s *paymentlink.Snapshot) string {
	if s.Set == nil || s.Set.Len() != 1 {
		return ""
	}
	return s.Set.All().At(0).ID()
}

// buffer is a log that many write to.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
