// Package redistest starts a redis-server for a test.
package redistest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Server is a redis-server of the test's own, on a socket in a folder.
type Server struct {
	t      *testing.T
	socket string
	args   []string

	cmd *exec.Cmd
	log sync.WaitGroup
}

// Start starts a server that keeps nothing on disk. It ends with the test.
func Start(t *testing.T, args ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis") //nolint:usetesting // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	r := &Server{t: t, socket: filepath.Join(dir, "s"), args: args}
	r.Restart()
	t.Cleanup(r.Kill)
	return r
}

// URL names the server as settings do.
func (r *Server) URL() string { return "unix://" + r.socket }

// Restart starts the server again after Kill, without what it kept.
func (r *Server) Restart() {
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
		if strings.Contains(lines.Text(), "accept connections at") {
			r.log.Go(func() { _, _ = io.Copy(io.Discard, out) })
			return
		}
	}
	r.t.Fatal("redis-server ended before it was ready")
}

// Kill ends the server at once, as a crash does.
func (r *Server) Kill() {
	_ = r.cmd.Process.Kill()
	r.log.Wait()
	_ = r.cmd.Wait()
}

// Signal stops and continues the server.
func (r *Server) Signal(s syscall.Signal) {
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Error(err)
	}
}
