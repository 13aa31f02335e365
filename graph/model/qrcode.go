package model

import (
	"context"
	"errors"
	"fmt"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/fastlist"
	"paymentlinks/internal/qrcode"
)

const (
	// pixelsPerModule is how many pixels of a bitmap cost as much as one module of
	// a code: a PNG of 1,024 pixels takes some 0.6 ms, a module 0.2 µs.
	pixelsPerModule = 256
	// picturesPerCode is how many vector pictures cost as much as their code.
	picturesPerCode = 8
)

// QRCode is the URL as a code of a size and level. It is not drawn before it is
// asked for. Its errors are an *InputError, and a fault once the operation has
// drawn as many as it may.
func (p PaymentLink) QRCode(
	ctx context.Context, format qrcode.Format, size int32, errorCorrection qrcode.Level,
) (*QRCode, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	code, err := p.qrCode(cost.FromContext(ctx), format, int(size), errorCorrection)
	return &code, err
}

func checkSize(size int32) error {
	if size < qrcode.MinSizePixels || size > qrcode.MaxSizePixels {
		return &InputError{
			Argument: "size", Reason: fmt.Sprintf("must be from %d to %d", qrcode.MinSizePixels, qrcode.MaxSizePixels),
		}
	}
	return nil
}

func (p PaymentLink) qrCode(budget *cost.Budget, format qrcode.Format, size int, level qrcode.Level) (QRCode, error) {
	if err := budget.Charge(cost.QRCodes, 1); err != nil {
		return QRCode{}, err
	}
	side, err := qrcode.Side(p.link.URL(), level)
	if errors.Is(err, qrcode.ErrTooLong) {
		return QRCode{}, &InputError{Argument: "errorCorrection", Reason: "leaves no room for the link's URL"}
	}
	if err != nil {
		return QRCode{}, err
	}
	if !qrcode.Fits(side, format, size) {
		return QRCode{}, &InputError{Argument: "size", Reason: "is too small for a bitmap of the link's URL"}
	}
	return QRCode{url: p.link.URL(), side: side, format: format, size: size, level: level, moment: p.moment, budget: budget}, nil
}

// QRCode is a code that fits its size. It is drawn when its picture or its
// matrix is asked for.
type QRCode struct {
	url    string
	side   int
	format qrcode.Format
	size   int
	level  qrcode.Level
	moment *Moment
	budget *cost.Budget
}

// MediaType is that of the picture in DataURI.
func (q QRCode) MediaType() string { return q.format.MediaType() }

// Modules counts one side, the quiet zone left out.
func (q QRCode) Modules() int32 { return count(q.side) }

// DataURI is ready for the src of an image. The error is a fault once the
// operation has drawn as much as it may.
func (q QRCode) DataURI() (string, error) {
	code, err := q.draw()
	if err != nil {
		return "", err
	}
	return q.moment.drawings.dataURI(code, q.format, q.size, func(isFirst bool) error {
		switch {
		case q.format == qrcode.PNG:
			return q.budget.Charge(cost.Modules, q.size*q.size/pixelsPerModule)
		case isFirst: // it is paid for with the code
			return nil
		}
		return q.budget.Charge(cost.Modules, q.side*q.side/picturesPerCode)
	})
}

// Matrix is for clients that draw natively. Its error is that of DataURI.
func (q QRCode) Matrix() ([]string, error) {
	code, err := q.draw()
	if err != nil {
		return nil, err
	}
	return q.moment.drawings.rows(code), nil
}

// draw charges for the code and makes it, unless it is the one made last.
func (q QRCode) draw() (*qrcode.Code, error) {
	return q.moment.drawings.draw(q.url, q.level, func() error { return q.budget.Charge(cost.Modules, q.side*q.side) })
}

func serialQRCode(field *fastlist.Field) fastlist.Value[*PaymentLink] {
	format := argument(field, "format", UnmarshalQRFormat)
	size := argument(field, "size", UnmarshalInt)
	level := argument(field, "errorCorrection", UnmarshalQRErrorCorrection)
	if err := checkSize(size); err != nil {
		field.Refuse(err)
	}
	return fastlist.Nested(field, serialQRCodeObject(), func(w *fastlist.Writer, p *PaymentLink) (QRCode, bool) {
		code, err := p.qrCode(cost.FromContext(w.Context()), format, int(size), level)
		if err != nil {
			failOrStop(w, err)
		}
		return code, true
	})
}

func serialQRCodeObject() fastlist.Object[QRCode] {
	return fastlist.Object[QRCode]{Name: "PaymentLinkQrCode", Field: func(field *fastlist.Field) fastlist.Value[QRCode] {
		switch field.Name {
		case "mediaType":
			return func(w *fastlist.Writer, q QRCode) { w.String(q.MediaType()) }
		case "modules":
			return func(w *fastlist.Writer, q QRCode) { w.Int(q.Modules(), true) }
		case "dataUri":
			return func(w *fastlist.Writer, q QRCode) {
				picture, err := q.DataURI()
				if err != nil {
					failOrStop(w, err)
					return
				}
				w.String(picture)
			}
		case "matrix":
			return func(w *fastlist.Writer, q QRCode) {
				rows, err := q.Matrix()
				if err != nil {
					failOrStop(w, err)
					return
				}
				w.Strings(rows)
			}
		}
		return nil
	}}
}
