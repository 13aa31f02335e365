//go:build linux

package attack_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"paymentlinks/internal/sandbox"
)

// patience is how long a test waits for what must happen. It is far beyond what
// it takes, so that a loaded machine fails no test.
const patience = time.Minute

// build is the program. It is built when a test first needs it, without the
// race detector, which would multiply what is measured.
//
//nolint:gochecknoglobals // one program for all tests
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "paymentlinks")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", path, "paymentlinks").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

//nolint:gochecknoglobals // where TestMain lets the program be built
var binaries string

func TestMain(m *testing.M) {
	os.Exit(func() int { //nolint:forbidigo // how a TestMain ends
		var err error
		if binaries, err = os.MkdirTemp("", "attack"); err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(binaries) }()
		return m.Run()
	}())
}

// program is the program under attack.
type program struct {
	// url is where the API answers, and sandbox its upstream; sandbox is "" where
	// the test set one of its own.
	url, sandbox string

	process *exec.Cmd
	client  *http.Client
	log     *bytes.Buffer // its standard error; read it after stop
	stop    func()
}

// start runs the program until the test ends.
func start(t *testing.T, environ ...string) *program {
	t.Helper()
	p, log := startUnread(t, environ...)
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(p.log, log) })
	stop := p.stop
	p.stop = sync.OnceFunc(func() {
		stop()
		reading.Wait()
	})
	t.Cleanup(p.stop)
	return p
}

// startUnread is start, and leaves it to the test to read the log.
func startUnread(t *testing.T, environ ...string) (*program, io.Reader) {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{process: exec.CommandContext(t.Context(), path), log: &bytes.Buffer{}, client: &http.Client{Transport: &http.Transport{
		DisableCompression: true, MaxIdleConnsPerHost: 100,
	}}}
	p.process.Env = append([]string{
		"PATH=/nowhere", "PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=off", "PAYMENTLINKS_FRESH_FOR=10m",
	}, environ...)
	log, err := p.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	p.stop = sync.OnceFunc(func() {
		p.client.CloseIdleConnections()
		_ = p.process.Process.Kill()
		_, _ = p.process.Process.Wait()
	})
	t.Cleanup(p.stop)
	hangs := time.AfterFunc(patience, func() { _ = p.process.Process.Signal(syscall.SIGQUIT) }) // it tells where
	defer hangs.Stop()
	lines := bufio.NewReader(log)
	for p.url == "" {
		line, err := lines.ReadString('\n')
		p.log.WriteString(line)
		if err != nil {
			t.Fatalf("the program ended before it served: %v %s", err, p.log)
		}
		if strings.Contains(line, "msg=serving ") {
			for field := range strings.FieldsSeq(line) {
				if name, at, _ := strings.Cut(field, "="); name == "at.api" {
					p.url = "http://" + at + "/graphql"
				} else if name == "at.sandbox" {
					p.sandbox = "http://" + at
				}
			}
		}
	}
	return p, lines
}

// answer is what a request got.
type answer struct {
	status int
	body   []byte
}

func (a answer) String() string {
	return fmt.Sprintf("%d, %d bytes: %.200s", a.status, len(a.body), a.body)
}

// ask sends a document as the merchant of a token. Header is names and values.
func (p *program) ask(t *testing.T, token, document, variables string, header ...string) answer {
	t.Helper()
	a, err := p.try(t.Context(), body(document, variables), asMerchant(token, header)...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// body is a request of a document, with variables as JSON if there are any.
func body(document, variables string) string {
	if variables == "" {
		variables = "null"
	}
	return `{"query":` + quoted(document) + `,"variables":` + variables + `}`
}

func asMerchant(token string, header []string) []string {
	return append([]string{"BP-User-Token", token, "X-Api-Key", sandbox.APIKey}, header...)
}

// try posts a body to the API.
func (p *program) try(ctx context.Context, body string, header ...string) (answer, error) {
	return p.send(ctx, http.MethodPost, p.url, body, header...)
}

func (p *program) send(ctx context.Context, method, url, body string, header ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, content}, err
}

// merchant is the token of the sandbox's merchant whose list a test gives.
const merchant = "t"

// give makes a list the merchant's, and has the program fetch it.
func (p *program) give(t *testing.T, list []byte) {
	t.Helper()
	a, err := p.send(t.Context(), http.MethodPut, p.sandbox+"/_sandbox/lists/"+merchant, string(list))
	if err != nil || a.status != http.StatusNoContent {
		t.Fatalf("the sandbox takes no list: %v %v", a, err)
	}
	for range 20 { // a loaded machine may need longer than a request may take
		a = p.ask(t, merchant, `{ paymentLinksConnection(first: 0) { totalCount } }`, "")
		if !bytes.Contains(a.body, []byte("UPSTREAM_TIMEOUT")) {
			break
		}
	}
	if !bytes.Contains(a.body, []byte(`"totalCount":`)) {
		t.Fatalf("the list is not fetched: %v", a)
	}
}
