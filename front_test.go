package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// exchanged is what came back on a connection, and how it ended.
type exchanged struct {
	answers string
	isOpen  bool // the server neither closed nor reset it
}

// play sends the segments of a stream and reads until the server ends the
// connection or has been silent for patience.
func play(t testing.TB, address string, segments []string, patience time.Duration) exchanged {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	written := make(chan struct{})
	go func() {
		defer close(written)
		for _, segment := range segments {
			if pause, ok := strings.CutPrefix(segment, "pause "); ok {
				d, _ := time.ParseDuration(pause)
				<-time.After(d)
				continue
			}
			if _, err := io.WriteString(c, segment); err != nil {
				return
			}
		}
	}()
	var got bytes.Buffer
	buffer := make([]byte, 64<<10)
	for {
		_ = c.SetReadDeadline(time.Now().Add(patience))
		n, err := c.Read(buffer)
		got.Write(buffer[:n])
		if err == nil {
			continue
		}
		isOpen := errors.Is(err, os.ErrDeadlineExceeded)
		if !isOpen && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v", err)
		}
		_ = c.Close()
		<-written
		return exchanged{answers: got.String(), isOpen: isOpen}
	}
}

// own are the values that each answer makes new.
var own = regexp.MustCompile(`Date: [^\r]*|X-Request-Id: [A-Z2-7]{26}|"requestId":"[A-Z2-7]{26}"|max-age=\d+`)

// stream makes the segments of one connection. It ends with a request that
// closes the connection, if nothing before it has.
func stream(random *rand.Rand) []string {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	request := func() string {
		body := pick(
			`{"query":"{ paymentLinks { id } }"}`, `{"query":"{ paymentLinks { id title } }"}`,
			`{"query":"{ paymentLinks { id url title description amount { value } } }"}`,
			`{"query":"query A($c: CurrencyCode) { paymentLinks(currency: $c) { id } }","variables":{"c":"`+pick("MXN", "USD")+`"}}`,
			`{"query":"{ paymentLinksSummary { count snapshot { version } } }"}`,
			`{"query":"{ nope }"}`, `{"query":"{ __typename }"}`, `{`, ``,
		)
		var b strings.Builder
		isPost := random.IntN(4) > 0
		if isPost {
			b.WriteString(pick("POST /graphql HTTP/1.1\r\n", "POST /graphql HTTP/1.1\r\n", "POST /query HTTP/1.1\r\n"))
		} else {
			body = ""
			b.WriteString(pick("GET", "GET", "HEAD", "OPTIONS", "PUT") + pick(" /graphql?query=%7BpaymentLinks%7Bid%7D%7D", " /graphql?query=%7Bx", " /", " /nothing") + " HTTP/1.1\r\n")
		}
		b.WriteString("Host: localhost\r\n")
		lines := []string{"Content-Type: application/json\r\n"}
		if body != "" || random.IntN(3) == 0 {
			length := len(body)
			if random.IntN(40) == 0 {
				length += random.IntN(7) - 3
			}
			lines = append(lines, fmt.Sprintf("Content-Length: %d\r\n", max(length, 0)))
		}
		for _, line := range []string{
			"User-Agent: " + pick("a", "b", "c") + "\r\n", "X-Forwarded-For: 10.0.0.1\r\n", "traceparent: 00-1-2-01\r\n", "Accept: */*\r\n",
			"Accept-Encoding: gzip\r\n", "Connection: keep-alive\r\n", "X-Request-Id: mine-1\r\n", "X-Request-Id: not one\r\n", "Via: 1.1 x\r\n",
		} {
			if random.IntN(4) == 0 {
				lines = append(lines, line)
			}
		}
		for _, credentials := range [][]string{{"demo-seed", "demo-key"}, {"demo-empty", "demo-key"}, {"nobody", "demo-key"}} {
			if random.IntN(4) == 0 {
				lines = append(lines, "BP-User-Token: "+credentials[0]+"\r\n", "X-Api-Key: "+credentials[1]+"\r\n")
				break
			}
		}
		if random.IntN(12) == 0 {
			lines = append(lines, pick(
				"Cache-Control: no-cache\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\n", "Transfer-Encoding: chunked\r\n",
				"X-A : b\r\n", "X-A: b\r\n c\r\n", "X-A: b\n", "User-Agent: \x01\r\n", "Content-Length: 1\r\n", "Origin: http://evil.example\r\n",
				"If-None-Match: *\r\n", "Host: other\r\n", "Bad\r\n", "Authorization: Basic x\r\n", "Cookie: a=b\r\n", "X-Long: "+strings.Repeat("x", random.IntN(20_000))+"\r\n",
			))
		}
		if random.IntN(6) == 0 {
			random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		b.WriteString(strings.Join(lines, "") + "\r\n" + body)
		return b.String()
	}
	var all []string
	last := ""
	for range 1 + random.IntN(7) {
		text := request()
		if last != "" && random.IntN(2) == 0 {
			text = last
		}
		last = text
		switch random.IntN(40) {
		case 0:
			text = text[:random.IntN(len(text))]
		case 1:
			at := random.IntN(len(text))
			text = text[:at] + pick("\r\n", "\n", "\x00", "x", " ") + text[at:]
		case 2:
			text = pick("\r\n", "\r\n\r\n", "\r\n\r\n\r\n", "\n", "\r", "x") + text
		case 3:
			text += pick("\r\n", "\r\n\r\n", "\n\n\n\n\n")
		}
		switch random.IntN(5) {
		case 0: // head and body apart, or anywhere else
			at := random.IntN(len(text) + 1)
			if i := strings.Index(text, "\r\n\r\n"); i >= 0 && random.IntN(2) == 0 {
				at = i + 4
			}
			all = append(all, text[:at], pick("pause 0s", "pause 1ms", "pause 25ms"), text[at:])
		case 1: // pipelined
			if len(all) > 0 && !strings.HasPrefix(all[len(all)-1], "pause ") {
				all[len(all)-1] += text
				continue
			}
			all = append(all, text)
		default:
			all = append(all, text, pick("pause 0s", "pause 500us", "pause 2ms"))
		}
	}
	return append(all, "GET /the-end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

// fronted is the program twice: with the front and without.
type fronted struct{ on, off *service }

func startFronted(t *testing.T) fronted {
	t.Helper()
	environ := []string{"PAYMENTLINKS_FRESH_FOR=1h", "PAYMENTLINKS_LOG_LEVEL=error"}
	return fronted{
		on:  start(t, append(environ, "PAYMENTLINKS_FRONT=on")...),
		off: start(t, append(environ, "PAYMENTLINKS_FRONT=off")...),
	}
}

// compare plays one stream to both and reports a difference. One that does not
// show again is a race between the client's segments and the server's close.
func (f fronted) compare(t testing.TB, seed uint64) {
	t.Helper()
	segments := stream(rand.New(rand.NewPCG(9, seed))) //nolint:gosec // a test's dice
	for try, patience := range []time.Duration{150 * time.Millisecond, time.Second, 10 * time.Second} {
		on := play(t, strings.TrimPrefix(f.on.url, "http://"), segments, patience)
		off := play(t, strings.TrimPrefix(f.off.url, "http://"), segments, patience)
		if own.ReplaceAllString(on.answers, "") == own.ReplaceAllString(off.answers, "") && on.isOpen == off.isOpen {
			return
		}
		if try == 2 {
			t.Errorf("stream %d: %q\n\nwith the front (open %v):\n%s\n\nwithout (open %v):\n%s", seed, segments, on.isOpen, on.answers, off.isOpen, off.answers)
		}
	}
}

// streams is how many streams are played; make fuzz plays 100,000.
var streams = flag.Uint64("streams", 1000, "how many streams of bytes the front is tried with") //nolint:gochecknoglobals // how go test takes flags

// TestTheFrontChangesNothing plays random streams of bytes to the program with
// the front on and off: every answer and the fate of every connection are equal.
func TestTheFrontChangesNothing(t *testing.T) {
	f := startFronted(t)
	var seed atomic.Uint64
	var players sync.WaitGroup
	for range 16 { // most of the time they wait
		players.Go(func() {
			for n := seed.Add(1); n <= *streams && !t.Failed(); n = seed.Add(1) {
				f.compare(t, n)
			}
		})
	}
	players.Wait()
	hits, err := strconv.ParseUint(f.on.metric(t, `paymentlinks_answers_total{source="front"}`), 10, 64)
	if err != nil || hits < *streams/4 {
		t.Errorf("%d hits in %d streams: too little was tried", hits, *streams)
	}
}
