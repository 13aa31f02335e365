package config

import (
	"log/slog"
	"math"
	"slices"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Memory is what the process may take. The bounds below that are not set are
// parts of it.
type Memory struct {
	Bytes int64 `name:"memory" type:"bytes" placeholder:"BYTES" shown:"the cgroup's limit, or else the machine's memory" min:"64MiB" max:"1024TiB" help:"Memory that the process may take. Where they are not set, these are parts of it: PAYMENTLINKS_SNAPSHOT_BYTES a quarter, at most 512MiB; PAYMENTLINKS_ANSWER_BYTES a 16th, at most 128MiB; what PAYMENTLINKS_FRONT keeps a 64th, at most 32MiB; PAYMENTLINKS_DOCUMENT_CACHE_BYTES a 128th, at most 16MiB; PAYMENTLINKS_IN_FLIGHT_BYTES a quarter, at most 1GiB; Go's GOMEMLIMIT nine tenths."`

	InFlightBytes int64 `type:"bytes" placeholder:"BYTES" shown:"a quarter of the memory, at most 1GiB" min:"1MiB" max:"1TiB" help:"Bound on bodies from upstream, answers being made and answers that callers are reading, together. Beyond it callers wait a quarter of a second and are then refused (OVERLOADED)."`

	// HeapBytes is what Go's memory limit has to be; 0 leaves it as it is.
	HeapBytes int64 `kong:"-"`
	// FrontBytes bounds what the front keeps; 0 is its default.
	FrontBytes int64 `kong:"-"`
}

// part is one bound that derives from the memory: so many 128ths of it, and the
// ceiling at most.
type part struct {
	flag    string // "" for what has no setting
	bound   *int64
	share   int64
	ceiling int64
}

// whole is what the shares are parts of.
const whole = 128

func (c *Config) parts() []part {
	return []part{
		{"snapshot-bytes", &c.Snapshots.MaxBytes, 32, 512 << 20},
		{"answer-bytes", &c.Edge.AnswerBytes, 8, 128 << 20},
		{"", &c.Memory.FrontBytes, 2, 32 << 20},
		{"in-flight-bytes", &c.Memory.InFlightBytes, 32, 1 << 30},
		{"document-cache-bytes", &c.Graph.DocumentCacheBytes, 1, 16 << 20},
	}
}

// divideMemory fills in the bounds that nobody has set. Parts that are larger
// than the whole are refused where somebody has set the whole, and else told of.
func (c *Config) divideMemory(env map[string]string) error {
	isGiven := slices.Contains(c.given, "memory")
	if !isGiven {
		c.Memory.Bytes = available()
	}
	total := max(c.Persisted.MaxBytes, 0)
	for _, p := range c.parts() {
		if p.flag == "" || !slices.Contains(c.given, p.flag) {
			*p.bound = p.ceiling
			if c.Memory.Bytes > 0 {
				*p.bound = min(p.ceiling, c.Memory.Bytes/whole*p.share)
			}
		}
		total += max(*p.bound, 0)
	}
	if c.Memory.Bytes == 0 {
		return nil
	}
	if _, ok := env["GOMEMLIMIT"]; !ok {
		c.Memory.HeapBytes = c.Memory.Bytes / 10 * 9
	}
	switch {
	case total <= c.Memory.Bytes:
	case isGiven:
		return problem("memory", "is %s: less than what may be kept in it together, %s", printBytes(c.Memory.Bytes), printBytes(total))
	default:
		c.warn("memory", "It is less than what may be kept in it together: lower the bounds in bytes that are set.")
	}
	return nil
}

// available is the limit of the process's cgroup or the machine's memory,
// whichever is less; 0 where neither is known.
func available() int64 {
	least := int64(math.MaxInt64)
	for _, ask := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if bytes, err := ask(); err == nil {
			least = min(least, int64(min(bytes, math.MaxInt64)))
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// LogValue tells what the memory is and how it is divided.
func (m Memory) LogValue() slog.Value {
	return slog.GroupValue(slog.String("bytes", printBytes(m.Bytes)), slog.String("heap", printBytes(m.HeapBytes)))
}
