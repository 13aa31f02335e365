package billpocket

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"paymentlinks/internal/bounded"
)

const (
	// maxIdleConns is for one host: every connection goes to upstream.
	maxIdleConns = 256
	// maxHeaderBytes bounds the headers of an answer; upstream sends some 500.
	maxHeaderBytes = 64 << 10
	// maxCAFileBytes is some 30 times the usual bundle of all public authorities.
	maxCAFileBytes = 8 << 20
)

// newTransport returns the pool of connections to upstream. http.Client is
// left out on purpose: it follows redirects, and takes both credential headers
// along to whatever host they name.
func newTransport(proxy func(*http.Request) (*url.URL, error), caFile string) (*http.Transport, error) {
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	roots, err := rootCAs(caFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               proxy,
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: 3 * time.Second,
		ForceAttemptHTTP2:   true,
		// A dead connection of HTTP/2 would swallow every call for minutes.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    maxIdleConns,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		// The client inflates for itself, under its own limit; see body.go.
		DisableCompression: true,
	}, nil
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
