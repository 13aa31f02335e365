package upstream_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
	"paymentlinks/internal/upstream"
)

func TestMain(m *testing.M) {
	// toxiproxy leaves both ends of a link behind when one of them is stuck.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).write"))
}

// lister is an upstream that behaves: it takes its time, fails as told, and
// remembers who asked when. Its lists hold one link named for the user token.
type lister struct {
	latency time.Duration
	// fail, unless nil, returns the error of a try, the n-th of all from 0.
	fail func(token string, n int) error

	mu       sync.Mutex
	asked    []ask
	inFlight int
	peak     int
}

// ask is one try as upstream saw it.
type ask struct {
	token string
	at    time.Time
}

func (l *lister) List(ctx context.Context, t tenant.Tenant, _ *paymentlink.Snapshot) (*paymentlink.Snapshot, error) {
	l.mu.Lock()
	n := len(l.asked)
	l.asked = append(l.asked, ask{t.UserToken(), time.Now()})
	l.inFlight++
	l.peak = max(l.peak, l.inFlight)
	latency, fail := l.latency, l.fail
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.inFlight--
		l.mu.Unlock()
	}()
	// A context and not a timer's channel: on those the race detector's runtime
	// has crashed inside a bubble (Go 1.26.8).
	answered, cancel := context.WithTimeout(ctx, latency)
	defer cancel()
	<-answered.Done()
	if ctx.Err() != nil {
		return nil, fault.Wrap(fault.UpstreamTimeout, "Late.", ctx.Err())
	}
	if fail != nil {
		if err := fail(t.UserToken(), n); err != nil {
			return nil, err
		}
	}
	return list(t), nil
}

func (l *lister) tries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.asked)
}

// peakTries is the most tries that were in flight at once.
func (l *lister) peakTries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.peak
}

// always fails every try in one way.
func always(err error) func(string, int) error { return func(string, int) error { return err } }

// first fails the first tries of all in one way.
func first(failing int, err error) func(string, int) error {
	return func(_ string, n int) error {
		if n < failing {
			return err
		}
		return nil
	}
}

func list(t tenant.Tenant) *paymentlink.Snapshot {
	record := paymentlink.Record{ID: t.UserToken(), URL: "https://pay.example/m/c"}
	return &paymentlink.Snapshot{
		Set: paymentlink.NewSet([]paymentlink.Record{record}, nil), FetchedAt: time.Now(), Version: t.UserToken(),
	}
}

func pair(t testing.TB, token string) tenant.Tenant {
	t.Helper()
	c, err := tenant.NewCredentials(token, "key")
	if err != nil {
		t.Fatal(err)
	}
	return keyer.Tenant(c)
}

func newPolicies(t testing.TB, c upstream.Config) *upstream.Policies {
	t.Helper()
	p, err := upstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// keyer is the process's.
var keyer = tenant.NewKeyer() //nolint:gochecknoglobals // never written

// tokens returns so many distinct user tokens.
func tokens(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("tenant-%d", i)
	}
	return all
}

func unavailable() error { return fault.New(fault.UpstreamUnavailable, "Down.") }

// pass lets so much of the bubble's time go by.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the bubble's clock
	synctest.Wait()
}

// set changes how upstream behaves from the next try on.
func (l *lister) set(fail func(token string, n int) error, latency time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail, l.latency = fail, latency
}

// since returns the tries after the first n.
func (l *lister) since(n int) []ask {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked[n:])
}
