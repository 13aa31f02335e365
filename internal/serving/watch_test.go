package serving_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/serving"
)

// A change is read once, whether it can be taken over or not; nothing is read
// without a change.
func TestWatchReadsChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var read []string
		var done []bool
		stop := serving.Watch{
			Files: func() []string { return []string{file} },
			Read: func(context.Context) error {
				content, err := os.ReadFile(file)
				read = append(read, string(content))
				if err == nil && string(content) == "bad" {
					err = errors.New("it is bad")
				}
				return err
			},
			Done:   func(ok bool) { done = append(done, ok) },
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		}.Start(t.Context())
		pass := func() {
			time.Sleep(10 * time.Second) //nolint:forbidigo // the bubble's clock
			synctest.Wait()
		}
		pass()
		write("bad")
		pass()
		write("better")
		pass()
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		pass()
		stop()
		write("after the end")
		pass()
		if got := strings.Join(read, ","); got != "bad,better," {
			t.Errorf("read %q, want each change once", got)
		}
		if len(done) != 3 || done[0] || !done[1] || done[2] {
			t.Errorf("done %v", done)
		}
		if n := strings.Count(log.String(), "it is bad"); n != 1 {
			t.Errorf("the bad file is logged %d times:\n%s", n, &log)
		}
	})
}

// Who asks has all read that has not changed.
func TestWatchReadsWhenAsked(t *testing.T) {
	read := make(chan struct{})
	asked := make(chan os.Signal)
	stop := serving.Watch{
		Files: func() []string { return nil },
		Read: func(context.Context) error {
			read <- struct{}{}
			return nil
		},
		Asked:  asked,
		Logger: slog.New(slog.DiscardHandler),
	}.Start(t.Context())
	defer stop()
	for range 2 {
		asked <- os.Interrupt
		<-read
	}
}
