package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"paymentlinks/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reader is what a log is written to.
type reader struct {
	held chan struct{} // nothing is taken before it is closed; nil: everything is

	mu     sync.Mutex
	text   bytes.Buffer
	writes int
	err    error
}

func (r *reader) Write(p []byte) (int, error) {
	if r.held != nil {
		<-r.held
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	r.writes++
	return r.text.Write(p)
}

func (r *reader) lines() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Count(r.text.String(), "\n")
}

func text(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestLinesGoOutTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r reader
		l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text})
		for range 100 {
			l.Logger.Info("request")
		}
		synctest.Wait()
		if r.lines() != 0 {
			t.Errorf("%d lines were written before others could join them", r.lines())
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		if r.lines() != 100 || r.writes != 1 {
			t.Errorf("%d lines in %d writes, want 100 in one", r.lines(), r.writes)
		}
		// A warning, also of a derived logger, takes the others with it.
		l.Logger.Info("request")
		l.Logger.With("a", 1).WithGroup("g").Warn("problem", "b", 2)
		synctest.Wait()
		if got := r.text.String(); r.lines() != 102 || !strings.HasSuffix(got, "msg=problem a=1 g.b=2\n") {
			t.Errorf("%d lines, the last of %q; want 102 at once", r.lines(), got[len(got)-40:])
		}
		// So does much text.
		l.Logger.Info("request", "long", strings.Repeat("x", 40<<10))
		synctest.Wait()
		if r.lines() != 103 {
			t.Error("32 KiB waited for more")
		}
		if !l.Close(time.Minute) {
			t.Error("Close gave up")
		}
	})
}

func TestCloseLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r reader
		l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text})
		var loggers sync.WaitGroup
		for range 10 {
			loggers.Go(func() {
				for range 100 {
					l.Logger.Info("request")
				}
			})
		}
		loggers.Wait()
		start := time.Now()
		if all := l.Close(time.Minute); !all || r.lines() != 1000 || l.Dropped() != 0 {
			t.Errorf("%v, %d lines written, %d dropped; want all 1000", all, r.lines(), l.Dropped())
		}
		if time.Since(start) > 0 {
			t.Error("Close waited for more lines")
		}
		l.Logger.Info("late")
		if l.Dropped() != 1 {
			t.Errorf("%d lines dropped, want the one after Close", l.Dropped())
		}
		if !l.Close(time.Minute) {
			t.Error("a second Close gave up")
		}
	})
}

// A log that nobody reads stops nobody, and takes no more memory than it may.
func TestStuckReaderStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reader{held: make(chan struct{})}
		l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text, MaxBytes: 4096})
		for i := range 1000 {
			l.Logger.Warn("request", "number", i)
		}
		time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock
		dropped := l.Dropped()
		if dropped < 800 || dropped > 999 {
			t.Errorf("%d lines of 1000 were dropped, want those beyond 4 KiB, or twice that", dropped)
		}
		if l.Close(time.Second) {
			t.Error("Close reports that all is written")
		}
		close(r.held)
		if all := l.Close(time.Minute); !all || r.lines() != 1000-int(dropped) {
			t.Errorf("%v, %d lines were written, want the %d that were not dropped", all, r.lines(), 1000-dropped)
		}
	})
}

func TestDroppedLinesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reader{held: make(chan struct{})}
		l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text, MaxBytes: 4096})
		for range 1000 {
			l.Logger.Info("request")
		}
		dropped := l.Dropped()
		close(r.held)
		time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock
		l.Logger.Info("request")
		if !l.Close(time.Minute) {
			t.Error("Close gave up")
		}
		if got, want := r.text.String(), "lines="+strconv.FormatUint(dropped, 10); strings.Count(got, "were dropped") != 1 || !strings.Contains(got, want) {
			t.Errorf("want one line with %s in\n%s", want, got)
		}
	})
}

// A reader that has left takes no line, and ends nothing.
func TestReaderThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reader{err: errors.New("broken pipe")}
		l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text})
		for range 10 {
			l.Logger.Info("request")
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock
		}
		if l.Dropped() != 10 {
			t.Errorf("%d lines dropped, want all 10 and none about them", l.Dropped())
		}
		if !l.Close(time.Minute) {
			t.Error("Close gave up")
		}
	})
}

func BenchmarkLog(b *testing.B) {
	l := telemetry.NewLog(telemetry.LogConfig{Out: io.Discard, Format: text})
	b.ReportAllocs()
	for b.Loop() {
		l.Logger.LogAttrs(b.Context(), slog.LevelInfo, "request", slog.Int("status", 200), slog.Duration("duration", time.Millisecond))
	}
	if !l.Close(time.Minute) {
		b.Error("Close gave up")
	}
}

// A line that is logged under a request's context has its id, once.
func TestLinesNameTheirRequest(t *testing.T) {
	var r reader
	type key struct{}
	l := telemetry.NewLog(telemetry.LogConfig{Out: &r, Format: text, RequestID: func(ctx context.Context) string {
		id, _ := ctx.Value(key{}).(string)
		return id
	}})
	ctx := context.WithValue(t.Context(), key{}, "id-1")
	l.Logger.InfoContext(ctx, "inside", "a", 1)
	l.Logger.InfoContext(ctx, "named", "request_id", "id-2")
	l.Logger.InfoContext(t.Context(), "outside")
	l.Close(time.Minute)
	for _, want := range []string{"msg=inside a=1 request_id=id-1\n", "msg=named request_id=id-2\n", "msg=outside\n"} {
		if got := r.text.String(); !strings.Contains(got, want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
}
