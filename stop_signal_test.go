package main

import (
	"bufio"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is the program in a process of its own, over its sandbox.
type process struct {
	*service
	command *exec.Cmd
}

func startProcess(t *testing.T, environ ...string) *process {
	t.Helper()
	p := &process{
		service: &service{client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}},
		command: exec.CommandContext(t.Context(), os.Args[0]),
	}
	p.command.Env = append(p.command.Environ(), append([]string{
		"TEST_AS_PROGRAM=1", "PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:0",
	}, environ...)...)
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	addresses := regexp.MustCompile(`^(GraphQL API|Probes|Sandbox) +(http://[0-9.:]+)`)
	for banner := bufio.NewScanner(stdout); p.sandbox == "" && banner.Scan(); {
		match := addresses.FindStringSubmatch(banner.Text())
		switch {
		case match == nil:
		case match[1] == "GraphQL API":
			p.url = match[2]
		case match[1] == "Probes":
			p.admin = match[2]
		default:
			p.sandbox = match[2]
		}
	}
	return p
}

func (p *process) signal(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// readiness waits until /readyz answers with a status.
func (p *process) readiness(t *testing.T, want int) {
	t.Helper()
	for began := time.Now(); ; {
		status, _ := p.do(t, http.MethodGet, p.admin+"/readyz", "")
		if status == want {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("/readyz = %d, want %d", status, want)
		}
	}
}

// After SIGTERM the program is not ready at once, and still accepts connections.
// The second signal skips the rest of that.
func TestSignalsStopInSteps(t *testing.T) {
	p := startProcess(t, "PAYMENTLINKS_SHUTDOWN_DELAY=10m")
	p.readiness(t, http.StatusOK)
	p.signal(t)
	p.readiness(t, http.StatusServiceUnavailable)
	for range 3 {
		if status, answer := p.do(t, http.MethodPost, p.url+"/graphql", `{"query": "{ paymentLinks { id } }"}`); status != http.StatusOK || !strings.Contains(answer, `"data"`) {
			t.Errorf("during the delay: %d %s", status, answer)
		}
	}
	p.signal(t)
	if err := p.command.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// The third signal ends the program at once, whatever it still waits for.
func TestThirdSignalEndsAtOnce(t *testing.T) {
	p := startProcess(t, "PAYMENTLINKS_SHUTDOWN_DELAY=10m", "PAYMENTLINKS_DRAIN_TIMEOUT=10m", "PAYMENTLINKS_REQUEST_TIMEOUT=10m", "PAYMENTLINKS_UPSTREAM_TIMEOUT=5m")
	if status, body := p.do(t, http.MethodPost, p.sandbox+"/_sandbox/faults", `{"mode": "hang"}`); status != http.StatusNoContent {
		t.Fatalf("fault refused: %d %s", status, body)
	}
	failed := make(chan error, 1)
	go func() {
		_, _, err := p.try(t.Context(), http.MethodPost, p.url+"/graphql", `{"query": "{ paymentLinks { id } }"}`)
		failed <- err
	}()
	for calls := 0; calls == 0; {
		calls = p.upstreamCalls(t)
	}
	p.signal(t)
	p.readiness(t, http.StatusServiceUnavailable)
	p.signal(t)
	// Once it drains, no connection is accepted any more.
	for began := time.Now(); ; {
		if _, _, err := p.try(t.Context(), http.MethodGet, p.url+"/graphql", ""); err != nil {
			break
		}
		if time.Since(began) > patience {
			t.Fatal("the second signal does not begin the drain")
		}
	}
	p.signal(t)
	err := p.command.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatalf("the program ended with %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Errorf("the program ended with %v, want by the signal", err)
	}
	if <-failed == nil {
		t.Error("the request was answered")
	}
}
