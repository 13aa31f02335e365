package caller

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"

	"github.com/MicahParks/jwkset"
)

const (
	// maxKeys bounds what a token without a key id is tried against.
	maxKeys = 100
	// RSA moduli below the least of RFC 7518, section 3.3, are too easy to
	// factor, those above the most too dear to check.
	minRSABits, maxRSABits = 2048, 8192
)

// publicKeys reads the keys of a JWK set that can check a signature. Others
// are left out: what is meant for encryption, symmetric keys, RSA keys that
// are too short and what the library does not know.
func publicKeys(body []byte) ([]jwkset.JWK, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(body, &set) != nil {
		return nil, errors.New("read the keys: not a JWK set")
	}
	var keys []jwkset.JWK
	for _, raw := range set.Keys {
		key, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err == nil && checksSignatures(key) {
			keys = append(keys, key)
		}
	}
	switch {
	case len(keys) == 0:
		return nil, errors.New("read the keys: none that can check a signature")
	case len(keys) > maxKeys:
		return nil, errors.New("read the keys: more than 100")
	}
	return keys, nil
}

// checksSignatures reports whether key is a public key for signatures.
func checksSignatures(key jwkset.JWK) bool {
	if use := key.Marshal().USE; use != "" && use != jwkset.UseSig {
		return false
	}
	switch public := key.Key().(type) {
	case *rsa.PublicKey:
		bits := public.N.BitLen()
		return minRSABits <= bits && bits <= maxRSABits
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}
