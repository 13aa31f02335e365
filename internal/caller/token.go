package caller

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

const (
	defaultMerchantClaim = "merchant"
	// leeway is how far an issuer's clock may be from ours.
	leeway = 30 * time.Second
)

// verifier checks bearer tokens and reads the merchant out of them.
type verifier struct {
	keys    *keySet
	keyfunc keyfunc.Keyfunc
	parser  *jwt.Parser
	claim   string
	// newParser returns a parser of tokens for any of some audiences.
	newParser func(audiences ...string) *jwt.Parser
}

func newVerifier(ctx context.Context, cfg Config) (*verifier, error) {
	v := &verifier{keys: newKeySet(ctx, cfg), claim: cfg.MerchantClaim}
	if v.claim == "" {
		v.claim = defaultMerchantClaim
	}
	var err error
	v.keyfunc, err = keyfunc.New(keyfunc.Options{
		Storage:      v.keys,
		UseWhitelist: []jwkset.USE{jwkset.UseSig, ""},
	})
	if err != nil {
		v.keys.close()
		return nil, fmt.Errorf("make the key function: %w", err)
	}
	v.newParser = func(audiences ...string) *jwt.Parser { return newParser(cfg, audiences) }
	v.parser = v.newParser(cfg.Audience)
	return v, nil
}

// accepting returns a verifier of tokens for audience, too.
func (v *verifier) accepting(configured, audience string) *verifier {
	also := *v
	also.parser = v.newParser(configured, audience)
	return &also
}

func newParser(cfg Config, audiences []string) *jwt.Parser {
	return jwt.NewParser(
		// Asymmetric algorithms alone: `none` is a token without proof, and
		// under HS* whoever reads the public key could sign (RFC 8725, section 2.1).
		jwt.WithValidMethods([]string{
			"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
		}),
		jwt.WithIssuer(cfg.Issuer),
		jwt.WithAudience(audiences...),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(cfg.Now),
		jwt.WithStrictDecoding(),
	)
}

// merchant returns whom a valid token names, and whether it is good for
// operators. The cause of its errors says which check failed, in words of ours:
// those of the library quote the token.
func (v *verifier) merchant(ctx context.Context, token string) (merchant string, isOperator bool, err error) {
	claims := jwt.MapClaims{}
	parsed, err := v.parser.ParseWithClaims(token, claims, v.keyfunc.KeyfuncCtx(ctx))
	if err != nil {
		return "", false, tokenFault(err)
	}
	if _, ok := parsed.Header["crit"]; ok {
		// We understand no extension, so none may be critical (RFC 7515, section 4.1.11).
		return "", false, invalidToken(checkCritical)
	}
	merchant, isText := claims[v.claim].(string)
	if !isText || merchant == "" {
		return "", false, invalidToken(checkMerchant)
	}
	return merchant, hasScope(claims, tenant.OperationsScope), nil
}

// hasScope looks for a scope in the claim scope, one text of words (RFC 8693,
// section 4.2), or scp, as some issuers name it. Either may be a list.
func hasScope(claims jwt.MapClaims, scope string) bool {
	for _, name := range []string{"scope", "scp"} {
		switch granted := claims[name].(type) {
		case string:
			if slices.Contains(strings.Fields(granted), scope) {
				return true
			}
		case []any:
			if slices.Contains(granted, any(scope)) {
				return true
			}
		}
	}
	return false
}

// tokenFault turns the library's error into ours.
func tokenFault(err error) error {
	switch {
	case errors.Is(err, errNoKeys):
		unavailable := fault.Wrap(fault.Overloaded, "Bearer tokens cannot be checked at the moment.", errors.Join(errNoKeys, checkError(checkKeys)))
		unavailable.RetryAfter = fetchEvery
		return unavailable
	case errors.Is(err, context.Canceled):
		return fault.Wrap(fault.Canceled, "The caller left.", context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Timeout, "Bearer tokens could not be checked in time.", context.DeadlineExceeded)
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return invalidToken(checkSignature)
	case errors.Is(err, jwt.ErrTokenUnverifiable):
		return invalidToken(checkKey)
	case errors.Is(err, jwt.ErrTokenMalformed):
		return invalidToken(checkForm)
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return invalidToken(checkIssuer)
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return invalidToken(checkAudience)
	case errors.Is(err, jwt.ErrTokenExpired):
		return refuseToken(checkExpiry, "The bearer token has expired.")
	}
	return invalidToken(checkClaims)
}
