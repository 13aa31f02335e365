package model

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"paymentlinks/graph/cost"
	"paymentlinks/internal/qrcode"
	"paymentlinks/internal/share"
)

// QRCode draws the URL. Its errors are an *InputError, and a fault once the
// operation has drawn as many as it may or its answer is too long.
func (p PaymentLink) QRCode(ctx context.Context, format qrcode.Format, size int32, errorCorrection qrcode.Level) (QRCode, error) {
	if size < qrcode.MinSizePixels || size > qrcode.MaxSizePixels {
		return QRCode{}, &InputError{
			Argument: "size", Reason: fmt.Sprintf("must be from %d to %d", qrcode.MinSizePixels, qrcode.MaxSizePixels),
		}
	}
	budget := cost.FromContext(ctx)
	if err := budget.Charge(cost.Bytes, 0); err != nil {
		return QRCode{}, err
	}
	if err := budget.Charge(cost.QRCodes, 1); err != nil {
		return QRCode{}, err
	}
	code, err := qrcode.Encode(p.link.URL(), errorCorrection)
	if errors.Is(err, qrcode.ErrTooLong) {
		return QRCode{}, &InputError{Argument: "errorCorrection", Reason: "leaves no room for the link's URL"}
	}
	if err != nil {
		return QRCode{}, err
	}
	if !code.Fits(format, int(size)) {
		return QRCode{}, &InputError{Argument: "size", Reason: "is too small for a bitmap of the link's URL"}
	}
	return QRCode{code: code, format: format, draw: sync.OnceValues(func() (string, error) { return code.DataURI(format, int(size)) })}, nil
}

// Share writes the message that passes the link on. Its errors are an
// *InputError, and a fault once the answer is longer than it may be.
func (p PaymentLink) Share(ctx context.Context, message *string, locale string) (*share.Message, error) {
	if err := cost.FromContext(ctx).Charge(cost.Bytes, 0); err != nil {
		return nil, err
	}
	link := share.Link{Title: p.link.Title(), URL: p.link.URL()}
	if amount, ok := p.link.Amount(); ok {
		link.Amount = &amount
	}
	finished, err := share.Compose(link, message, locale)
	if errors.Is(err, share.ErrMessage) {
		return nil, &InputError{
			Argument: "message",
			Reason:   fmt.Sprintf("must have 1 to %d characters, none of them a control character", share.MaxMessageRunes),
		}
	}
	return &finished, err
}

// QRCode is a code that fits its size. Its picture is not drawn before it is
// asked for, and once however often it is, since the bound on codes counts no
// aliases below them.
type QRCode struct {
	code   *qrcode.Code
	format qrcode.Format
	draw   func() (string, error)
}

// MediaType is that of the picture in DataURI.
func (q QRCode) MediaType() string { return q.format.MediaType() }

// DataURI is ready for the src of an image.
func (q QRCode) DataURI() (string, error) { return q.draw() }

// Modules counts one side, the quiet zone left out.
func (q QRCode) Modules() int32 { return count(q.code.Modules()) }

// Matrix is for clients that draw natively.
func (q QRCode) Matrix() []string { return q.code.Matrix() }
