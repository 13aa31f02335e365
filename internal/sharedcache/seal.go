package sharedcache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"paymentlinks/internal/tenant"
)

// format is part of every key's name and of every seal. It changes with the form
// of what is kept, so that two releases side by side never read each other's.
const format = "paymentlinks:1:"

// errSealed is an entry that this pair cannot open: it is damaged, or it was
// sealed for another pair or under another name.
var errSealed = errors.New("the entry cannot be opened")

// keys are what is derived of one credential pair.
type keys struct {
	// id stands for the pair in Redis, on every replica.
	id string
	// naming makes the names of bodies, aead seals.
	naming []byte
	aead   cipher.AEAD
}

const (
	idBytes   = 16
	nameBytes = 8
	keyBytes  = 32
)

// derive makes the keys of a pair. Pairs of another upstream have others.
func derive(upstream string, c tenant.Credentials) (keys, error) {
	// The length goes first: ("ab", "c") and ("a", "bc") are two pairs.
	secret := binary.BigEndian.AppendUint32(nil, uint32(len(c.UserToken())))
	secret = append(secret, c.UserToken()...)
	secret = append(secret, c.APIKey()...)
	defer clear(secret)
	material, err := hkdf.Key(sha256.New, secret, []byte(format), upstream, idBytes+2*keyBytes)
	if err != nil {
		return keys{}, fmt.Errorf("derive the keys of a pair: %w", err)
	}
	block, err := aes.NewCipher(material[idBytes+keyBytes:])
	if err != nil {
		return keys{}, fmt.Errorf("derive the keys of a pair: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return keys{}, fmt.Errorf("derive the keys of a pair: %w", err)
	}
	return keys{id: hex.EncodeToString(material[:idBytes]), naming: material[idBytes : idBytes+keyBytes], aead: aead}, nil
}

// head is the name of the pair's head.
func (k keys) head() string { return headOf(k.id) }

func headOf(id string) string { return format + id + ":head" }

// bodyPrefix begins the name of the pair's bodies.
func bodyPrefix(id string) string { return format + id + ":body:" }

// bodyName ends the name of the body of a version. It tells nothing of the body.
func (k keys) bodyName(version string) string {
	mac := hmac.New(sha256.New, k.naming)
	_, _ = mac.Write([]byte(version)) // a hash.Hash never fails
	return hex.EncodeToString(mac.Sum(nil)[:nameBytes])
}

// mark is what a head says of a list: its version, and when it was fetched by
// Redis' clock, in milliseconds.
type mark struct {
	fetchedAt int64
	version   string
}

func (k keys) sealMark(m mark) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(m.fetchedAt))
	return string(k.aead.Seal(nil, nil, append(plain, m.version...), []byte(k.head())))
}

// openMark opens what sealMark made. The error is errSealed.
func (k keys) openMark(sealed string) (mark, error) {
	plain, err := k.aead.Open(nil, nil, []byte(sealed), []byte(k.head()))
	if err != nil || len(plain) < 8 {
		return mark{}, errSealed
	}
	return mark{fetchedAt: int64(binary.BigEndian.Uint64(plain)), version: string(plain[8:])}, nil
}

// bodies compresses and seals bodies. It is safe for concurrent use.
type bodies struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// newBodies returns bodies that open to at most maxBytes each.
func newBodies(maxBytes int64) (*bodies, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(writers))
	if err != nil {
		return nil, fmt.Errorf("compress bodies: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(maxBytes)), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, fmt.Errorf("decompress bodies: %w", err)
	}
	return &bodies{encoder: encoder, decoder: decoder}, nil
}

// seal returns the body of a version as Redis keeps it.
func (b *bodies) seal(k keys, version string, body []byte) []byte {
	packed := b.encoder.EncodeAll(body, nil)
	return k.aead.Seal(nil, nil, packed, []byte(bodyPrefix(k.id)+version))
}

// open opens what seal made for the same pair and version. The error is
// errSealed, also for a body that is too large.
func (b *bodies) open(k keys, version string, sealed []byte) ([]byte, error) {
	packed, err := k.aead.Open(nil, nil, sealed, []byte(bodyPrefix(k.id)+version))
	if err != nil {
		return nil, errSealed
	}
	body, err := b.decoder.DecodeAll(packed, nil)
	if err != nil {
		return nil, errSealed
	}
	return body, nil
}

func (b *bodies) close() {
	_ = b.encoder.Close() // nothing was streamed through it
	b.decoder.Close()
}
