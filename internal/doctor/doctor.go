package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// certificateDoubt is how long a certificate must still be valid.
const certificateDoubt = 21 * 24 * time.Hour

// Part is something that the program makes at its start from files.
type Part struct {
	Name string
	// Check makes it, and returns why it cannot be made, without a secret. When
	// offline it calls nobody.
	Check func(ctx context.Context, offline bool) error
}

// Config is what to examine.
type Config struct {
	// Settings are those that differ from their defaults, by name, with secrets
	// redacted. It may be nil.
	Settings iter.Seq2[string, string]
	// Warnings are about settings that are probably not meant so.
	Warnings []string
	Parts    []Part
	// Client is how upstream is called; an empty BaseURL means that there is
	// none to call. Its hook Answered is the doctor's own.
	Client billpocket.Config
	// Pair is what upstream is asked under; without one the list is not read.
	Pair tenant.Credentials
	// Offline calls nobody.
	Offline bool
	// Now is time.Now if nil.
	Now func() time.Time
}

// Examine looks at everything in the order in which a call would meet it. It
// makes at most one call to upstream.
func Examine(ctx context.Context, c Config) *Report {
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &Report{Status: OK}
	if c.Settings != nil {
		for name, value := range c.Settings {
			r.Settings = append(r.Settings, Setting{Name: name, Value: value})
		}
	}
	r.add("settings", OK, "accepted")
	for _, warning := range c.Warnings {
		r.add("settings", Doubt, "%s", warning)
	}
	for _, part := range c.Parts {
		if err := part.Check(ctx, c.Offline); err != nil {
			r.add(part.Name, Failure, "%s", err.Error())
		} else {
			r.add(part.Name, OK, "readable")
		}
	}
	switch {
	case c.Client.BaseURL == "":
		r.add("upstream", Skipped, "no upstream URL is set: the embedded sandbox answers")
	case c.Offline:
		r.offline(c)
	default:
		r.upstream(ctx, c)
	}
	return r
}

// offline makes the client as the program does, and calls nobody.
func (r *Report) offline(c Config) {
	client, err := billpocket.New(c.Client)
	if err != nil {
		r.add("upstream", Failure, "%s", err.Error())
		return
	}
	client.Close()
	r.add("upstream", Skipped, "not called: offline")
}

// upstream calls upstream once, and tells of each step on the way.
func (r *Report) upstream(ctx context.Context, c Config) {
	var (
		status int
		list   *List
	)
	location := c.Client.Location
	if location == nil {
		location = time.UTC
	}
	c.Client.Answered = func(s int, body []byte) {
		status = s
		if s == http.StatusOK {
			list = readList(body, location)
		}
	}
	client, err := billpocket.New(c.Client)
	if err != nil {
		r.add("upstream", Failure, "%s", err.Error())
		return
	}
	defer client.Close()
	r.proxy(c)
	who := tenant.NewKeyer().Tenant(c.Pair)
	if c.Pair.IsZero() {
		// Upstream answers 401, which shows the way to it all the same.
		anonymous, _ := tenant.NewCredentials("none", "none")
		who = tenant.NewKeyer().Tenant(anonymous)
	}
	trip := &trip{began: time.Now()}
	got, err := client.List(httptrace.WithClientTrace(ctx, trip.trace()), who, nil)
	took := time.Since(trip.began)
	trip.tell(r, c.Now())
	if status == 0 {
		r.add("upstream", Failure, "%s", publicOf(err))
		return
	}
	r.add("upstream", OK, "answered status %d, the first byte after %s, all after %s",
		status, trip.firstByte.Round(time.Millisecond), took.Round(time.Millisecond))
	r.credentials(c, err)
	if list == nil {
		return
	}
	r.List = list
	skipped := 0
	for _, n := range list.Skipped {
		skipped += n
	}
	switch {
	case err != nil:
	case got.Skipped > 0:
		r.add("list", Doubt, "%d of %d elements are left out", got.Skipped, list.Elements)
	default:
		r.add("list", OK, "%d links", got.Set.Len())
	}
	if other := skipped; err == nil && got.Skipped > other {
		list.Skipped["for other reasons"] = got.Skipped - other
	}
	r.zone(c.Now(), list)
}

// proxy tells which proxy a call goes through.
func (r *Report) proxy(c Config) {
	u, err := url.Parse(c.Client.BaseURL)
	if err != nil {
		return // the client has refused it
	}
	find := c.Client.Proxy
	if find == nil {
		find = http.ProxyFromEnvironment
	}
	proxy, err := find(&http.Request{URL: u})
	switch {
	case err != nil:
		r.add("proxy", Failure, "HTTPS_PROXY or HTTP_PROXY holds no URL")
	case proxy == nil:
		r.add("proxy", OK, "none")
	default:
		r.add("proxy", OK, "%s", proxy.Host) // without the user and password that it may have
	}
}

// credentials tells what upstream says to the configured pair.
func (r *Report) credentials(c Config, err error) {
	kind := fault.KindOf(err)
	switch {
	case c.Pair.IsZero():
		r.add("credentials", Skipped, "no pair is configured: callers bring their own, and the list was not read")
	case kind == "":
		r.add("credentials", OK, "accepted")
	case kind == fault.Unauthenticated || kind == fault.Forbidden:
		r.add("credentials", Failure, "%s", publicOf(err))
	default:
		r.add("upstream", Failure, "%s", publicOf(err))
	}
}

// zone doubts the zone of upstream's times when a link seems to come from the
// future.
func (r *Report) zone(now time.Time, l *List) {
	if ahead := l.newest.Sub(now); !l.newest.IsZero() && ahead > futureDoubt {
		r.add("time zone", Doubt,
			"the newest link seems to have been created %s from now: upstream's zone is probably %s further east than PAYMENTLINKS_TIME_ZONE, or more",
			ahead.Round(time.Minute), ahead.Round(time.Hour))
	}
}

// publicOf is what may be told of an error.
func publicOf(err error) string {
	classified, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return "Upstream could not be asked."
	}
	if classified.Err != nil {
		return fmt.Sprintf("%s (%v)", classified.Public, classified.Err) // the client's causes quote nothing
	}
	return classified.Public
}

// trip is what was seen on the way to upstream.
type trip struct {
	began     time.Time
	firstByte time.Duration

	dns       httptrace.DNSDoneInfo
	dnsDone   bool
	connected string
	tls       tls.ConnectionState
	tlsErr    error
	tlsDone   bool
}

func (t *trip) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) { t.dns, t.dnsDone = info, true },
		ConnectDone: func(_, address string, err error) {
			if err == nil {
				t.connected = address
			}
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			t.tls, t.tlsErr, t.tlsDone = state, err, true
		},
		GotFirstResponseByte: func() { t.firstByte = time.Since(t.began) },
	}
}

// tell adds the checks of the way.
func (t *trip) tell(r *Report, now time.Time) {
	if t.dnsDone {
		var addresses []string
		for _, a := range t.dns.Addrs {
			addresses = append(addresses, a.String())
		}
		if t.dns.Err != nil {
			r.add("DNS", Failure, "the name is not found")
		} else {
			r.add("DNS", OK, "%s", strings.Join(addresses, ", "))
		}
	}
	if t.connected != "" {
		r.add("connection", OK, "%s", t.connected)
	}
	if !t.tlsDone {
		return
	}
	chain := t.tls.PeerCertificates
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](t.tlsErr); ok {
		chain = refused.UnverifiedCertificates
	}
	if t.tlsErr == nil {
		r.add("TLS", OK, "%s", tls.VersionName(t.tls.Version))
	} else {
		r.add("TLS", Failure, "the handshake failed")
	}
	for i, certificate := range chain {
		tellCertificate(r, i, certificate, now)
	}
}

func tellCertificate(r *Report, i int, certificate *x509.Certificate, now time.Time) {
	left := certificate.NotAfter.Sub(now)
	status := OK
	switch {
	case left < 0 || now.Before(certificate.NotBefore):
		status = Failure
	case left < certificateDoubt:
		status = Doubt
	}
	r.add("certificate", status, "%d: valid from %s to %s, subject %q, issuer %q", i,
		certificate.NotBefore.UTC().Format(time.DateOnly), certificate.NotAfter.UTC().Format(time.DateOnly),
		certificate.Subject.CommonName, certificate.Issuer.CommonName)
}
