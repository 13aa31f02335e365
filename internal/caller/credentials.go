package caller

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"paymentlinks/internal/bounded"
	"paymentlinks/internal/tenant"
)

const (
	// rereadEvery is how old the answer of lookUp can be against the file.
	rereadEvery        = time.Second
	maxCredentialsFile = 4 << 20 // bytes
	maxMerchantBytes   = 256
)

// credentialsFile is the operator's file of merchants, read again when it
// changes. Change is told by content, so no clock and no file system can hide
// one; the file is read at most once a second, by a caller that needs it.
//
//	acme:
//	  userToken: the BP-User-Token of acme
//	  apiKey: the X-Api-Key to send with it
//
// Who changes it should put a new file in its place: one that is written
// where it stands may be read half-way, and is then taken over a second later.
type credentialsFile struct {
	path   string
	now    func() time.Time
	events Events
	logger *slog.Logger

	merchants atomic.Pointer[map[string]tenant.Credentials]
	takenAt   atomic.Int64 // when merchants was read, in nanoseconds of Unix

	mu      sync.Mutex // held by the one caller that reads the file again
	readAt  time.Time
	read    [sha256.Size]byte // what merchants was read from, or the broken content after it
	missing bool              // the last reading did not get at the content
}

// CheckFile reports what is wrong with a credentials file, without a secret. No
// file, "", is well.
func CheckFile(path string) error {
	if path == "" {
		return nil
	}
	_, err := openCredentialsFile(Config{Settings: Settings{CredentialsFile: path}, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	return err
}

// openCredentialsFile reads the file once; then it must be whole. Clock, logger
// and events of cfg are set.
func openCredentialsFile(cfg Config) (*credentialsFile, error) {
	f := &credentialsFile{path: cfg.CredentialsFile, now: cfg.Now, events: cfg.Events, logger: cfg.Logger, readAt: cfg.Now()}
	content, err := bounded.ReadTextFile(f.path, maxCredentialsFile)
	if err != nil {
		return nil, fmt.Errorf("credentials file: %w", err)
	}
	merchants, err := parseMerchants(content)
	if err != nil {
		return nil, fmt.Errorf("credentials file: %w", err)
	}
	f.read = sha256.Sum256(content)
	f.take(merchants)
	return f, nil
}

// lookUp returns the merchant's pair; false for a merchant who is not in the file.
func (f *credentialsFile) lookUp(merchant string) (tenant.Credentials, bool) {
	f.refresh()
	pair, ok := (*f.merchants.Load())[merchant]
	return pair, ok
}

// refresh takes over a changed file. A broken one is logged once and leaves
// the merchants as they were.
func (f *credentialsFile) refresh() {
	if !f.mu.TryLock() {
		return // another caller is at it; what is there is at most a moment old
	}
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.readAt) < rereadEvery {
		return
	}
	f.readAt = now
	content, err := bounded.ReadTextFile(f.path, maxCredentialsFile)
	if err != nil {
		if !f.missing {
			f.logger.Error("credentials file not read, the merchants stay as they were", "error", err)
			f.events.FileRead(false)
		}
		f.missing = true
		return
	}
	f.missing = false
	sum := sha256.Sum256(content)
	if sum == f.read {
		return
	}
	f.read = sum
	merchants, err := parseMerchants(content)
	if err != nil {
		f.logger.Error("credentials file is broken, the merchants stay as they were", "error", err)
		f.events.FileRead(false)
		return
	}
	f.take(merchants)
	f.logger.Info("credentials file read again", "merchants", len(merchants))
	f.events.FileRead(true)
}

func (f *credentialsFile) take(merchants map[string]tenant.Credentials) {
	f.merchants.Store(&merchants)
	f.takenAt.Store(f.now().UnixNano())
}

// parseMerchants reads the file's content. Its errors tell a place, never what
// stands there.
func parseMerchants(content []byte) (map[string]tenant.Credentials, error) {
	var merchants map[text]*struct {
		UserToken text `yaml:"userToken"`
		APIKey    text `yaml:"apiKey"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content), yaml.Strict())
	switch err := decoder.Decode(&merchants); {
	case errors.Is(err, io.EOF), err == nil && len(merchants) == 0:
		return nil, errors.New("it names no merchant")
	case err != nil:
		return nil, placeOf(err)
	}
	if !errors.Is(decoder.Decode(&struct{}{}), io.EOF) {
		return nil, errors.New("it holds more than one YAML document")
	}
	pairs := make(map[string]tenant.Credentials, len(merchants))
	for merchant, credentials := range merchants {
		if merchant == "" || len(merchant) > maxMerchantBytes {
			return nil, fmt.Errorf("a merchant's name must be 1 to %d bytes", maxMerchantBytes)
		}
		if credentials == nil {
			return nil, errors.New("a merchant has no credentials")
		}
		pair, err := tenant.NewCredentials(string(credentials.UserToken), string(credentials.APIKey))
		if err != nil {
			return nil, fmt.Errorf("a merchant's userToken or apiKey: %w", err)
		}
		pairs[string(merchant)] = pair
	}
	return pairs, nil
}

// text is a scalar as it is written: a token that looks like a number keeps
// its zeros.
type text string

// UnmarshalYAML takes any scalar but null.
func (t *text) UnmarshalYAML(node ast.Node) error {
	switch n := node.(type) {
	case *ast.StringNode:
		*t = text(n.Value)
	case *ast.LiteralNode:
		*t = text(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		*t = text(n.GetToken().Value)
	default:
		return errors.New("not a scalar")
	}
	return nil
}

// placeOf keeps only the line of the library's error, whose text quotes the file.
func placeOf(err error) error {
	if located, ok := errors.AsType[yaml.Error](err); ok && located.GetToken() != nil && located.GetToken().Position != nil {
		return fmt.Errorf("not of the expected form at line %d", located.GetToken().Position.Line)
	}
	return errors.New("not of the expected form")
}
