package check

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dockerfile is what the image is made of, as far as the test repeats it.
type dockerfile struct {
	build []string // the command that makes the program, to be completed with -o
	env   []string
	user  int
}

func readDockerfile(t *testing.T) dockerfile {
	t.Helper()
	text, err := os.ReadFile("../image/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	find := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("the Dockerfile has no %s", pattern)
		}
		return string(found[1])
	}
	var d dockerfile
	d.build = strings.Fields(find(`(?m)^RUN CGO_ENABLED=0 .* (go build .*) -o /out/paymentlinks \.$`))
	d.env = strings.Fields(find(`(?m)^ENV (.*)$`))
	_, err = fmt.Sscanf(find(`(?m)^USER (\d+:\d+)$`), "%d", &d.user)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestImage lays the image's files out in a folder and runs the program in it,
// as the image's user, who may write nowhere: no container engine is needed.
func TestImage(t *testing.T) {
	image, root := readDockerfile(t), t.TempDir()
	program := filepath.Join(root, "paymentlinks")
	build := exec.CommandContext(t.Context(), image.build[0], append(image.build[1:], "-buildvcs=false", "-o", program, ".")...)
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for path, mode := range map[string]os.FileMode{program: 0o555, root: 0o555, filepath.Dir(root): 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(root, 0o755) }) // so that the folder can be removed

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "/paymentlinks")
	// Ports of the test, and an answer to the question that the program asks of
	// whoever lets it listen beyond loopback over the sandbox.
	run.Env = append(image.env, "PAYMENTLINKS_LISTEN=127.0.0.1:0", "PAYMENTLINKS_ADMIN_LISTEN=127.0.0.1:0")
	run.Dir = "/"
	run.SysProcAttr = asUserIn(root, image.user)
	var stderr strings.Builder
	run.Stderr = &stderr
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	urls := map[string]string{}
	for lines := bufio.NewScanner(stdout); lines.Scan() && len(urls) < 2; {
		if name, url, ok := strings.Cut(lines.Text(), "http://"); ok {
			urls[strings.TrimSpace(name)] = "http://" + strings.Fields(url)[0]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	for name, url := range urls {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"?query=%7B__typename%7D", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
	if len(urls) != 2 {
		t.Errorf("it answers at %v", urls)
	}
	if err := run.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Errorf("it ended with %v:\n%s", err, stderr.String())
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, want the program alone: %v", entries, err)
	}
}

// asUserIn runs a program as a user below root. Without the right to become
// another user, it is that user in a user namespace of its own.
func asUserIn(root string, user int) *syscall.SysProcAttr {
	if os.Geteuid() == 0 {
		return &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}}
	}
	return &syscall.SysProcAttr{
		Chroot: root, Cloneflags: syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getegid(), Size: 1}},
	}
}
