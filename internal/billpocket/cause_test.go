package billpocket_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
)

// TestCauses: the log learns why, in words that are not upstream's.
func TestCauses(t *testing.T) {
	certificate := func(err error) error {
		return &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{{}}, Err: err}
	}
	tests := map[string]struct {
		err  error
		want string // how the error ends
	}{
		"refused":            {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, ": dial: connection refused"},
		"reset":              {fmt.Errorf("SECRET: %w", &net.OpError{Op: "read", Err: syscall.ECONNRESET}), ": read: connection reset by peer"},
		"no such host":       {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}}, ": lookup api.example: no such host"},
		"ended":              {fmt.Errorf("SECRET: %w", io.EOF), ": EOF"},
		"closed":             {fmt.Errorf("SECRET: %w", net.ErrClosed), ": use of closed network connection"},
		"alert":              {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, ": tls: handshake failure"},
		"no TLS":             {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake", RecordHeader: [5]byte{'S', 'E', 'C', 'R', 'E'}}, ": tls: first record does not look like a TLS handshake"},
		"expired":            {certificate(x509.CertificateInvalidError{Reason: x509.Expired, Detail: "SECRET"}), ": tls: certificate expired or not valid for this use"},
		"other authority":    {certificate(x509.UnknownAuthorityError{}), ": tls: certificate signed by an unknown authority"},
		"other host":         {certificate(x509.HostnameError{Host: "SECRET", Certificate: &x509.Certificate{}}), ": tls: certificate is for another host"},
		"odd certificate":    {certificate(errors.New("SECRET")), ": tls: certificate cannot be verified"},
		"proxy":              {&net.OpError{Op: "proxyconnect", Err: errors.New("SECRET")}, ": proxyconnect: error of type *errors.errorString"},
		"anything else":      {fmt.Errorf("SECRET: %w", errors.New("SECRET")), ": exchange: error of type *errors.errorString"},
		"headers cut off":    {fmt.Errorf("SECRET: %w", io.ErrUnexpectedEOF), "not available.: unexpected EOF"},
		"malformed response": {errors.New(`malformed HTTP response "SECRET"`), ": exchange: error of type *errors.errorString"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return nil, test.err
			})})
			_, err := client.List(t.Context(), credentials(t, "t"), nil)
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Fatalf("error %v is not classified", err)
			}
			if text := err.Error(); !strings.HasSuffix(text, test.want) || strings.Contains(text, "SECRET") {
				t.Errorf("error %q, want it to end in %q", text, test.want)
			}
		})
	}
}
