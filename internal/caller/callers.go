package caller

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"paymentlinks/internal/address"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// The request headers of pass-through.
const (
	userTokenHeader = "Bp-User-Token"
	apiKeyHeader    = "X-Api-Key"
)

// Settings say which callers are known. The zero value knows pass-through alone.
type Settings struct {
	// UserToken and APIKey are the pair for callers that send none. The API
	// key alone: callers bring only their user token. The user token alone is
	// an error.
	UserToken, APIKey string
	// Issuer admits bearer tokens, and turns away callers that bring nothing.
	// With it, Audience, JWKSURL and CredentialsFile are required; without it
	// they must be empty. Issuer and Audience are what a token's iss must be and its
	// aud must contain, byte for byte.
	Issuer, Audience string
	// JWKSURL is where the issuer's keys are fetched: https, or http to loopback.
	JWKSURL string
	// MerchantClaim is the claim that names the merchant; "" is "merchant".
	MerchantClaim string
	// CredentialsFile is a YAML file: merchant to userToken and apiKey.
	CredentialsFile string
}

// Config says which callers are known. Its zero value knows pass-through alone.
type Config struct {
	Settings

	// Transport fetches the keys; nil is a transport of its own that honours
	// the usual proxy settings.
	Transport http.RoundTripper
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Events hear what is met.
	Events Events
	// Logger hears of keys that could not be fetched and of a broken
	// credentials file, and of each caller at level debug; nil discards.
	Logger *slog.Logger
}

// Callers identifies callers. It is safe for concurrent use.
type Callers struct {
	keyer      *tenant.Keyer // the process's one: all tenants are made here
	events     Events
	logger     *slog.Logger
	configured *atomic.Pointer[configured]
	tokens     *verifier        // nil without an issuer
	audience   string           // the configured one
	merchants  *credentialsFile // nil without an issuer
}

// configured is what is configured for callers that bring less than a pair. It
// does not change.
type configured struct {
	pair   tenant.Tenant // zero without a complete pair
	apiKey string        // set when it alone is configured
}

// New checks cfg, reads the credentials file and begins to fetch the issuer's
// keys. It does not wait for them: an issuer that is down delays no start, and
// its callers get fault.Overloaded until the keys are there. ctx ends that and
// every later fetch, as Close does.
func New(ctx context.Context, cfg Config) (*Callers, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("caller: %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Events = cfg.Events.orNothing()
	c := &Callers{keyer: tenant.NewKeyer(), configured: new(atomic.Pointer[configured]), events: cfg.Events, logger: cfg.Logger}
	if err := c.Configure(cfg.UserToken, cfg.APIKey); err != nil {
		return nil, fmt.Errorf("caller: %w", err)
	}
	if cfg.Issuer == "" {
		return c, nil
	}
	c.audience = cfg.Audience
	var err error
	if c.merchants, err = openCredentialsFile(cfg); err != nil {
		return nil, fmt.Errorf("caller: %w", err)
	}
	if c.tokens, err = newVerifier(ctx, cfg); err != nil {
		return nil, fmt.Errorf("caller: %w", err)
	}
	return c, nil
}

// Accepting returns the same callers for another resource of the program: there
// a token may name audience instead of the configured one. The result is not to
// be closed.
func (c *Callers) Accepting(audience string) *Callers {
	also := *c
	if c.tokens != nil {
		also.tokens = c.tokens.accepting(c.audience, audience)
	}
	return &also
}

// Configure sets the pair for callers that send none, or the API key alone, from
// the next caller on. An error changes nothing.
func (c *Callers) Configure(userToken, apiKey string) error {
	now := &configured{}
	switch {
	case userToken != "":
		pair, err := tenant.NewCredentials(userToken, apiKey)
		if err != nil {
			return fmt.Errorf("the configured pair: %w", err)
		}
		now.pair = c.keyer.Tenant(pair)
	case apiKey != "":
		// Any valid token will do to check the key.
		if _, err := tenant.NewCredentials("token", apiKey); err != nil {
			return fmt.Errorf("the configured API key: %w", err)
		}
		now.apiKey = apiKey
	}
	c.configured.Store(now)
	return nil
}

// Ready waits until the issuer's keys have been fetched once, or ctx has ended.
// Its error says why they could not be, and holds no secret. Without an issuer it returns at once.
func (c *Callers) Ready(ctx context.Context) error {
	if c.tokens == nil {
		return nil
	}
	if _, err := c.tokens.keys.KeyReadAll(ctx); err != nil {
		return cmp.Or(c.tokens.keys.lastFailure(), err)
	}
	return nil
}

// Challenge is what a caller may try who was refused by err, for the header
// WWW-Authenticate: Bearer with an issuer, else BP-User-Token. It says where a
// token was refused for what it is (RFC 6750, section 3.1).
func (c *Callers) Challenge(err error) string {
	if c.tokens == nil {
		return "BP-User-Token"
	}
	if check, ok := errors.AsType[checkError](err); ok && check != checkAlone {
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
}

// check reports contradictions. Its errors hold no value of a setting.
func (cfg Config) check() error {
	if cfg.UserToken != "" && cfg.APIKey == "" {
		return errors.New("a user token is configured without an API key")
	}
	settings := []struct{ name, value string }{
		{"an audience", cfg.Audience},
		{"a JWKS URL", cfg.JWKSURL},
		{"a credentials file", cfg.CredentialsFile},
	}
	for _, setting := range settings {
		switch {
		case cfg.Issuer != "" && setting.value == "":
			return fmt.Errorf("a JWT issuer is configured without %s", setting.name)
		case cfg.Issuer == "" && setting.value != "":
			return fmt.Errorf("%s is configured without a JWT issuer", setting.name)
		}
	}
	if cfg.Issuer == "" {
		return nil
	}
	if _, err := address.ParseService(cfg.JWKSURL, false); err != nil {
		return fmt.Errorf("the JWKS URL %w", err)
	}
	return nil
}

// Identify returns the tenant for which r is answered. It is limited if it brings
// a token without tenant.OperationsScope; a pair is that of the merchant itself. ctx bounds the wait for
// the issuer's keys; r's own context is not looked at. The zero Tenant and no
// error mean that the caller brought nothing and nothing is configured for it.
//
// The error is a *fault.Error: fault.Unauthenticated for credentials that are
// malformed, contradictory or not valid, for a valid token whose merchant is
// not known here (the caller cannot be told apart from a stranger), and for a
// caller that brings nothing although an issuer is set; fault.Overloaded while
// the issuer's keys cannot be fetched; fault.Timeout and fault.Canceled when ctx
// ends meanwhile. Errors hold nothing of the request.
func (c *Callers) Identify(ctx context.Context, r *http.Request) (tenant.Tenant, error) {
	t, means, err := c.identify(ctx, r)
	if err != nil {
		return t, c.tell(err)
	}
	if c.logger.Enabled(ctx, slog.LevelDebug) { // for each request: not even the names are made for nothing
		c.logger.LogAttrs(ctx, slog.LevelDebug, "caller identified", slog.String("by", means), slog.String("tenant", t.Key.Short()))
	}
	return t, nil
}

// identify is Identify, and says by what means a caller was identified.
func (c *Callers) identify(ctx context.Context, r *http.Request) (t tenant.Tenant, means string, err error) {
	token, hasToken, err := bearer(r.Header["Authorization"])
	if err != nil {
		return tenant.Tenant{}, "", err
	}
	userTokens, apiKeys := r.Header[userTokenHeader], r.Header[apiKeyHeader]
	if len(userTokens) == 0 && len(apiKeys) == 0 {
		if hasToken {
			t, err = c.identifyToken(ctx, token)
			return t, "token", err
		}
		t, err = c.identifyNothing()
		return t, "nothing", err
	}
	if hasToken {
		return tenant.Tenant{}, "", refuseToken(checkAlone, "Send either a bearer token or BP-User-Token and X-Api-Key, not both.")
	}
	t, err = c.passThrough(userTokens, apiKeys)
	return t, "pair", err
}

// AsksNothing reports whether a caller that brings nothing is answered under
// the configured pair: then whoever reaches this service reads that pair's links.
func (c *Callers) AsksNothing() bool { return !c.configured.Load().pair.IsZero() && c.tokens == nil }

// Close ends a fetch of keys that is under way and waits for its goroutine.
func (c *Callers) Close() {
	if c.tokens != nil {
		c.tokens.keys.close()
	}
}

func (c *Callers) identifyNothing() (tenant.Tenant, error) {
	if c.tokens != nil {
		return tenant.Tenant{}, unauthenticated("The credentials are missing: send a bearer token.")
	}
	return c.configured.Load().pair, nil
}

func (c *Callers) passThrough(userTokens, apiKeys []string) (tenant.Tenant, error) {
	if apiKey := c.configured.Load().apiKey; len(apiKeys) == 0 && apiKey != "" {
		apiKeys = []string{apiKey}
	}
	if len(userTokens) != 1 || len(apiKeys) != 1 {
		return tenant.Tenant{}, unauthenticated("BP-User-Token and X-Api-Key must be sent together, exactly once each.")
	}
	pair, err := tenant.NewCredentials(userTokens[0], apiKeys[0])
	if err != nil {
		return tenant.Tenant{}, unauthenticated("BP-User-Token and X-Api-Key must be 1 to 4,096 bytes of visible ASCII.")
	}
	return c.keyer.Tenant(pair), nil
}

func (c *Callers) identifyToken(ctx context.Context, token string) (tenant.Tenant, error) {
	if c.tokens == nil {
		return tenant.Tenant{}, refuseToken(checkTaken, "This server takes no bearer tokens.")
	}
	merchant, isOperator, err := c.tokens.merchant(ctx, token)
	if err != nil {
		return tenant.Tenant{}, err
	}
	pair, ok := c.merchants.lookUp(merchant)
	if !ok {
		return tenant.Tenant{}, refuseToken(checkKnown, "The bearer token names no merchant that is known here.")
	}
	t := c.keyer.Tenant(pair)
	t.Limited = !isOperator
	return t, nil
}

func unauthenticated(public string) *fault.Error {
	return fault.New(fault.Unauthenticated, public)
}
