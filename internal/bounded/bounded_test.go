package bounded_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"paymentlinks/internal/bounded"
)

func TestReadFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := bounded.ReadFile(name, 5); string(got) != "12345" || err != nil {
		t.Errorf("a file of its bound: %q, %v", got, err)
	}
	if got, err := bounded.ReadFile(name, 4); got != nil || !errors.Is(err, bounded.ErrTooLarge) {
		t.Errorf("a byte more than its bound: %q, %v; want ErrTooLarge and no part of it", got, err)
	}
	if _, err := bounded.ReadFile(name+"x", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestReadTextFileLeavesTheByteOrderMarkOut(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	for content, want := range map[string]string{"\ufeffa\ufeff": "a\ufeff", "a": "a", "\ufeff": ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := bounded.ReadTextFile(name, 10); string(got) != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", content, got, err, want)
		}
	}
}

func TestReadAllHandsErrorsOn(t *testing.T) {
	boom := errors.New("boom")
	if got, err := bounded.ReadAll(iotest.ErrReader(boom), 5); got != nil || !errors.Is(err, boom) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := bounded.ReadAll(strings.NewReader(""), 0); len(got) != 0 || err != nil {
		t.Errorf("nothing of nothing: %q, %v", got, err)
	}
}
