// Package tenant knows the two credentials under which a caller's links are
// listed upstream, and the key made of them.
//
// A Tenant is made once, where the caller is identified. Everything that keeps
// something for a caller keeps it under the Tenant's Key.
//
// A Credentials value never prints itself: every verb of fmt, slog and
// encoding/json writes a fixed mark instead.
package tenant

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"sync"
)

// MaxCredentialBytes bounds each credential: some 15 times the tokens seen,
// and far below any header limit.
const MaxCredentialBytes = 4096

const redacted = "[credentials]"

// ErrMalformed is returned for a credential that is not a header value that
// upstream could ever have given out. Its text says nothing of the value.
var ErrMalformed = errors.New("a credential must be 1 to 4,096 bytes of visible ASCII")

// Credentials is a validated pair; the zero value means that there is none. It is
// comparable and safe for concurrent use.
type Credentials struct {
	userToken, apiKey string
}

// NewCredentials validates the pair. The error is ErrMalformed.
func NewCredentials(userToken, apiKey string) (Credentials, error) {
	if !valid(userToken) || !valid(apiKey) {
		return Credentials{}, ErrMalformed
	}
	return Credentials{userToken: userToken, apiKey: apiKey}, nil
}

func valid(credential string) bool {
	if credential == "" || len(credential) > MaxCredentialBytes {
		return false
	}
	for i := range len(credential) {
		if credential[i] <= ' ' || credential[i] > '~' {
			return false
		}
	}
	return true
}

// UserToken returns the value of BP-User-Token, for the request to upstream alone.
func (c Credentials) UserToken() string { return c.userToken }

// APIKey returns the value of X-Api-Key, for the request to upstream alone.
func (c Credentials) APIKey() string { return c.apiKey }

// IsZero reports whether c is the zero value.
func (c Credentials) IsZero() bool { return c == Credentials{} }

// Format keeps the pair out of every verb of package fmt.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue keeps the pair out of slog.
func (Credentials) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the pair out of encoders.
func (Credentials) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Key stands for one pair inside one process. It tells nothing of the pair.
type Key [sha256.Size]byte

// Short is enough of k to tell tenants apart in the log of one process; "" for
// the zero Key, that of a caller without credentials.
func (k Key) Short() string {
	if k == (Key{}) {
		return ""
	}
	return hex.EncodeToString(k[:4])
}

// Keyer makes keys under a secret of its own, so that neither a memory dump of
// keys nor a chosen pair says anything about another pair. It is safe for
// concurrent use.
type Keyer struct {
	// macs holds *keying: setting up an HMAC costs three times a use of it.
	macs sync.Pool
}

// keying is an HMAC with the memory that one use of it needs.
type keying struct {
	mac  hash.Hash
	pair []byte
	sum  []byte
}

// NewKeyer draws a new secret; keys of two Keyers never match.
func NewKeyer() *Keyer {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program first
	return &Keyer{macs: sync.Pool{New: func() any { return &keying{mac: hmac.New(sha256.New, secret)} }}}
}

// Key returns the key of a pair: equal for equal pairs only.
func (k *Keyer) Key(c Credentials) Key {
	use, _ := k.macs.Get().(*keying)
	defer k.macs.Put(use)
	// The length goes first: without it ("ab", "c") and ("a", "bc") would share a key.
	use.pair = binary.BigEndian.AppendUint32(use.pair[:0], uint32(len(c.userToken)))
	use.pair = append(use.pair, c.userToken...)
	use.pair = append(use.pair, c.apiKey...)
	use.mac.Reset()
	_, _ = use.mac.Write(use.pair) // a hash.Hash never fails
	clear(use.pair)
	use.sum = use.mac.Sum(use.sum[:0])
	return Key(use.sum)
}

// Tenant is who a request is answered for: a pair, and the key that stands for
// it in this process. The zero value is a caller without credentials. It is
// comparable and safe for concurrent use.
type Tenant struct {
	Credentials
	Key Key
	// Limited says that the caller may not read what is for operators. It is not
	// part of Key: the list behind it is the same. What is made of the list for
	// one caller and given to another has to tell the two apart.
	Limited bool
}

// OperationsScope is what a token must be good for, to read what is for operators.
const OperationsScope = "payment-links:operations"

// Tenant returns the Tenant of a pair; the zero Tenant for the zero pair.
func (k *Keyer) Tenant(c Credentials) Tenant {
	if c.IsZero() {
		return Tenant{}
	}
	return Tenant{Credentials: c, Key: k.Key(c)}
}

type contextKey struct{}

// NewContext returns a context that carries the caller from the edge to the resolvers.
func NewContext(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the caller; false when it brought no credentials.
func FromContext(ctx context.Context) (Tenant, bool) {
	t, ok := ctx.Value(contextKey{}).(Tenant)
	return t, ok && !t.IsZero()
}
