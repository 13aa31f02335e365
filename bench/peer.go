package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// peer is a server to compare.
type peer struct {
	name string
	// command starts it. It may write files into the folder.
	command func(c cell, folder string) (*exec.Cmd, error)
	// version names what is started; an error says why it cannot be.
	version func() (string, error)
	// upstreamFields tells that its schema has upstream's names.
	upstreamFields bool
	// noFilter tells that it cannot filter a list by itself.
	noFilter bool
	// isFloor marks the server that answers ready bytes.
	isFloor bool
}

// cell is one peer at one workload, with what the peer has to know.
type cell struct {
	workload workload
	upstream string
	port     int
}

func (c cell) address() string { return "127.0.0.1:" + strconv.Itoa(c.port) }

func (c cell) env(more ...string) []string {
	return append(append(os.Environ(),
		"NODE_ENV=production",
		"PORT="+strconv.Itoa(c.port),
		"UPSTREAM="+c.upstream,
		"FRESH_SECONDS="+strconv.Itoa(int(c.workload.fresh.Seconds())),
	), more...)
}

// pinned is a command on the first core, if ./run has put this process on the
// others.
func pinned(name string, arguments ...string) *exec.Cmd {
	if os.Getenv("BENCH_PINNED") == "" {
		return exec.Command(name, arguments...)
	}
	return exec.Command("taskset", append([]string{"-c", "0", name}, arguments...)...)
}

func node(script string) func(cell, string) (*exec.Cmd, error) {
	return func(c cell, _ string) (*exec.Cmd, error) {
		cmd := pinned("node", "peers/"+script)
		cmd.Env = c.env()
		return cmd, nil
	}
}

// npm returns the versions of installed packages, the first with its name left out.
func npm(packages ...string) func() (string, error) {
	return func() (string, error) {
		var versions []string
		for i, name := range packages {
			content, err := os.ReadFile(filepath.Join("node_modules", name, "package.json"))
			if err != nil {
				return "", fmt.Errorf("%s is not installed", name)
			}
			var found struct{ Version string }
			if err := json.Unmarshal(content, &found); err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			if i > 0 {
				found.Version = name + " " + found.Version
			}
			versions = append(versions, found.Version)
		}
		return strings.Join(versions, ", "), nil
	}
}

// tailcalls are the folders of its builds; the newest needs a new C library.
var tailcalls = []string{"tailcall", "tailcall-for-older-glibc"}

// tailcall returns the first of its builds that starts here.
func tailcall() (path, version string, err error) {
	err = errors.New("it is not installed")
	for _, name := range tailcalls {
		path := filepath.Join("node_modules", name, "bin", "tailcall")
		if _, missing := os.Stat(path); missing != nil {
			continue
		}
		printed, failed := exec.Command(path, "--version").CombinedOutput()
		if failed == nil {
			return path, strings.TrimPrefix(strings.TrimSpace(string(printed)), "tailcall v"), nil
		}
		err = fmt.Errorf("it does not start: %s", bytes.TrimSpace(printed))
	}
	return "", "", err
}

func startTailcall(c cell, folder string) (*exec.Cmd, error) {
	path, _, err := tailcall()
	if err != nil {
		return nil, err
	}
	config, err := os.ReadFile("peers/tailcall.graphql")
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer("UPSTREAM", c.upstream, "PORT", strconv.Itoa(c.port)).Replace(string(config[bytes.Index(config, []byte("schema\n")):]))
	file := filepath.Join(folder, "tailcall.graphql")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	cmd := pinned(path, "start", file)
	cmd.Env = c.env("TAILCALL_TRACKER=false")
	return cmd, nil
}

func startHive(c cell, folder string) (*exec.Cmd, error) {
	supergraph := filepath.Join(folder, "supergraph.graphql")
	compose := exec.Command("node_modules/.bin/mesh-compose", "-c", "peers/mesh.config.mjs", "-o", supergraph)
	compose.Env = c.env()
	if printed, err := compose.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mesh-compose: %w: %s", err, printed)
	}
	cmd := pinned("node_modules/.bin/hive-gateway", "supergraph", supergraph,
		"--config-path", "peers/hive.config.mjs", "--host", "127.0.0.1", "--port", strconv.Itoa(c.port))
	cmd.Env = c.env()
	return cmd, nil
}

// server is a peer that runs.
type server struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a peer and waits until it accepts connections.
func (p peer) start(c cell, folder string) (*server, error) {
	cmd, err := p.command(c, folder)
	if err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, ended: make(chan struct{})}
	log, err := os.Create(filepath.Join(folder, "output"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = cmd.Wait(); close(s.ended) }()
	for range 600 {
		if conn, err := net.Dial("tcp", c.address()); err == nil {
			_ = conn.Close()
			return s, nil
		}
		select {
		case <-s.ended:
			printed, _ := os.ReadFile(log.Name())
			return nil, fmt.Errorf("it ended before it listened: %s", lastOf(printed, 500))
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.stop()
	return nil, errors.New("it did not listen within 30 seconds")
}

func lastOf(text []byte, n int) []byte { return text[max(len(text)-n, 0):] }

// stop ends the peer, first politely.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(3 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

// freePort is one that nobody listens on now.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
