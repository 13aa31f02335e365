//go:build linux

package attack_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestSurplusAnswers: an upstream, or a proxy before it, that sends an answer too
// many on a connection gives nobody the list of another.
func TestSurplusAnswers(t *testing.T) {
	t.Parallel()
	const tenants, rounds = 20, 15
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		conn, lines, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		for surplus := ""; ; { // it comes right before the next answer, so that nothing is amiss until then
			list := fmt.Sprintf(`[{"id":%q,"custom_link_path":"https://h/a"}]`, r.Header.Get("BP-User-Token"))
			answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(list), list)
			if _, err := io.WriteString(conn, surplus+answer); err != nil {
				return
			}
			surplus = answer
			if r, err = http.ReadRequest(lines.Reader); err != nil {
				return
			}
		}
	})
	p := start(t, u.over(), "PAYMENTLINKS_FRESH_FOR=0s")
	var callers sync.WaitGroup
	for i := range tenants {
		callers.Go(func() {
			token := fmt.Sprint("tenant-", i)
			for range rounds {
				a, err := p.try(t.Context(), body(ids, ""), asMerchant(token, nil)...)
				if err != nil || !bytes.Contains(a.body, []byte(`"id":"`+token+`"`)) {
					t.Errorf("%s got %v %v", token, a, err)
				}
			}
		})
	}
	callers.Wait()
}

// TestReadersThatDoNotRead: an answer that waits for its reader holds its
// compressed bytes alone.
func TestReadersThatDoNotRead(t *testing.T) {
	t.Parallel()
	const readers = 60
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // text that compresses badly
	p := start(t, "PAYMENTLINKS_ANSWER_BYTES=0")
	p.give(t, list(400, func(_ int, l link) {
		text := make([]byte, 1000)
		for i := range text {
			text[i] = byte('a' + random.IntN(26))
		}
		l["description"] = string(text)
	}))
	// Its answer is of 10 MB, and of less than 1 MB compressed.
	request := body(`{paymentLinks{`+aliases(25, `description`)+`}}`, "")
	p.cost(t, func() {
		for range readers {
			p.readNothing(t, "gzip", request)
		}
	}).within(t, time.Minute, 2*maxPeak)
}

// readNothing sends a request, and reads no more than the head of its answer.
func (p *program) readNothing(t *testing.T, coding, body string) {
	t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/graphql")
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10) })
	}}
	conn, err := dialer.DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nBP-User-Token: %s\r\nX-Api-Key: demo-key\r\nAccept-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
		host, merchant, coding, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReaderSize(conn, 16).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 200") {
		t.Fatalf("got %q %v", line, err)
	}
}

// TestLogThatNobodyReads: requests are answered, and the program stops, while
// nobody reads the log and its pipe is full.
func TestLogThatNobodyReads(t *testing.T) {
	t.Parallel()
	p, _ := startUnread(t, "PAYMENTLINKS_ACCESS_LOG=all")
	for i := range 1_000 { // some 300 bytes of log each; the pipe takes 64 KiB
		if a := p.ask(t, "demo-seed", `{__typename}`, ""); a.status != http.StatusOK {
			t.Fatalf("request %d got %v", i, a)
		}
	}
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = p.process.Process.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the program waits for the reader of its log")
	}
}
