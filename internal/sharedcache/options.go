package sharedcache

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"time"

	"github.com/redis/rueidis"

	"paymentlinks/internal/bounded"
)

// maxCAFileBytes is more than the bundle of all public authorities takes.
const maxCAFileBytes = 4 << 20

// options are what rueidis is told.
func (s Settings) options() (rueidis.ClientOption, error) {
	if err := CheckURL(s.URL); err != nil {
		return rueidis.ClientOption{}, err
	}
	options, err := rueidis.ParseURL(s.URL)
	if err != nil { // it would be quoted
		return rueidis.ClientOption{}, errURL
	}
	options.Password = s.Password
	options.ClientName = "paymentlinks"
	options.ForceSingleClient = true
	options.PipelineMultiplex = -1 // one connection of each kind
	options.AlwaysPipelining = true
	options.DisableRetry = true
	options.Dialer.Timeout = dialFor
	options.Dialer.KeepAlive = 5 * time.Second
	if s.CAFile == "" {
		return options, nil
	}
	if options.TLSConfig == nil {
		return rueidis.ClientOption{}, errors.New("a file of certificate authorities needs a rediss URL")
	}
	pem, err := bounded.ReadTextFile(s.CAFile, maxCAFileBytes)
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return rueidis.ClientOption{}, errors.New("the file of certificate authorities has no certificate")
	}
	options.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: options.TLSConfig.ServerName, RootCAs: roots}
	return options, nil
}

var (
	errURL         = errors.New("the URL of Redis must be redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH")
	errURLPassword = errors.New("the URL of Redis must not hold a password")
)

// CheckURL tells what is wrong with the URL of a Redis, without repeating any of
// it.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errURL
	}
	if _, has := u.User.Password(); has {
		return errURLPassword
	}
	switch u.Scheme {
	case "unix":
		if u.Path == "" {
			return errURL
		}
	case "redis", "rediss", "valkey", "valkeys":
		if u.Hostname() == "" {
			return errURL
		}
	default:
		return errURL
	}
	return nil
}
