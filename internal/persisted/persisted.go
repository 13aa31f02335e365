package persisted

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/maypok86/otter/v2"

	"paymentlinks/internal/fault"
)

// Off as Config.MaxBytes switches automatic persisted queries off.
const Off = -1

// DefaultMaxBytes bounds the automatic persisted queries kept.
const DefaultMaxBytes = 16 << 20

// The messages that clients of Apollo's protocol test for.
const (
	notFound     = "PersistedQueryNotFound"
	notSupported = "PersistedQueryNotSupported"
)

// Settings say which documents can be named.
type Settings struct {
	// Manifests are the files of trusted documents, as Expand finds them;
	// ParseManifest tells their formats. They are read once.
	Manifests []string
	// TrustedOnly refuses every document that no manifest lists, and every
	// request that brings a text. It needs a manifest that lists some.
	TrustedOnly bool
	// MaxBytes bounds the automatic persisted queries kept; the least used
	// leave. 0 means DefaultMaxBytes; Off keeps none.
	MaxBytes int64
}

// Config says which documents can be named. The zero value keeps automatic
// persisted queries and trusts nothing.
type Config struct {
	Settings

	// Check, when not nil, is asked about every trusted document at the start;
	// an error refuses it.
	Check func(text string) error
}

// Store resolves requests to documents. It is safe for concurrent use.
type Store struct {
	trusted     *trusted
	trustedOnly bool
	learnt      *otter.Cache[digest, string] // nil when switched off
}

// digest is a SHA-256.
type digest = [sha256.Size]byte

// entryBytes estimates what a kept text costs beside itself.
const entryBytes = 192

// New reads the manifests. Its errors name a file and the entry in it, counted
// from 1, and quote nothing of them.
func New(cfg Config) (*Store, error) {
	if cfg.MaxBytes < Off {
		return nil, fmt.Errorf("persisted: MaxBytes is %d; it must be positive, 0 for %d, or %d for off", cfg.MaxBytes, DefaultMaxBytes, Off)
	}
	s := &Store{trusted: newTrusted(), trustedOnly: cfg.TrustedOnly}
	files, err := Expand(cfg.Manifests)
	if err != nil {
		return nil, fmt.Errorf("trusted documents: %w", err)
	}
	for _, file := range files {
		if err := s.trusted.read(file, cfg.Check); err != nil {
			return nil, fmt.Errorf("trusted documents: %w", err)
		}
	}
	if cfg.TrustedOnly && s.trusted.isEmpty() {
		return nil, errors.New("persisted: TrustedOnly needs a manifest that lists documents; without one every document would be refused")
	}
	if cfg.TrustedOnly || cfg.MaxBytes == Off {
		return s, nil
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	s.learnt, err = otter.New(&otter.Options[digest, string]{
		MaximumWeight: uint64(cfg.MaxBytes),
		Weigher:       func(_ digest, text string) uint32 { return uint32(len(text) + entryBytes) },
		Executor:      func(task func()) { task() }, // upkeep on the caller's goroutine: it takes microseconds
	})
	if err != nil {
		return nil, fmt.Errorf("persisted: keep texts: %w", err)
	}
	return s, nil
}

// Trusted returns the trusted documents in the order of the manifests, each once.
// The caller may change the slice.
func (s *Store) Trusted() []string { return slices.Clone(s.trusted.texts) }

// Request is what a request says of its document.
type Request struct {
	// Query is the text; "" when it brings none.
	Query string
	// DocumentID is the documentId; "" when it brings none.
	DocumentID string
	// Extension is extensions.persistedQuery as decoded from JSON; nil when it
	// brings none.
	Extension any
}

// Names reports whether the request names a document, with or without its text.
func (r Request) Names() bool { return r.DocumentID != "" || r.Extension != nil }

// Document is a document that a request asked for.
type Document struct {
	// Text is the document.
	Text string
	// IsTrusted tells that a manifest lists it.
	IsTrusted bool
	// IsNamed tells that the text was known here and did not come with the
	// request.
	IsNamed bool

	hash  digest
	learn bool
}

// Resolve returns the document of a request, or a *fault.Error:
//
//   - PersistedNotFound: it is not known; the client may send its text;
//   - PersistedUnsupported: documents cannot be named here, or not in this
//     version of the protocol;
//   - BadRequest: the text is not the one of the hash, the request contradicts
//     itself, or brings a text although only trusted documents are accepted.
//
// A request that names nothing gets its own text back.
func (s *Store) Resolve(r Request) (Document, error) {
	switch {
	case r.DocumentID != "" && (r.Query != "" || r.Extension != nil):
		return Document{}, fault.New(fault.BadRequest, `Send "documentId" alone, without "query" and "extensions.persistedQuery".`)
	case r.DocumentID != "":
		return s.byID(r.DocumentID)
	case r.Extension != nil:
		return s.byExtension(r)
	case s.trustedOnly:
		return Document{}, textRefused()
	}
	return Document{Text: r.Query}, nil
}

// Register keeps a document for those who name it later. Call it once the
// document has passed validation, so that what is kept is worth keeping. It
// does nothing for documents that need not be kept.
func (s *Store) Register(d Document) {
	if d.learn && s.learnt != nil {
		s.learnt.Set(d.hash, strings.Clone(d.Text)) // the clone lets go of the request's body
	}
}

// byID finds a trusted document by its id, or by its hash in the form that the
// GraphQL-over-HTTP working group proposes ("sha256:" and hex digits).
func (s *Store) byID(id string) (Document, error) {
	if text, ok := s.trusted.byID[id]; ok {
		return Document{Text: text, IsTrusted: true, IsNamed: true}, nil
	}
	if hex, ok := strings.CutPrefix(id, "sha256:"); ok {
		if hash, ok := parseDigest(hex); ok {
			return s.byHash(hash)
		}
	}
	return Document{}, fault.New(fault.PersistedNotFound, notFound)
}

func (s *Store) byHash(hash digest) (Document, error) {
	if text, ok := s.trusted.byHash[hash]; ok {
		return Document{Text: text, IsTrusted: true, IsNamed: true}, nil
	}
	if s.learnt != nil {
		if text, ok := s.learnt.GetIfPresent(hash); ok {
			return Document{Text: text, IsNamed: true}, nil
		}
	}
	return Document{}, fault.New(fault.PersistedNotFound, notFound)
}

func textRefused() error {
	return fault.New(fault.BadRequest, `Only trusted documents are executed here: send "documentId" or "extensions.persistedQuery", without a text.`)
}
