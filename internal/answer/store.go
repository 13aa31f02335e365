package answer

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"paymentlinks/internal/doorkeeper"
	"paymentlinks/internal/tenant"
)

// DefaultMaxBytes is what a zero Config.MaxBytes means.
const DefaultMaxBytes = 128 << 20

// largestPart is the share of the memory that one answer may take, as a divisor.
const largestPart = 8

// Lists tells which list a tenant's questions are answered from.
type Lists interface {
	// Current returns the generation of the tenant's list and when that stops
	// being fresh, without asking upstream. The generation is 0 when no list is
	// kept. Once a list was purged or replaced, Current never returns its
	// generation again.
	Current(key tenant.Key) (generation uint64, freshUntil time.Time)
}

// Config says how much is kept and by whose lists. Lists is required.
type Config struct {
	Lists Lists
	// MaxBytes bounds the memory of all answers together, keys included; 0
	// means DefaultMaxBytes. An answer larger than an eighth of it is not kept.
	MaxBytes int64
	// Compress writes body to w in a content coding; Answer.Form calls it with
	// the codings that it is asked for. It is safe for concurrent use. It is
	// required where Form is asked for any coding.
	Compress func(w io.Writer, coding string, body []byte) error
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Store keeps answers. It is safe for concurrent use.
type Store struct {
	cfg  Config
	seed maphash.Seed
	// epoch counts the calls of Forget.
	epoch atomic.Uint64

	answers *otter.Cache[uint64, *Answer]
	door    doorkeeper.Doorkeeper
	keys    sync.Pool // of *Question, whose memory is used again

	mu      sync.Mutex
	flights map[uint64]*Flight
}

// New returns a Store that keeps nothing yet. It reports what is missing from cfg.
func New(cfg Config) (*Store, error) {
	if cfg.Lists == nil {
		return nil, errors.New("answer: Lists is required")
	}
	if cfg.MaxBytes < 0 {
		return nil, errors.New("answer: MaxBytes must not be negative")
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Store{cfg: cfg, seed: maphash.MakeSeed(), flights: map[uint64]*Flight{}}
	var err error
	s.answers, err = otter.New(&otter.Options[uint64, *Answer]{
		MaximumWeight: uint64(cfg.MaxBytes),
		Weigher:       func(_ uint64, a *Answer) uint32 { return a.weight() },
		Executor:      func(task func()) { task() }, // upkeep on the caller's goroutine: it takes microseconds
		Logger:        &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("answer: make the cache: %w", err)
	}
	return s, nil
}

// Forget ends all answers at once: those that are kept, and those whose making
// has begun. It is for a change of what answers are made under.
func (s *Store) Forget() {
	s.epoch.Add(1)
	s.answers.InvalidateAll()
}

// find returns the kept answer to q, of whatever generation; nil for none.
func (s *Store) find(q *Question) *Answer {
	a, ok := s.answers.GetIfPresent(q.hash)
	if !ok || string(q.key) != a.key || a.life.epoch != s.epoch.Load() {
		return nil
	}
	return a
}

// Bytes is about the memory that the kept answers take.
func (s *Store) Bytes() uint64 { return s.answers.WeightedSize() }
