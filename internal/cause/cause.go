// Package cause says what the log may know of a failed exchange with another
// server.
package cause

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

// Of returns what the log may know of a transport's error.
//
// net/http quotes a broken status line or header in its errors, and a broken
// peer may well echo our own headers there. So only errors whose text is known
// to come from this side, or from the names of hosts and certificates, are
// handed on; of any other the log learns the type.
func Of(err error) error {
	for _, sentinel := range []error{io.ErrUnexpectedEOF, io.EOF, net.ErrClosed} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificateCause(certificate)
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return alert
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return errors.New("tls: " + record.Msg)
	}
	during := "exchange"
	if op, ok := errors.AsType[*net.OpError](err); ok {
		during = op.Op
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return fmt.Errorf("%s: %w", during, errno)
	}
	return fmt.Errorf("%s: error of type %T", during, innermost(err))
}

// certificateCause leaves out the certificate itself, which
// tls.CertificateVerificationError carries along.
func certificateCause(err *tls.CertificateVerificationError) error {
	switch {
	case isType[x509.UnknownAuthorityError](err.Err):
		return errors.New("tls: certificate signed by an unknown authority")
	case isType[x509.HostnameError](err.Err):
		return errors.New("tls: certificate is for another host")
	case isType[x509.CertificateInvalidError](err.Err):
		return errors.New("tls: certificate expired or not valid for this use")
	}
	return errors.New("tls: certificate cannot be verified")
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
