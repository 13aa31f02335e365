package telemetry

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// defaultQueueBytes is some 5,000 lines.
	defaultQueueBytes = 1 << 20
	// flushBytes are written without waiting for more: larger writes save nothing.
	flushBytes = 32 << 10
	// flushAfter is how long a line may wait for others to be written with.
	flushAfter = 50 * time.Millisecond
)

// Log puts a bounded queue between those who log and what the log is written
// to. Logging never waits for the reader of the log: while the queue is full,
// lines are dropped and counted, and a line says how many once there is room
// again. Lines go out several in one write, at the latest after 50 ms; warnings
// and errors at once. It is safe for concurrent use.
type Log struct {
	// Logger logs to the queue.
	Logger *slog.Logger

	out       io.Writer
	maxBytes  int
	requestID func(context.Context) string
	ended     chan struct{} // closed when everything is written after Close
	wake      chan struct{} // there is something to write
	urgent    chan struct{} // it should not wait for more

	mu      sync.Mutex
	queue   []byte // whole lines
	spare   []byte // the queue's other array
	closed  bool
	dropped uint64 // lines, in all
	told    uint64 // of these, told by a line
}

// LogConfig says what a Log writes, and where to. Out and Format are required.
type LogConfig struct {
	// Out is written to by one goroutine.
	Out io.Writer
	// Format makes the logger whose lines the queue takes. It must write each
	// line by one call.
	Format func(io.Writer) *slog.Logger
	// MaxBytes bounds the queue; 0 means 1 MiB.
	MaxBytes int
	// RequestID returns the id of the request that a line's context belongs to,
	// "" for none. It is put into lines that do not have it. nil adds none.
	RequestID func(ctx context.Context) string
}

// NewLog returns a log that is written by a goroutine, which ends with Close.
func NewLog(c LogConfig) *Log {
	if c.MaxBytes == 0 {
		c.MaxBytes = defaultQueueBytes
	}
	if c.RequestID == nil {
		c.RequestID = func(context.Context) string { return "" }
	}
	l := &Log{
		out:       c.Out,
		maxBytes:  c.MaxBytes,
		requestID: c.RequestID,
		ended:     make(chan struct{}),
		wake:      make(chan struct{}, 1),
		urgent:    make(chan struct{}, 1),
	}
	l.Logger = slog.New(handler{c.Format(queue{l}).Handler(), l})
	go l.run()
	return l
}

// Dropped returns the number of lines that found the queue full, or that could
// not be written.
func (l *Log) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// Close waits until everything that was logged is written, but no longer than
// patience: then its reader does not read, and the rest is lost. It reports
// whether all was written. What is logged later is dropped.
func (l *Log) Close(patience time.Duration) bool {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	signal(l.wake)
	signal(l.urgent)
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-l.ended:
		return true
	case <-late.C:
		return false
	}
}

// queue is where the formatting handler writes its lines to.
type queue struct{ log *Log }

// Write takes one line, or drops it. It never fails and never waits.
func (q queue) Write(line []byte) (int, error) {
	l := q.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.queue)+len(line) > l.maxBytes {
		l.dropped++
		return len(line), nil
	}
	l.queue = append(l.queue, line...)
	signal(l.wake)
	if len(l.queue) >= flushBytes {
		signal(l.urgent)
	}
	return len(line), nil
}

// run writes what is queued until Close.
func (l *Log) run() {
	defer close(l.ended)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for range l.wake {
		pause.Reset(flushAfter)
		select {
		case <-l.urgent:
		case <-pause.C:
		}
		l.mu.Lock()
		lines, closed := l.queue, l.closed
		l.queue = l.spare[:0]
		l.mu.Unlock()
		l.write(lines)
		if closed {
			return
		}
		l.mu.Lock()
		l.spare = lines
		l.mu.Unlock()
		l.tellDropped()
	}
}

// write writes lines, and counts them as dropped where nobody takes them.
func (l *Log) write(lines []byte) {
	if len(lines) == 0 {
		return
	}
	n, err := l.out.Write(lines)
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range lines[n:] {
		if b == '\n' {
			l.dropped++
			l.told++ // a line about it would find no reader either
		}
	}
}

// tellDropped logs how many lines were dropped since it did so last.
func (l *Log) tellDropped() {
	l.mu.Lock()
	lines := l.dropped - l.told
	l.told = l.dropped
	l.mu.Unlock()
	if lines > 0 {
		l.Logger.Warn("log lines were dropped: the log is read too slowly", "lines", lines)
	}
}

// requestIDKey is the attribute of a request's id.
const requestIDKey = "request_id"

// has reports whether a record has an attribute.
func has(r *slog.Record, key string) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = a.Key == key
		return !found
	})
	return found
}

// handler hands records to the formatting handler, and hurries for warnings. It
// adds the id of the request that a line belongs to.
type handler struct {
	slog.Handler
	log *Log
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := h.log.requestID(ctx); id != "" && !has(&r, requestIDKey) {
		r = r.Clone()
		r.AddAttrs(slog.String(requestIDKey, id))
	}
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		signal(h.log.urgent)
	}
	return err
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs), h.log}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.log}
}

// signal leaves a note in a channel that holds one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
