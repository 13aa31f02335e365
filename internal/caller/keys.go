package caller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"

	"paymentlinks/internal/bounded"
	"paymentlinks/internal/cause"
)

const (
	// fetchEvery is the least time between two fetches of the keys, whoever
	// asks: a flood of tokens with invented key ids costs the issuer no more.
	fetchEvery = 5 * time.Second
	// refetchAfter is the age at which the keys are fetched behind a token's
	// back, so that a withdrawn key stops working.
	refetchAfter = 10 * time.Minute
	fetchTimeout = 5 * time.Second
	maxJWKSBytes = 1 << 20
)

// errNoKeys is returned while the issuer's keys cannot be fetched.
var errNoKeys = errors.New("the issuer's keys could not be fetched")

// keySet holds the issuer's public keys, and fetches them anew when a token
// names a key it does not hold or when they are old. While the issuer cannot
// be reached, the keys it has stay good.
//
// It is a jwkset.Storage that overrides the reads; the rest is the embedded one's.
type keySet struct {
	*jwkset.MemoryJWKSet

	url    string
	client *http.Client
	now    func() time.Time
	events Events
	logger *slog.Logger

	ctx     context.Context //nolint:containedctx // ends the fetches, which all callers share
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	fetching  chan struct{} // closed when the fetch under way is done; nil without one
	triedAt   time.Time     // when the last fetch began
	fetchedAt time.Time     // when the last that succeeded did; zero before
	failure   error         // of the last fetch; nil when it succeeded
}

// newKeySet begins the first fetch and does not wait for it.
func newKeySet(ctx context.Context, cfg Config) *keySet {
	transport := cfg.Transport
	if transport == nil {
		transport = http.DefaultTransport
		if shared, ok := transport.(*http.Transport); ok {
			transport = shared.Clone()
		}
	}
	k := &keySet{
		MemoryJWKSet: jwkset.NewMemoryStorage(),
		url:          cfg.JWKSURL,
		client: &http.Client{
			Transport: transport,
			// Keys come from the configured address or not at all.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		now:    cfg.Now,
		events: cfg.Events,
		logger: cfg.Logger,
	}
	k.ctx, k.cancel = context.WithCancel(ctx)
	k.fetch() //nolint:contextcheck // a fetch is shared, no caller may end it
	return k
}

// KeyRead returns the key of an id, fetching the set anew if need be. The
// error is jwkset.ErrKeyNotFound for a key that the issuer does not have,
// errNoKeys when the issuer cannot be asked, or that of ctx.
func (k *keySet) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	k.refetchOld() //nolint:contextcheck // a fetch is shared, no caller may end it
	key, err := k.MemoryJWKSet.KeyRead(ctx, kid)
	if err == nil {
		return key, nil
	}
	if err := k.await(ctx); err != nil {
		return jwkset.JWK{}, err
	}
	if key, err = k.MemoryJWKSet.KeyRead(ctx, kid); err != nil && k.lastFailure() != nil {
		return jwkset.JWK{}, errNoKeys
	}
	return key, err
}

// KeyReadAll returns all keys, for a token that names none.
func (k *keySet) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	k.refetchOld() //nolint:contextcheck // a fetch is shared, no caller may end it
	keys, err := k.MemoryJWKSet.KeyReadAll(ctx)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := k.await(ctx); err != nil {
		return nil, err
	}
	if keys, err = k.MemoryJWKSet.KeyReadAll(ctx); err == nil && len(keys) == 0 {
		return nil, errNoKeys
	}
	return keys, err
}

// await waits for the fetch under way, or for a new one if the last is long
// enough ago; it returns at once otherwise. The error is that of ctx.
func (k *keySet) await(ctx context.Context) error {
	fetching := k.fetch() //nolint:contextcheck // a fetch is shared, no caller may end it
	if fetching == nil {
		return nil
	}
	select {
	case <-fetching:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fetch begins a fetch unless one is under way, and returns what is closed at
// its end; nil when it is too early for another.
func (k *keySet) fetch() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if k.fetching != nil {
		return k.fetching
	}
	if k.closed || (!k.triedAt.IsZero() && now.Sub(k.triedAt) < fetchEvery) {
		return nil
	}
	done := make(chan struct{})
	k.fetching, k.triedAt = done, now
	k.running.Go(func() {
		err := k.replace()
		k.mu.Lock()
		k.fetching, k.failure = nil, err
		if err == nil {
			k.fetchedAt = now
		}
		k.mu.Unlock()
		if err != nil && k.ctx.Err() == nil {
			k.logger.WarnContext(k.ctx, "keys of the token issuer not fetched", "error", err)
		}
		k.events.KeysFetched(err == nil)
		close(done)
	})
	return done
}

// refetchOld begins a fetch when the keys are old, and waits for none.
func (k *keySet) refetchOld() {
	k.mu.Lock()
	old := !k.fetchedAt.IsZero() && k.now().Sub(k.fetchedAt) >= refetchAfter
	k.mu.Unlock()
	if old {
		k.fetch()
	}
}

// lastFailure is why the last fetch failed, or nil.
func (k *keySet) lastFailure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failure
}

func (k *keySet) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.cancel()
	k.running.Wait()
	k.client.CloseIdleConnections()
}

// replace fetches the set and puts it in the place of the one it had. Its
// errors hold nothing of the answer, which net/http quotes where it is malformed.
func (k *keySet) replace() (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic while the keys were read")
		}
	}()
	ctx, cancel := context.WithTimeout(k.ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, http.NoBody)
	if err != nil {
		return errors.New("the JWKS URL makes no request")
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := k.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask for the keys: %w", cause.Of(err))
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask for the keys: status %d", resp.StatusCode)
	}
	body, err := bounded.ReadAll(resp.Body, maxJWKSBytes)
	switch {
	case errors.Is(err, bounded.ErrTooLarge):
		return fmt.Errorf("read the keys: %w", err)
	case err != nil:
		return fmt.Errorf("read the keys: %w", cause.Of(err))
	}
	keys, err := publicKeys(body)
	if err != nil {
		return err
	}
	return k.KeyReplaceAll(ctx, keys)
}
