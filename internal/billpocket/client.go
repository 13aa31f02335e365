package billpocket

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// The defaults of Config.
const (
	DefaultMaxBodyBytes = 64 << 20
	DefaultMaxLinks     = 100_000
	DefaultTryTimeout   = 4 * time.Second
	DefaultUserAgent    = "paymentlinks"
)

// Settings say where upstream is and how its answers are read. All but BaseURL may be left zero.
type Settings struct {
	// BaseURL is what "/v1/custom-link" is appended to; a path in it is kept.
	// It is https, or http to a loopback address.
	BaseURL string
	// Insecure allows http to any host. Credentials then cross the network in
	// the clear.
	Insecure bool
	// CAFile names a file of PEM certificates to trust beside the system's.
	CAFile string
	// ReuseConnections lets a connection of HTTP/1.x serve one call after
	// another. It saves the time of a new connection. It risks that one tenant
	// gets another's list, should upstream or a proxy ever send an answer too
	// many. Connections of HTTP/2 are reused in any case.
	ReuseConnections bool
	// Location is the zone of upstream's times that name none; nil is UTC.
	Location *time.Location
	// LiveHosts are the hosts whose links are live, for paymentlink.NewSet.
	LiveHosts []string
	// MaxBodyBytes bounds a body after inflation; 0 is DefaultMaxBodyBytes.
	MaxBodyBytes int64
	// MaxLinks bounds the elements of a list; 0 is DefaultMaxLinks. A list beyond
	// it or beyond MaxBodyBytes is a fault of upstream that asking again cannot
	// help.
	MaxLinks int
	// NoTrace calls Config.Header for no request.
	NoTrace bool
	// TryTimeout bounds one request, its body included; 0 is DefaultTryTimeout.
	TryTimeout time.Duration
}

// Config configures a Client. All but BaseURL may be left zero.
type Config struct {
	Settings

	// Proxy names the proxy of a request as http.Transport.Proxy does; nil is
	// http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport replaces the client's own transport, and with it CAFile, Proxy
	// and ReuseConnections. It must follow no redirects; a RoundTripper by its
	// contract does not.
	Transport http.RoundTripper
	// UserAgent is the header of that name; "" is DefaultUserAgent.
	UserAgent string

	// Answered, unless nil, is called with the status and, where it was read,
	// with the body of each answer, before the body is decoded. It must keep
	// nothing of the body.
	Answered func(status int, body []byte)

	// KeepBody hands the body out with each list, for who shares it.
	KeepBody bool

	// Header, unless nil, adds to the header of each request. It must leave the
	// credentials alone.
	Header func(ctx context.Context, header http.Header)

	// Certified, unless nil, is called with each connection by TLS: with the
	// times between which upstream's certificate is valid.
	Certified func(notBefore, notAfter time.Time)

	// Reserve, unless nil, gives leave to take memory for one answer. grow is
	// called before the memory is taken; its error, a *fault.Error, ends the call.
	// release gives back all of it.
	Reserve func() (grow func(ctx context.Context, bytes int64) error, release func())

	// Logger hears of elements that could not be read; nil is silence.
	Logger *slog.Logger
	// Now is time.Now if nil.
	Now func() time.Time
}

// Client lists payment links. It is safe for concurrent use.
type Client struct {
	listURL      *url.URL
	transport    http.RoundTripper
	userAgent    string
	maxBodyBytes int64
	tryTimeout   time.Duration
	decoder      decoder
	liveHosts    []string
	header       func(ctx context.Context, header http.Header)
	answered     func(status int, body []byte)
	keepBody     bool
	reserve      func() (grow func(context.Context, int64) error, release func())
	logger       *slog.Logger
	now          func() time.Time
}

// New checks c and returns a client. An error names what is wrong with which
// field, and repeats no value.
func New(c Config) (*Client, error) {
	listURL, err := listURL(c.BaseURL, c.Insecure)
	if err != nil {
		return nil, err
	}
	if c.MaxBodyBytes < 0 || c.MaxLinks < 0 || c.TryTimeout < 0 {
		return nil, errors.New("upstream limits and time-out must not be negative")
	}
	client := &Client{
		listURL:      listURL,
		transport:    c.Transport,
		userAgent:    c.UserAgent,
		maxBodyBytes: c.MaxBodyBytes,
		tryTimeout:   c.TryTimeout,
		decoder:      decoder{location: c.Location, maxLinks: c.MaxLinks},
		liveHosts:    c.LiveHosts,
		header:       c.Header,
		answered:     c.Answered,
		keepBody:     c.KeepBody,
		reserve:      c.Reserve,
		logger:       c.Logger,
		now:          c.Now,
	}
	if client.transport == nil {
		if client.transport, err = newTransport(c, listURL.Hostname()); err != nil {
			return nil, err
		}
	}
	client.setDefaults(c.NoTrace)
	return client, nil
}

func (c *Client) setDefaults(noTrace bool) {
	if c.userAgent == "" {
		c.userAgent = DefaultUserAgent
	}
	if c.maxBodyBytes == 0 {
		c.maxBodyBytes = DefaultMaxBodyBytes
	}
	if c.tryTimeout == 0 {
		c.tryTimeout = DefaultTryTimeout
	}
	if c.decoder.maxLinks == 0 {
		c.decoder.maxLinks = DefaultMaxLinks
	}
	if c.decoder.location == nil {
		c.decoder.location = time.UTC
	}
	if c.header == nil || noTrace {
		c.header = func(context.Context, http.Header) {}
	}
	if c.answered == nil {
		c.answered = func(int, []byte) {}
	}
	if c.reserve == nil {
		c.reserve = func() (func(context.Context, int64) error, func()) {
			return func(context.Context, int64) error { return nil }, func() {}
		}
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
}

// Close closes the connections that are idle.
func (c *Client) Close() {
	if closer, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// List fetches the whole list of a tenant that has credentials.
//
// prev, when not nil, is what the same tenant got before: a body with the same
// hash is not decoded again, and the snapshot has prev's Set, Version and
// Skipped. FetchedAt is when the request was sent, so the list is at least as
// new; FreshUntil and Stale are left to the caller.
//
// The error is a *fault.Error of kind Unauthenticated, Forbidden, one of the
// Upstream kinds, or Canceled when ctx was cancelled. A deadline of ctx gives
// UpstreamTimeout.
func (c *Client) List(
	ctx context.Context, t tenant.Tenant, prev *paymentlink.Snapshot,
) (*paymentlink.Snapshot, error) {
	return c.try(ctx, t.Credentials, prev)
}

// try is one request under its own deadline, and all that is made of its answer.
func (c *Client) try(
	ctx context.Context, credentials tenant.Credentials, prev *paymentlink.Snapshot,
) (*paymentlink.Snapshot, error) {
	tryCtx, cancel := context.WithTimeout(ctx, c.tryTimeout)
	defer cancel()

	sentAt := c.now()
	resp, err := c.transport.RoundTrip(c.request(tryCtx, credentials))
	if err != nil {
		return nil, classify(ctx, tryCtx, err)
	}
	defer func() { _ = resp.Body.Close() }() // what it could tell was told by reading

	grow, release := c.reserve()
	defer release()
	var body *buffer
	switch resp.StatusCode {
	case http.StatusOK:
		if body, err = c.read(resp, func(bytes int64) error { return grow(tryCtx, bytes) }); err != nil {
			return nil, classify(ctx, tryCtx, err)
		}
		if !c.keepBody {
			defer body.release()
		}
	case http.StatusNoContent:
		body = &buffer{data: []byte{}}
	default:
		c.answered(resp.StatusCode, nil)
		drain(resp.Body, cancel)
		return nil, statusFault(resp, sentAt)
	}

	c.answered(resp.StatusCode, body.data)

	version := body.version()
	got := &paymentlink.Snapshot{FetchedAt: sentAt, Version: version}
	if c.keepBody {
		got.Body = body.data
	}
	if prev != nil && prev.Set != nil && prev.Version == version {
		got.Set, got.Skipped = prev.Set, prev.Skipped
		return got, nil
	}
	if err := grow(tryCtx, bytesPerBodyByte*int64(len(body.data))); err != nil {
		return nil, classify(ctx, tryCtx, err)
	}
	if got.Set, got.Skipped, err = c.decode(ctx, resp.StatusCode, body); err != nil {
		return nil, err
	}
	return got, nil
}

// Decode makes a set of the Body of a snapshot, maybe of another replica, and
// counts the elements that cannot be read. It changes nothing of body. The error
// is a *fault.Error of kind UpstreamMalformed.
func (c *Client) Decode(ctx context.Context, body []byte) (set *paymentlink.Set, skipped int, err error) {
	status := http.StatusOK
	if len(body) == 0 { // a 200 without a body is refused before it is handed out
		status = http.StatusNoContent
	}
	return c.decode(ctx, status, &buffer{data: body})
}

// request is the whole of what upstream is told, beside what Config.Header adds.
// The credentials are in these two headers and nowhere else.
func (c *Client) request(ctx context.Context, credentials tenant.Credentials) *http.Request {
	req := &http.Request{
		Method: http.MethodGet,
		URL:    c.listURL,
		Host:   c.listURL.Host,
		Header: http.Header{
			"Bp-User-Token":   {credentials.UserToken()},
			"X-Api-Key":       {credentials.APIKey()},
			"Accept":          {"application/json"},
			"Accept-Encoding": {"gzip"},
			"User-Agent":      {c.userAgent},
		},
	}
	c.header(ctx, req.Header)
	return req.WithContext(ctx)
}

// decode makes a Set of a body and says in the log what of it cannot be read.
func (c *Client) decode(ctx context.Context, status int, body *buffer) (*paymentlink.Set, int, error) {
	if status == http.StatusNoContent {
		return paymentlink.NewSet(nil, c.liveHosts), 0, nil
	}
	var links *paymentlink.Builder
	list, err := c.decoder.decode(body.keep(), func(kept []byte) sink {
		links = paymentlink.NewBuilder(kept, c.liveHosts)
		return links
	})
	if err != nil {
		return nil, 0, unreadable(err)
	}
	if list.skipped > 0 {
		c.logger.LogAttrs(ctx, slog.LevelWarn, "upstream list is incomplete",
			slog.Int("elements", list.elements), slog.Int("skipped", list.skipped),
			slog.Any("first_skipped", list.firstSkipped))
	}
	if list.unreadable > 0 {
		c.logger.LogAttrs(ctx, slog.LevelWarn, "upstream sends expiries that cannot be read",
			slog.Int("elements", list.elements), slog.Int("unreadable", list.unreadable),
			slog.Any("first_unreadable", list.firstUnreadable))
	}
	return links.Set(), list.skipped, nil
}
