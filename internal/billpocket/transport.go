package billpocket

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"paymentlinks/internal/bounded"
)

const (
	// maxIdleConns bounds the idle connections of HTTP/1.x that are reused.
	maxIdleConns = 256
	// sessions is the number of hosts whose TLS session is resumed: upstream,
	// and perhaps a proxy.
	sessions = 8
	// maxHeaderBytes bounds the headers of an answer; upstream sends some 500.
	maxHeaderBytes = 64 << 10
	// maxCAFileBytes is some 30 times the usual bundle of all public authorities.
	maxCAFileBytes = 8 << 20
)

// newTransport returns the connections to upstream. http.Client is left out on
// purpose: it follows redirects, and takes both credential headers along to
// whatever host they name.
//
// With HTTP/1.x a connection serves one call, unless reuse is set. An answer
// there belongs to a call by its place on the connection alone. An upstream, or
// a proxy before it, that sends one answer too many would give the next tenant
// on that connection another tenant's list. HTTP/2 numbers its streams, so its
// connections are always reused.
func newTransport(c Config, host string) (*http.Transport, error) {
	proxy := c.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	roots, err := rootCAs(c.CAFile)
	if err != nil {
		return nil, err
	}
	// Below zero, the transport keeps no connection of HTTP/1.x. Both
	// DisableKeepAlives and Request.Close would end the reuse of HTTP/2, too.
	maxIdlePerHost := -1
	if c.ReuseConnections {
		maxIdlePerHost = maxIdleConns
	}
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:       proxy,
		DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12,
			RootCAs:    roots,
			// A new connection resumes the session of the one before, which
			// spares it the certificates and their check.
			ClientSessionCache: tls.NewLRUClientSessionCache(sessions),
			VerifyConnection:   certified(c.Certified, host),
		},
		TLSHandshakeTimeout: 3 * time.Second,
		ForceAttemptHTTP2:   true,
		// A dead connection of HTTP/2 would swallow every call for minutes.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		// The client inflates for itself, under its own limit; see body.go.
		DisableCompression: true,
	}, nil
}

// certified returns what tells of the certificate of host, and lets every
// connection pass: it is called once the certificates have been verified. A
// connection to a proxy by TLS passes here too; it has another name.
func certified(tell func(notBefore, notAfter time.Time), host string) func(tls.ConnectionState) error {
	if net.ParseIP(host) != nil {
		host = "" // an address is no name that TLS would send
	}
	return func(state tls.ConnectionState) error {
		if tell != nil && state.ServerName == host && len(state.PeerCertificates) > 0 {
			tell(state.PeerCertificates[0].NotBefore, state.PeerCertificates[0].NotAfter)
		}
		return nil
	}
}

// rootCAs returns the system's authorities and those of a file; nil, which is
// the system's, without a file.
func rootCAs(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // nil is a pool: the system's
	}
	pem, err := bounded.ReadFile(file, maxCAFileBytes)
	if err != nil {
		return nil, fmt.Errorf("upstream CA file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("upstream CA file holds no PEM certificate")
	}
	return pool, nil
}
