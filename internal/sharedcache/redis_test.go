package sharedcache_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// redis is a redis-server of the test's own, on a socket in a folder.
type redis struct {
	t      *testing.T
	socket string
	args   []string

	cmd *exec.Cmd
	log sync.WaitGroup
}

// startRedis starts a server that keeps nothing on disk. It ends with the test.
func startRedis(t *testing.T, args ...string) *redis {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	r := &redis{t: t, socket: filepath.Join(dir, "s"), args: args}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *redis) url() string { return "unix://" + r.socket }

func (r *redis) start() {
	r.t.Helper()
	args := append([]string{"--port", "0", "--unixsocket", r.socket, "--save", "", "--appendonly", "no", "--dir", filepath.Dir(r.socket)}, r.args...)
	r.cmd = exec.Command("redis-server", args...) //nolint:noctx // it outlives the test's context, which ends before the cleanup
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatalf("redis-server (Debian's package of that name; make setup installs it): %v", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready to accept connections at "+r.socket) || strings.Contains(lines.Text(), "accept connections at") {
			r.log.Go(func() { _, _ = io.Copy(io.Discard, out) })
			return
		}
	}
	r.t.Fatal("redis-server ended before it was ready")
}

// kill ends the server at once, as a crash does.
func (r *redis) kill() {
	_ = r.cmd.Process.Kill()
	r.log.Wait()
	_ = r.cmd.Wait()
}

func (r *redis) signal(s syscall.Signal) {
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Error(err)
	}
}

// client returns a connection of the test's own.
func (r *redis) client() rueidis.Client {
	r.t.Helper()
	options, err := rueidis.ParseURL(r.url())
	if err != nil {
		r.t.Fatal(err)
	}
	options.ForceSingleClient = true
	c, err := rueidis.NewClient(options)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

// do asks the server for anything.
func do(t *testing.T, c rueidis.Client, words ...string) rueidis.RedisResult {
	t.Helper()
	result := c.Do(context.Background(), c.B().Arbitrary(words[0]).Args(words[1:]...).Build())
	if err := result.Error(); err != nil && !rueidis.IsRedisNil(err) {
		t.Fatalf("%v: %v", words, err)
	}
	return result
}

// eventually asks again until it holds, for 5 s.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); <-ticker.C {
		if holds() {
			return
		}
	}
	t.Fatalf("not within 5 s: %s", what)
}
