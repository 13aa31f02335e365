package model_test

import (
	"context"
	"testing"

	"paymentlinks/graph/cost"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/qrcode"
)

func limited(t *testing.T, limits cost.Limits) context.Context {
	t.Helper()
	return cost.NewContext(t.Context(), cost.NewBudget(limits))
}

// A link may be asked for its code under many aliases. It is drawn once.
func TestCodeOfALinkIsDrawnOnce(t *testing.T) {
	link := viewOf(paymentlink.Record{URL: "https://pay.example/shop/code"})
	ctx := limited(t, cost.Limits{Modules: 29 * 29})
	for range 3 {
		code, err := link.QRCode(ctx, qrcode.SVG, 256, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := code.DataURI(); err != nil {
			t.Errorf("a second drawing of the code was charged: %v", err)
		}
		if _, err := code.Matrix(); err != nil {
			t.Errorf("the matrix is another drawing: %v", err)
		}
	}
	other, err := link.QRCode(ctx, qrcode.SVG, 256, qrcode.High)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Matrix(); fault.KindOf(err) != fault.LimitExceeded {
		t.Errorf("a code of another level: error %v, want the bound on modules", err)
	}
}

// What is not asked for is not drawn and not charged.
func TestCodeIsNotDrawnForItsSize(t *testing.T) {
	code, err := viewOf(paymentlink.Record{URL: "https://pay.example/x"}).QRCode(limited(t, cost.Limits{Modules: 1}), qrcode.PNG, 256, qrcode.Low)
	if err != nil || code.Modules() != 25 || code.MediaType() != "image/png" {
		t.Errorf("%d modules, %s, error %v", code.Modules(), code.MediaType(), err)
	}
	if _, err := code.DataURI(); fault.KindOf(err) != fault.LimitExceeded {
		t.Errorf("error %v, want the bound on modules", err)
	}
}

func TestMessagesAreChargedBeforeTheyAreComposed(t *testing.T) {
	link := viewOf(paymentlink.Record{URL: "https://pay.example/x", Code: "x"})
	if _, err := link.Share(limited(t, cost.Limits{TextBytes: 512}), nil, "en"); fault.KindOf(err) != fault.LimitExceeded {
		t.Errorf("composed on a Budget of 511 bytes: %v", err)
	}
	shared, err := link.Share(limited(t, cost.Limits{TextBytes: 521}), nil, "en")
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]func() (string, error){"whatsapp": shared.Whatsapp, "email": shared.Email, "sms": shared.Sms} {
		if _, err := address(); fault.KindOf(err) != fault.LimitExceeded {
			t.Errorf("%s: error %v, want the bound on text", name, err)
		}
	}
}
