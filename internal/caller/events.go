package caller

import (
	"errors"
	"time"

	"paymentlinks/internal/fault"
)

// Events are told what the Callers meet, where they are not nil. They are called
// by many goroutines at once and must return at once.
type Events struct {
	// TokenRefused is called with the check that a bearer token did not pass.
	// It is one of Checks.
	TokenRefused func(check string)
	// FileRead is called after the credentials file was read again because it
	// had changed, or could not be read for the first time after it could. ok is
	// false where the merchants stay as they were.
	FileRead func(ok bool)
	// KeysFetched is called after each fetch of the issuer's keys.
	KeysFetched func(ok bool)
}

func (e Events) orNothing() Events {
	if e.TokenRefused == nil {
		e.TokenRefused = func(string) {}
	}
	if e.FileRead == nil {
		e.FileRead = func(bool) {}
	}
	if e.KeysFetched == nil {
		e.KeysFetched = func(bool) {}
	}
	return e
}

// The checks that a bearer token passes, in about this order.
const (
	checkForm      = "form"
	checkAlone     = "alone" // one token, and no pair beside it
	checkTaken     = "not_taken"
	checkKeys      = "keys_unavailable"
	checkKey       = "key"
	checkSignature = "signature"
	checkIssuer    = "issuer"
	checkAudience  = "audience"
	checkExpiry    = "expiry"
	checkClaims    = "claims" // iat, nbf, or a claim of another type
	checkCritical  = "critical_extension"
	checkMerchant  = "merchant_claim"
	checkKnown     = "unknown_merchant"
)

// Checks returns every check that TokenRefused may name.
func Checks() []string {
	return []string{
		checkForm, checkAlone, checkTaken, checkKeys, checkKey, checkSignature, checkIssuer, checkAudience, checkExpiry,
		checkClaims, checkCritical, checkMerchant, checkKnown,
	}
}

// checkError is the cause of a refused token: which check it did not pass. It
// holds nothing of the token.
type checkError string

func (e checkError) Error() string { return "bearer token: check " + string(e) }

// Reason makes the check fit for a log, as fault.ReasonOf tells it.
func (e checkError) Reason() string { return e.Error() }

// refuseToken makes the refusal of a token.
func refuseToken(check, public string) *fault.Error {
	return fault.Wrap(fault.Unauthenticated, public, checkError(check))
}

func invalidToken(check string) *fault.Error {
	return refuseToken(check, "The bearer token is not valid.")
}

// tell reports a refused token. It passes err on.
func (c *Callers) tell(err error) error {
	if check, ok := errors.AsType[checkError](err); ok {
		c.events.TokenRefused(string(check))
	}
	return err
}

// FileReadAt is when the merchants were read that are in force; zero without a
// credentials file.
func (c *Callers) FileReadAt() time.Time {
	if c.merchants == nil {
		return time.Time{}
	}
	return time.Unix(0, c.merchants.takenAt.Load())
}

// KeysFetchedAt is when the issuer's keys were fetched that are in force; zero
// without an issuer and before the first fetch.
func (c *Callers) KeysFetchedAt() time.Time {
	if c.tokens == nil {
		return time.Time{}
	}
	k := c.tokens.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fetchedAt
}
