package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/caller"
	"paymentlinks/internal/config"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/serving"
	"paymentlinks/internal/snapshot"
)

// walker is one program in fake time and a connection to it. Nothing of it is a
// socket: time stands still while one is open.
type walker struct {
	t        *testing.T
	upstream *counted
	listener *pipes
	client   net.Conn // nil before the first question
	reader   *bufio.Reader

	mu      sync.Mutex
	sources map[string]int
}

func newWalker(t *testing.T, w *world, environ ...string) *walker {
	t.Helper()
	environ = append(environ, "PAYMENTLINKS_UPSTREAM_URL=https://upstream.example", "PAYMENTLINKS_FRESH_FOR=15s")
	_, cfg, err := config.Parse(nil, environ, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	h := &walker{t: t, upstream: &counted{RoundTripper: w}, listener: newPipes(), sources: map[string]int{}}
	silent := slog.New(slog.DiscardHandler)
	client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings(cfg.Upstream), Transport: h.upstream})
	if err != nil {
		t.Fatal(err)
	}
	lists, err := snapshot.New(snapshot.Config{Settings: snapshot.Settings(cfg.Snapshots), Lister: client})
	if err != nil {
		t.Fatal(err)
	}
	callers, err := caller.New(t.Context(), caller.Config{
		Settings: caller.Settings{
			Issuer: walkIssuer, Audience: walkAudience, JWKSURL: walkIssuer + "/keys", CredentialsFile: w.file,
		},
		Transport: w.issuer,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := callers.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	handler, _, err := newHandler(cfg, parts{lists: lists, callers: callers, events: gqlhttp.Events{Answered: h.answered}, logger: silent})
	if err != nil {
		t.Fatal(err)
	}
	site := &serving.Site{Server: newServer(cfg, handler, silent), Listener: h.listener}
	if err := putFront(cfg, site, nil); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- site.Server.Serve(site.Listener) }()
	t.Cleanup(func() {
		if h.client != nil {
			_ = h.client.Close()
		}
		_ = site.Server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
		callers.Close()
		lists.Close()
	})
	return h
}

// ask sends a question and reads its answer. The server may have closed a
// connection that was idle.
func (h *walker) ask(q question) (walked, error) {
	for try := 0; ; try++ {
		if h.client == nil {
			h.client = h.listener.dial()
			h.reader = bufio.NewReader(h.client)
		}
		_, err := io.WriteString(h.client, q.text)
		var resp *http.Response
		if err == nil {
			resp, err = http.ReadResponse(h.reader, &http.Request{Method: q.method})
		}
		if err != nil {
			_ = h.client.Close()
			if h.client = nil; try > 0 {
				return walked{}, err
			}
			continue
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		return walked{resp.StatusCode, resp.Header, string(body)}, err
	}
}

// askBoth asks at one instant: a question may have to wait for upstream.
func askBoth(fast, plain *walker, q question) (got, want walked) {
	var both sync.WaitGroup
	for h, answer := range map[*walker]*walked{fast: &got, plain: &want} {
		both.Go(func() {
			var err error
			if *answer, err = h.ask(q); err != nil {
				h.t.Errorf("%s: %v", q.text, err)
			}
		})
	}
	both.Wait()
	return got, want
}

// answered is the edge's event.
func (h *walker) answered(_ fault.Kind, _ int, source string, _ bool, _ time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sources[source]++
}

// counted counts the calls of a transport.
type counted struct {
	http.RoundTripper

	mu    sync.Mutex
	calls int
}

// RoundTrip implements http.RoundTripper.
func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.calls++
	c.mu.Unlock()
	return c.RoundTripper.RoundTrip(req)
}

func (c *counted) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// pipes is a listener of connections within the process.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.dialed <- pipeEnd{far}
	return near
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// pipeEnd is the server's, which can be closed half as a socket can.
type pipeEnd struct{ net.Conn }

// CloseWrite closes both halves: a pipe has no other end.
func (p pipeEnd) CloseWrite() error { return p.Close() }

// signer is the issuer of tokens, and where its keys are fetched from.
type signer struct {
	key  *ecdsa.PrivateKey
	keys []byte
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "k"}})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := json.Marshal(map[string]any{"keys": []any{jwk.Marshal()}})
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, keys}
}

// RoundTrip implements http.RoundTripper.
func (s signer) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, _ = w.Write(s.keys)
	return w.Result(), nil
}

// token names a merchant until an instant.
func (s signer) token(t *testing.T, merchant string, until time.Time) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": walkIssuer, "aud": walkAudience, "iat": time.Now().Unix(), "exp": until.Unix(), "merchant": merchant,
	})
	token.Header["kid"] = "k"
	signed, err := token.SignedString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
