package config_test

import (
	"io"
	"strings"
	"testing"

	"paymentlinks/internal/config"
)

// TestMemoryIsDivided: the bounds that nobody sets are the parts that the help
// tells of, and never more than their ceilings.
func TestMemoryIsDivided(t *testing.T) {
	const mib = 1 << 20
	tests := map[string]struct {
		environ                                     []string
		snapshots, answers, front, documents, limit int64
	}{
		"small":    {[]string{"PAYMENTLINKS_MEMORY=256MiB"}, 64 * mib, 16 * mib, 4 * mib, 2 * mib, 256 * mib / 10 * 9},
		"ceilings": {[]string{"PAYMENTLINKS_MEMORY=64GiB"}, 512 * mib, 128 * mib, 32 * mib, 16 * mib, 64 << 30 / 10 * 9},
		"set": {
			[]string{"PAYMENTLINKS_MEMORY=256MiB", "PAYMENTLINKS_SNAPSHOT_BYTES=1MiB", "PAYMENTLINKS_ANSWER_BYTES=0", "PAYMENTLINKS_DOCUMENT_CACHE_BYTES=1MiB"},
			mib, -1, 4 * mib, mib, 256 * mib / 10 * 9,
		},
		"GOMEMLIMIT": {[]string{"PAYMENTLINKS_MEMORY=256MiB", "GOMEMLIMIT=1GiB"}, 64 * mib, 16 * mib, 4 * mib, 2 * mib, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := parse(t, nil, test.environ...)
			documents := cfg.Graph.DocumentCacheBytes + int64(cfg.Document.MemoryBytes)
			for part, got := range map[string][2]int64{
				"snapshots": {cfg.Snapshots.MaxBytes, test.snapshots}, "answers": {cfg.Edge.AnswerBytes, test.answers},
				"front": {cfg.Memory.FrontBytes, test.front}, "documents": {documents, test.documents}, "heap": {cfg.Memory.HeapBytes, test.limit},
				"in flight": {cfg.Memory.InFlightBytes, min(cfg.Memory.Bytes/4, 1<<30)},
			} {
				if got[0] != got[1] {
					t.Errorf("%s = %d bytes, want %d", part, got[0], got[1])
				}
			}
			if len(cfg.Warnings) > 0 {
				t.Errorf("warnings: %v", cfg.Warnings.Sentences())
			}
		})
	}
}

// TestMemoryIsKnown: the machine that runs the test has some, and it counts.
func TestMemoryIsKnown(t *testing.T) {
	if cfg := parse(t, nil); cfg.Memory.Bytes < 64<<20 || cfg.Memory.HeapBytes >= cfg.Memory.Bytes {
		t.Errorf("memory of this machine = %d bytes, with a heap of %d", cfg.Memory.Bytes, cfg.Memory.HeapBytes)
	}
}

// TestMoreKeptThanThereIs is an error where both were set, and a warning where
// only the machine is too small.
func TestMoreKeptThanThereIs(t *testing.T) {
	_, _, err := config.Parse(nil, []string{"PAYMENTLINKS_MEMORY=256MiB", "PAYMENTLINKS_SNAPSHOT_BYTES=1GiB"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "PAYMENTLINKS_MEMORY") {
		t.Errorf("error = %v, want one that names the setting", err)
	}
	cfg := parse(t, nil, "PAYMENTLINKS_SNAPSHOT_BYTES=1TiB")
	if got := strings.Join(cfg.Warnings.Sentences(), "\n"); !strings.Contains(got, "PAYMENTLINKS_MEMORY") {
		t.Errorf("warnings = %q, want one about the memory", got)
	}
}
