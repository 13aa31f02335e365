package persisted

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"paymentlinks/internal/fault"
)

// byExtension follows Apollo's protocol: a hash alone asks for what is known,
// a hash with its text teaches it.
func (s *Store) byExtension(r Request) (Document, error) {
	if s.learnt == nil && s.trusted.isEmpty() {
		return Document{}, fault.New(fault.PersistedUnsupported, notSupported)
	}
	name, err := parseExtension(r.Extension)
	if err != nil {
		return Document{}, err
	}
	hash, isDigest := parseDigest(name)
	if r.Query != "" {
		if s.trustedOnly {
			return Document{}, textRefused()
		}
		if !isDigest || sha256.Sum256([]byte(r.Query)) != hash {
			return Document{}, fault.New(fault.BadRequest, "provided sha does not match query")
		}
		_, listed := s.trusted.byHash[hash]
		return Document{Text: r.Query, IsTrusted: listed, hash: hash, learn: !listed}, nil
	}
	// A manifest may name its documents by something else than a SHA-256.
	if text, ok := s.trusted.byID[name]; ok {
		return Document{Text: text, IsTrusted: true, IsNamed: true}, nil
	}
	if !isDigest {
		return Document{}, fault.New(fault.PersistedNotFound, notFound)
	}
	return s.byHash(hash)
}

// parseExtension returns the hash of extensions.persistedQuery.
func parseExtension(extension any) (string, error) {
	object, ok := extension.(map[string]any)
	if !ok {
		return "", fault.New(fault.BadRequest, `"extensions.persistedQuery" must be an object.`)
	}
	version, ok := integer(object["version"])
	if !ok {
		return "", fault.New(fault.BadRequest, `"extensions.persistedQuery.version" must be an integer.`)
	}
	if version != 1 {
		return "", fault.New(fault.PersistedUnsupported, notSupported)
	}
	hash, ok := object["sha256Hash"].(string)
	if !ok {
		return "", fault.New(fault.BadRequest, `"extensions.persistedQuery.sha256Hash" must be a string.`)
	}
	return hash, nil
}

// integer reads a number in any of the forms that decoders of JSON give it.
func integer(value any) (int64, bool) {
	switch value := value.(type) {
	case json.Number:
		n, err := strconv.ParseInt(value.String(), 10, 64)
		return n, err == nil
	case float64:
		return int64(value), value == float64(int64(value))
	case int64:
		return value, true
	case int:
		return int64(value), true
	}
	return 0, false
}

// parseDigest reads 64 hex digits of either case.
func parseDigest(text string) (digest, bool) {
	var hash digest
	if len(text) != hex.EncodedLen(len(hash)) {
		return hash, false
	}
	_, err := hex.Decode(hash[:], []byte(text))
	return hash, err == nil
}
