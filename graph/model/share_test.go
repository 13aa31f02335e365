package model_test

import (
	"testing"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/qrcode"
)

// An operation may alias the picture of a code as often as it likes: the bound
// on codes must be one on pictures, too.
func TestPictureIsDrawnOnce(t *testing.T) {
	for _, format := range []qrcode.Format{qrcode.SVG, qrcode.PNG} {
		code, err := viewOf(paymentlink.Record{}).QRCode(t.Context(), format, 1024, qrcode.High)
		if err != nil {
			t.Fatal(err)
		}
		first, err := code.DataURI()
		if err != nil {
			t.Fatal(err)
		}
		if drawn := testing.AllocsPerRun(10, func() {
			if again, err := code.DataURI(); err != nil || again != first {
				t.Errorf("the second picture differs, error %v", err)
			}
		}); drawn > 0 {
			t.Errorf("format %v: %v allocations for a picture that is drawn already", format, drawn)
		}
	}
}
