package gqlhttp_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/persisted"
)

// hello is a body that nothing is wrong with.
const hello = `{"query":"query pl4nted{__typename}"}`

// requestAttack is a request as bytes. No code: net/http itself answers, in
// plain text.
type requestAttack struct {
	name   string
	raw    string
	status int
	code   fault.Kind
}

func bodyAttacks() []requestAttack {
	post := func(body string, headers ...string) string { return rawRequest("POST", "/graphql", body, headers...) }
	rep := strings.Repeat
	return []requestAttack{
		{"batch", post("[" + hello + "," + hello + "]"), 400, fault.BadRequest},
		{"batch of 10,000", post("[" + rep(hello+",", 10_000) + hello + "]"), 400, fault.BadRequest},
		{"batch that is empty", post(" []"), 400, fault.BadRequest},
		{"garbage after the body", post(hello + " pl4nted"), 400, fault.BadRequest},
		{"two bodies", post(hello + hello), 400, fault.BadRequest},
		{"no JSON", post("pl4nted"), 400, fault.BadRequest},
		{"a JSON text", post(`"pl4nted"`), 400, fault.BadRequest},
		{"cut off", post(`{"query":"{pl4nted`), 400, fault.BadRequest},
		{"null", post("null"), 400, fault.BadRequest},
		{"lists, 500,000 deep", post(`{"query":` + rep("[", 500_000)), 400, fault.BadRequest},
		{"a query that is no text", post(`{"query":{"pl4nted":1}}`), 400, fault.BadRequest},
		{"an operation name that is no text", post(`{"query":"{__typename}","operationName":["pl4nted"]}`), 400, fault.BadRequest},
		{"an operation name that breaks lines", post(`{"query":"{__typename}","operationName":"x\r\nSet-Cookie: pl4nted=1"}`), 400, fault.OperationResolution},
		{"a key that occurs twice", post(`{"query":"{pl4nted}","query":"{__typename}"}`), 400, fault.BadRequest},
		{"invalid UTF-8", post("{\"query\":\"{__typename}#pl4nted\xff\xfe\"}"), 400, fault.BadRequest},
		{"overlong UTF-8", post("{\"query\":\"{__typename}#pl4nted\xc0\xaf\"}"), 400, fault.BadRequest},
		{"UTF-16", post("{\x00\"\x00q\x00\"\x00:\x001\x00}\x00"), 400, fault.BadRequest},
		{"a byte order mark", post("\ufeff" + hello), 400, fault.BadRequest},
		{"a control character", post("{\"query\":\"{__typename}\x01pl4nted\"}"), 400, fault.BadRequest},
		{"NaN", post(`{"query":NaN,"pl4nted":1}`), 400, fault.BadRequest},
		{"1e400 as the query", post(`{"query":1e400}`), 400, fault.BadRequest},
		{"1e400 where nobody looks, in a version", post(`{"extensions":{"persistedQuery":{"version":1e400,"sha256Hash":"pl4nted"}}}`), 400, fault.BadRequest},
		{"the hash of another text", post(`{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + rep("0", 64) + `"}}}`), 400, fault.BadRequest},
		{"a hash that is unknown", post(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"pl4nted"}}}`), 400, fault.PersistedNotFound},
		{"a documentId that is unknown", post(`{"documentId":"pl4nted"}`), 400, fault.PersistedNotFound},

		{"charset UTF-16", post(hello, "Content-Type: application/json; charset=utf-16"), 415, fault.UnsupportedMediaType},
		{"charset UTF-7", post(hello, "Content-Type: application/json; charset=utf-7"), 415, fault.UnsupportedMediaType},
		{"charset Latin-1", post(hello, "Content-Type: application/json; charset=iso-8859-1"), 415, fault.UnsupportedMediaType},
		{"charset unheard of", post(hello, `Content-Type: application/json; charset="pl4nted"`), 415, fault.UnsupportedMediaType},
		{"two charsets", post(hello, "Content-Type: application/json; charset=utf-8; charset=pl4nted"), 415, fault.UnsupportedMediaType},
		{"two types", post(hello, "Content-Type: application/json", "Content-Type: text/plain"), 415, fault.UnsupportedMediaType},
		{"a form", post("query=%7Bpl4nted%7D", "Content-Type: application/x-www-form-urlencoded"), 415, fault.UnsupportedMediaType},
		{"a multipart form", post("--pl4nted--", "Content-Type: multipart/form-data; boundary=pl4nted"), 415, fault.UnsupportedMediaType},
		{"plain text", post(hello, "Content-Type: text/plain"), 415, fault.UnsupportedMediaType},
		{"no type", post(hello, "Content-Type: "), 415, fault.UnsupportedMediaType},
		{"gzip", post(asGzip(hello), "Content-Encoding: gzip"), 415, fault.UnsupportedMediaType},
		{"a gzip bomb", post(asGzip(rep(" ", 8<<20)), "Content-Encoding: gzip"), 415, fault.UnsupportedMediaType},
		{"gzip in disguise", post(asGzip(hello)), 400, fault.BadRequest},
		{"a coding unheard of", post(hello, "Content-Encoding: pl4nted"), 415, fault.UnsupportedMediaType},
		{"gzip behind identity", post(asGzip(hello), "Content-Encoding: identity, gzip"), 415, fault.UnsupportedMediaType},

		{"huge, announced", post("{", "Content-Length: 99999999999"), 413, fault.BodyTooLarge},
		{"huge, sent", post(`{"query":"` + rep("pl4nted", 200_000) + `"}`), 413, fault.BodyTooLarge},
		{"huge, chunked", post(inChunks(strings.SplitAfter(rep(rep(" ", 64<<10)+"\n", 40), "\n")...), "Transfer-Encoding: chunked"), 413, fault.BodyTooLarge},
		{"huge, in chunks of one byte", post(inChunks(strings.Split(rep("1", 20_000), "")...)+"0\r\n\r\n", "Transfer-Encoding: chunked"), 400, fault.BadRequest},
		{"a chunk of no number", post("pl4nted\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400, fault.BadRequest},
		{"a chunk larger than numbers go", post("ffffffffffffffffff\r\n{}\r\n", "Transfer-Encoding: chunked"), 400, fault.BadRequest},
		{"a chunk that ends nowhere", post("2\r\n{}pl4nted\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400, fault.BadRequest},
		{"chunk extensions without end", post(rep("1;"+rep("pl4nted", 500)+"\r\n \r\n", 300)+"0\r\n\r\n", "Transfer-Encoding: chunked"), 400, fault.BadRequest},
		{"a transfer coding unheard of", post(hello, "Transfer-Encoding: pl4nted"), 501, ""},
		{"two lengths", post(hello, "Content-Length: 5", "Content-Length: 6"), 400, ""},
		{"a negative length", post(hello, "Content-Length: -1"), 400, ""},
	}
}

func headerAttacks() []requestAttack {
	post := func(headers ...string) string { return rawRequest("POST", "/graphql", hello, headers...) }
	rep := strings.Repeat
	var many []string
	for i := range 700 {
		many = append(many, fmt.Sprintf("X-Pl4nted-%d: %s", i, rep("p", 100)))
	}
	return []requestAttack{
		{"header fields of 70 KB", post("X-Pl4nted: " + rep("pl4nted", 10_000)), 431, fault.HeadersTooLarge},
		{"700 header fields", post(many...), 431, fault.HeadersTooLarge},
		{"header fields of 1 MB", post("X-Pl4nted: " + rep("pl4nted", 150_000)), 431, ""},
		{"a request line of 1 MB", rawRequest("GET", "/graphql?query="+rep("pl4nted", 150_000), ""), 431, ""},
		{"a bare carriage return", post("X-Pl4nted: a\rSet-Cookie: pl4nted=1"), 400, ""},
		{"NUL", post("X-Pl4nted: pl4nted\x00"), 400, ""},
		{"a folded field", post("X-Pl4nted: a\r\n\tpl4nted"), 200, ""},
		{"a name with a space", post("X Pl4nted: 1"), 400, ""},
		{"no colon", post("pl4nted"), 400, ""},
		{"two hosts", post("Host: 127.0.0.1", "Host: pl4nted"), 400, ""},
		{"a host that is none", post("Host: pl4nted\x7f"), 400, ""},
		{"another version of HTTP", strings.Replace(post(), "HTTP/1.1", "HTTP/9.9", 1), 505, ""},
		{"no HTTP", "pl4nted\r\n\r\n", 400, ""},

		{"an Accept of other types", post("Accept: text/pl4nted"), 406, fault.NotAcceptable},
		{"an Accept-Encoding of nothing", post("Accept-Encoding: *;q=0, pl4nted"), 406, fault.NotAcceptable},
		{"a method unheard of", rawRequest("PL4NTED", "/graphql", ""), 405, fault.MethodNotAllowed},
		{"DELETE", rawRequest("DELETE", "/graphql?pl4nted", ""), 405, fault.MethodNotAllowed},
		{"a mutation by GET", rawRequest("GET", "/graphql?query=mutation%20pl4nted%7B__typename%7D", ""), 405, fault.MethodNotAllowed},
		{"a method override", rawRequest("GET", "/graphql?query=mutation%20pl4nted%7B__typename%7D", "", "X-HTTP-Method-Override: POST"), 405, fault.MethodNotAllowed},
		{"a parameter twice", rawRequest("GET", "/graphql?query=%7B__typename%7D&query=%7Bpl4nted%7D", ""), 400, fault.BadRequest},
		{"a URL that breaks lines", rawRequest("GET", "/graphql?query=%7B__typename%7D&operationName=x%0d%0aSet-Cookie:pl4nted=1", ""), 400, fault.OperationResolution},
		{"a URL that is malformed", rawRequest("GET", "/graphql?query=%zzpl4nted", ""), 400, fault.BadRequest},
		{"variables in the URL that are none", rawRequest("GET", "/graphql?query=%7B__typename%7D&variables=pl4nted", ""), 400, fault.BadRequest},
		{"a WebSocket", rawRequest("GET", "/graphql", "", "Upgrade: websocket", "Sec-WebSocket-Key: pl4nted"), 400, fault.BadRequest},

		{"one credential header alone", post("X-Api-Key: pl4nted", "BP-User-Token: "), 401, fault.Unauthenticated},
		{"two tokens", post("BP-User-Token: a", "BP-User-Token: pl4nted"), 401, fault.Unauthenticated},
		{"a token of 5 KB", post("BP-User-Token: " + rep("pl4nted", 700)), 401, fault.Unauthenticated},
		{"a token with a line break in it, escaped", post("BP-User-Token: pl4nted%0d%0aX: 1 2"), 401, fault.Unauthenticated},
		{"a token that is not ASCII", post("BP-User-Token: pl4nted\xe9"), 401, fault.Unauthenticated},

		{"a foreign origin", post("Origin: https://pl4nted.example"), 403, fault.CrossSite},
		{"a foreign origin that forges the host", post("Origin: https://pl4nted.example", "X-Forwarded-Host: pl4nted.example", "Forwarded: host=pl4nted.example"), 403, fault.CrossSite},
		{"two origins", post("Origin: http://127.0.0.1", "Origin: https://pl4nted.example"), 403, fault.CrossSite},
		{"the origin null", post("Origin: null"), 403, fault.CrossSite},
		{"a cross-site GET", rawRequest("GET", "/graphql?query=%7B__typename%7D", "", "Sec-Fetch-Site: cross-site"), 403, fault.CrossSite},
		{"a rebound host", post("Host: pl4nted.example"), 421, fault.Misdirected},
		{"a rebound host that forges forwarding", post("Host: pl4nted.example", "X-Forwarded-Host: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1;host=localhost"), 421, fault.Misdirected},
	}
}

// newGuardedServer is a server that knows persisted documents and answers to
// loopback's names alone.
func newGuardedServer(t *testing.T) *abused {
	t.Helper()
	named, err := persisted.New(persisted.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return newAbused(t, func(cfg *gqlhttp.Config) {
		cfg.AllowedHosts = []string{}
		cfg.Persisted = named
	}).listen(t)
}

func TestAbusiveRequests(t *testing.T) {
	a := newGuardedServer(t)
	for _, attack := range append(bodyAttacks(), headerAttacks()...) {
		t.Run(attack.name, func(t *testing.T) {
			start := time.Now()
			got := a.exchange(t, sending(attack.raw))
			t.Logf("%v", time.Since(start))
			refused(t, got, attack.status, attack.code)
			a.isAlive(t)
		})
	}
}

// What looks like an attack on what stands behind a proxy must change nothing.
func TestForgedHeadersChangeNothing(t *testing.T) {
	a := newGuardedServer(t)
	plain := a.exchange(t, sending(rawRequest("POST", "/graphql", hello)))
	wantStatus, wantBody := parsed(t, plain)
	if wantStatus != http.StatusOK {
		t.Fatalf("the plain request is answered %d, %s", wantStatus, wantBody)
	}
	for _, header := range []string{
		"X-Forwarded-For: 127.0.0.1, pl4nted", "X-Forwarded-Host: pl4nted.example", "X-Forwarded-Proto: pl4nted",
		"Forwarded: for=pl4nted;host=pl4nted;proto=pl4nted", "X-Real-IP: pl4nted", "X-Original-URL: /pl4nted",
		"X-Rewrite-URL: /pl4nted", "X-HTTP-Method-Override: PL4NTED", "X-Forwarded-Prefix: /pl4nted", "Via: pl4nted",
		"X-Request-Id: pl4nted\tpl4nted", "X-Request-Id: pl4nted%0d%0aSet-Cookie:a", `X-Request-Id: pl4nted"}`,
		"X-Request-Id: " + strings.Repeat("pl4nted", 20), "Traceparent: pl4nted", "Range: bytes=0-1", "Expect-CT: pl4nted",
		"Cookie: pl4nted=1", "If-None-Match: pl4nted", "Accept-Language: pl4nted",
	} {
		t.Run(header, func(t *testing.T) {
			got := a.exchange(t, sending(rawRequest("POST", "/graphql", hello, header)))
			refused(t, got, wantStatus, "")
			if _, body := parsed(t, got); body != wantBody {
				t.Errorf("body = %s, want %s", body, wantBody)
			}
			if bytes.Contains(got, []byte("Set-Cookie")) {
				t.Errorf("a header was smuggled into the answer:\n%s", got)
			}
		})
	}
}

// The slow ones are refused by their time-out, soon after it and not before.
func TestSlowRequests(t *testing.T) {
	a := newGuardedServer(t)
	whole := rawRequest("POST", "/graphql", hello)
	head, body, _ := strings.Cut(whole, "\r\n\r\n")
	head += "\r\n\r\n"
	chunkedHead, _, _ := strings.Cut(rawRequest("POST", "/graphql", "{", "Transfer-Encoding: chunked"), "\r\n\r\n")
	chunkedHead += "\r\n\r\n"
	tests := map[string]struct {
		send   func(io.Writer)
		after  time.Duration
		status int // 0: the connection is closed
		code   fault.Kind
	}{
		"a body that stops":                 {sending(head + body[:10]), abusedBodyTimeout, 408, fault.BodyTimeout},
		"a body that never begins":          {sending(head), abusedBodyTimeout, 408, fault.BodyTimeout},
		"a body that drips":                 {dripping(head, body), abusedBodyTimeout, 408, fault.BodyTimeout},
		"a chunked body that drips":         {dripping(chunkedHead, strings.Repeat("1\r\n \r\n", 40)), abusedBodyTimeout, 408, fault.BodyTimeout},
		"a chunk that stops":                {sending(chunkedHead + "ff\r\n{"), abusedBodyTimeout, 408, fault.BodyTimeout},
		"a body that was refused already":   {sending(strings.Replace(head, "application/json", "text/plain", 1)), 0, 415, fault.UnsupportedMediaType},
		"a huge body that only trickles":    {dripping(rawRequest("POST", "/graphql", "{", "Content-Length: 2000000"), body), 0, 413, fault.BodyTooLarge},
		"a header that stops":               {sending(head[:60]), abusedHeaderTimeout, 0, ""},
		"a header that drips":               {dripping("POST /graphql HTTP/1.1\r\n", "Host: 127.0.0.1\r\nX-Pl4nted: "+strings.Repeat("x", 100)), abusedHeaderTimeout, 0, ""},
		"a request line that stops":         {sending("POST /gra"), abusedHeaderTimeout, 0, ""},
		"a connection that says nothing":    {sending(""), abusedHeaderTimeout, 0, ""},
		"a handshake of another protocol":   {sending("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 0, 400, ""},
		"a preface of HTTP/2, then silence": {sending("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 421, fault.Misdirected},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got := a.exchange(t, test.send)
			took := time.Since(start)
			t.Logf("%v", took)
			if took < test.after/2 || took > test.after+patience/2 {
				t.Errorf("the server took %v, want about %v", took, test.after)
			}
			switch {
			case test.status != 0:
				refused(t, got, test.status, test.code)
			case len(got) != 0:
				refused(t, got, http.StatusBadRequest, "") // half a request line, to net/http
			}
			a.isAlive(t)
		})
	}
}

// Many slow clients at once must not keep an honest one waiting.
func TestManySlowRequests(t *testing.T) {
	a := newGuardedServer(t)
	head, _, _ := strings.Cut(rawRequest("POST", "/graphql", hello), "\r\n\r\n")
	var clients sync.WaitGroup
	for range 50 {
		clients.Go(func() {
			got, err := a.try(t.Context(), sending(head+"\r\n\r\n{"))
			if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 408 ")) {
				t.Errorf("a slow client got %.100q, %v; want a time-out", got, err)
			}
		})
	}
	start := time.Now()
	a.isAlive(t)
	if took := time.Since(start); took > patience/4 {
		t.Errorf("an honest client waited %v", took)
	}
	clients.Wait()
	a.isAlive(t)
}

// inChunks puts texts into a chunk each, without the last chunk that ends a body.
func inChunks(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(strconv.FormatInt(int64(len(text)), 16) + "\r\n" + text + "\r\n")
	}
	return b.String()
}

func asGzip(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// dripping writes first at once and then a byte every 20 ms, until all is
// written or nobody reads any more.
func dripping(first, rest string) func(io.Writer) {
	return func(w io.Writer) {
		if _, err := io.WriteString(w, first); err != nil {
			return
		}
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for i := range len(rest) {
			<-tick.C
			if _, err := io.WriteString(w, rest[i:i+1]); err != nil {
				return
			}
		}
	}
}
