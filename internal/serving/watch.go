package serving

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"os"
	"time"
)

// lookEvery is how often files are looked at.
const lookEvery = time.Second

// Watch reads files again while a program runs.
type Watch struct {
	// Files names what is looked at. A change is told by content, so no clock
	// and no file system can hide one.
	Files func() []string
	// Read takes the files over, or reports why it leaves all as it was.
	Read func(ctx context.Context) error
	// Asked has files read also where nothing has changed, as SIGHUP asks for;
	// nil asks for nothing.
	Asked <-chan os.Signal
	// Done, when not nil, hears of each reading.
	Done func(ok bool)
	// Logger hears of each reading, too.
	Logger *slog.Logger
}

// Start reads when a file changes, and when it is asked to, until the function that it
// returns is called, which waits for a reading that is under way. What cannot be
// read is logged once for each change.
func (w Watch) Start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	seen := w.digest()
	go func() {
		defer close(ended)
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			isAsked := false
			select {
			case <-ctx.Done():
				return
			case <-w.Asked:
				isAsked = true
			case <-ticker.C:
			}
			if now := w.digest(); now != seen || isAsked {
				seen = now
				w.read(ctx)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (w Watch) read(ctx context.Context) {
	err := w.Read(ctx)
	if err != nil {
		w.Logger.ErrorContext(ctx, "settings not read again, all stays as it was", "error", err)
	} else {
		w.Logger.InfoContext(ctx, "settings read again")
	}
	if w.Done != nil {
		w.Done(err == nil)
	}
}

// digest stands for the content of all files. One that cannot be read counts as
// having another content than any that can.
func (w Watch) digest() [sha256.Size]byte {
	all := sha256.New()
	for _, name := range w.Files() {
		sum, err := digestOf(name)
		if err != nil {
			sum = sha256.Sum256([]byte("unreadable"))
		}
		_, _ = io.WriteString(all, name+"\x00") // a hash never fails
		_, _ = all.Write(sum[:])
	}
	return [sha256.Size]byte(all.Sum(nil))
}

func digestOf(name string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(name) //nolint:gosec // operators name the files
	if err != nil {
		return sum, err
	}
	defer func() { _ = f.Close() }() // it was only read
	one := sha256.New()
	if _, err := io.Copy(one, f); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(one.Sum(nil)), nil
}
