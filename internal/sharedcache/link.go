package sharedcache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

const (
	// dialFor bounds the making of a connection, which never happens before an
	// answer.
	dialFor = time.Second
	// probeEvery is the time between two tries to reach a Redis that is gone, or
	// that was too slow; probeFor bounds each.
	probeEvery = 250 * time.Millisecond
	probeFor   = 100 * time.Millisecond
	// quickFor and bulkFor bound commands on their connection, those of bulk
	// because a body of many megabytes takes its time.
	quickFor = time.Second
	bulkFor  = 15 * time.Second
)

var (
	// errAnswer is an answer that Redis never gives to us.
	errAnswer = errors.New("redis answers something else")
	// errDown says that Redis is not asked.
	errDown = errors.New("redis is not reached")
)

// clients are connections for three purposes: a body that is sent must not stand
// in the way of a question of a few bytes.
type clients struct {
	quick, read, write rueidis.Client
}

func (c *clients) close() {
	for _, client := range []rueidis.Client{c.quick, c.read, c.write} {
		if client != nil {
			client.Close()
		}
	}
}

// link knows whether Redis answers. While it does not, nobody waits for it. It is
// safe for concurrent use.
type link struct {
	options rueidis.ClientOption
	// arrived is called whenever Redis answers again, with the identity of the
	// server, before anybody else asks it.
	arrived func(ctx context.Context, c *clients, server string) error
	told    func(up bool)
	logger  *slog.Logger
	failed  chan struct{} // somebody waited in vain

	mu      sync.Mutex
	clients *clients
	up      bool
	down    chan struct{} // closed when up ends
	said    string        // the last that the log was told
}

// use returns the connections, and what is closed when they fail; false while
// Redis does not answer.
func (l *link) use() (*clients, <-chan struct{}, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clients, l.down, l.up
}

// blame takes the outcome of a command. What the server itself refused says that
// it is there. A caller whose time is over says nothing.
func (l *link) blame(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil || errors.Is(err, errAnswer) {
		return
	}
	if refused(err) || rueidis.IsRedisNil(err) || rueidis.IsParseErr(err) {
		return
	}
	l.mu.Lock()
	wasUp := l.up
	if wasUp {
		l.up = false
		close(l.down)
	}
	l.mu.Unlock()
	if !wasUp {
		return
	}
	l.told(false)
	l.say(ctx, slog.LevelWarn, "Redis does not answer: lists are not shared", err)
	select {
	case l.failed <- struct{}{}:
	default:
	}
}

// run reaches for Redis until ctx ends.
func (l *link) run(ctx context.Context) {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for {
		if _, _, up := l.use(); !up {
			l.reach(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-l.failed:
		}
	}
}

// reach tries once.
func (l *link) reach(ctx context.Context) {
	server, err := l.probe(ctx)
	if err == nil {
		err = l.arrived(ctx, l.clients, server)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.say(ctx, slog.LevelWarn, "Redis cannot be used: lists are not shared", err)
		return
	}
	l.mu.Lock()
	l.up, l.down = true, make(chan struct{})
	l.mu.Unlock()
	l.told(true)
	l.say(ctx, slog.LevelInfo, "Redis answers: lists are shared", nil)
}

// probe asks Redis who it is, and connects first where that was never done. It
// alone changes clients.
func (l *link) probe(ctx context.Context) (server string, err error) {
	if l.clients == nil {
		fresh, err := l.connect()
		if err != nil {
			return "", err
		}
		l.mu.Lock()
		l.clients = fresh
		l.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	quick := l.clients.quick
	info, err := quick.Do(ctx, quick.B().Info().Section("server").Build()).ToString()
	if err != nil {
		return "", fmt.Errorf("ask redis who it is: %w", err)
	}
	for line := range strings.Lines(info) {
		if id, ok := strings.CutPrefix(line, "run_id:"); ok {
			return strings.TrimSpace(id), nil
		}
	}
	return "", errAnswer
}

func (l *link) connect() (*clients, error) {
	c := &clients{}
	for _, want := range []struct {
		client *rueidis.Client
		bound  time.Duration
		mute   bool
	}{{&c.quick, quickFor, false}, {&c.read, bulkFor, true}, {&c.write, bulkFor, true}} {
		options := l.options
		options.ConnWriteTimeout = want.bound
		if want.mute {
			options.DisableCache, options.OnInvalidations = true, nil
		}
		client, err := rueidis.NewClient(options)
		if err != nil {
			c.close()
			return nil, fmt.Errorf("connect to redis: %w", err)
		}
		*want.client = client
	}
	return c, nil
}

// say logs what has changed, and nothing twice in a row.
func (l *link) say(ctx context.Context, level slog.Level, message string, err error) {
	l.mu.Lock()
	repeated := l.said == message
	l.said = message
	l.mu.Unlock()
	if repeated {
		return
	}
	attrs := []slog.Attr{}
	if err != nil {
		attrs = append(attrs, slog.String("cause", causeOf(err)))
	}
	l.logger.LogAttrs(ctx, level, message, attrs...) //nolint:sloglint // one of three constants, told once each
}

// close is called after run has returned.
func (l *link) close() {
	if l.clients != nil {
		l.clients.close()
	}
}
