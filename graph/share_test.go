package graph_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"paymentlinks/graph"
	"paymentlinks/internal/paymentlink"
)

func published(t *testing.T) *source { return newSource(readLinks(t, "testdata/published.json")...) }

func TestQRCodeHoldsTheURL(t *testing.T) {
	got := data[struct {
		Link struct {
			URL string
			SVG struct{ MediaType, DataURI string }
			PNG struct {
				MediaType, DataURI string
				Modules            int
				Matrix             []string
			}
		}
	}](t, newServer(published(t)), `{ link: paymentLinkByCode(code: "ll33q0rh") {
		url
		svg: qrCode { mediaType dataUri }
		png: qrCode(format: PNG, size: 300, errorCorrection: HIGH) { mediaType dataUri modules matrix }
	} }`, "").Link

	if got.SVG.MediaType != "image/svg+xml" || !strings.HasPrefix(got.SVG.DataURI, "data:image/svg+xml;base64,") {
		t.Errorf("SVG: %s, %.40s", got.SVG.MediaType, got.SVG.DataURI)
	}
	if len(got.PNG.Matrix) != got.PNG.Modules || len(got.PNG.Matrix[0]) != got.PNG.Modules {
		t.Errorf("the matrix is %d by %d, want %d", len(got.PNG.Matrix), len(got.PNG.Matrix[0]), got.PNG.Modules)
	}
	file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.PNG.DataURI, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	read, err := zxing.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("decode the picture: %v", err)
	}
	if read.GetText() != got.URL {
		t.Errorf("the code holds %q, want %q", read.GetText(), got.URL)
	}
}

func TestShareRefusals(t *testing.T) {
	tests := map[string]struct{ field, argument, code string }{
		"size too small":     {`qrCode(size: 63) { modules }`, "size", "BAD_USER_INPUT"},
		"size too large":     {`qrCode(size: 1025) { modules }`, "size", "BAD_USER_INPUT"},
		"size negative":      {`qrCode(size: -1) { modules }`, "size", "BAD_USER_INPUT"},
		"level not known":    {`qrCode(errorCorrection: MOST) { modules }`, "", "GRAPHQL_VALIDATION_FAILED"},
		"format not known":   {`qrCode(format: GIF) { modules }`, "", "GRAPHQL_VALIDATION_FAILED"},
		"no message":         {`share(message: "") { text }`, "message", "BAD_USER_INPUT"},
		"message too long":   {`share(message: "` + strings.Repeat("x", 501) + `") { text }`, "message", "BAD_USER_INPUT"},
		"control characters": {`share(message: "a\nb") { text }`, "message", "BAD_USER_INPUT"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := newServer(published(t)).ask(t, request{query: `{ paymentLinkByCode(code: "ll33q0rh") { id ` + test.field + ` } }`})
			if a.code() != test.code {
				t.Fatalf("code %q, want %q: %+v", a.code(), test.code, a.Errors)
			}
			if !strings.Contains(a.Errors[0].Message, test.argument) || strings.Contains(a.Errors[0].Message, "xxx") {
				t.Errorf("message %q does not name %s alone", a.Errors[0].Message, test.argument)
			}
		})
	}
}

// A URL can be too long for the strongest code, or for a small bitmap.
func TestQRCodeOfALongURL(t *testing.T) {
	record := paymentlink.Record{ID: "long", URL: "https://pay.example/" + strings.Repeat("x", 1500)}
	s := newServer(newSource(record))
	for field, argument := range map[string]string{
		`qrCode(errorCorrection: HIGH) { modules }`:          "errorCorrection",
		`qrCode(format: PNG, size: 64) { mediaType }`:        "size",
		`qrCode(errorCorrection: LOW, size: 64) { dataUri }`: "",
	} {
		a := s.ask(t, request{query: `{ paymentLink(id: "long") { ` + field + ` } }`})
		switch {
		case argument == "" && len(a.Errors) > 0:
			t.Errorf("%s: %+v", field, a.Errors)
		case argument != "" && (a.code() != "BAD_USER_INPUT" || !strings.Contains(a.Errors[0].Message, argument)):
			t.Errorf("%s: %+v, want BAD_USER_INPUT that names %s", field, a.Errors, argument)
		}
	}
}

func TestQRCodesAreBounded(t *testing.T) {
	s := newServer(newSource(manyLinks(3)...), func(c *graph.Config) { c.Limits.QRCodes = 3 })
	const enough = `{ paymentLinks { qrCode { modules } } }`
	if a := s.ask(t, request{query: enough}); len(a.Errors) > 0 {
		t.Errorf("three codes: %+v", a.Errors)
	}
	if a := s.ask(t, request{query: `{ paymentLinks { qrCode { modules } } again: paymentLinks { qrCode { modules } } }`}); a.code() != "LIMIT_EXCEEDED" {
		t.Errorf("six codes: %+v, want LIMIT_EXCEEDED", a.Errors)
	}
}

func TestShareComplexity(t *testing.T) {
	// 20 links of 10 + 1 and of 2 + 1, the page and its nodes.
	const query = `{ paymentLinksConnection { nodes { qrCode { modules } share { text } } } }`
	const cost = 1 + 1 + 20*((10+1)+(2+1))
	for limit, want := range map[int]string{cost: "", cost - 1: "LIMIT_EXCEEDED"} {
		s := newServer(published(t), func(c *graph.Config) { c.Limits.Complexity = limit })
		if a := s.ask(t, request{query: query}); a.code() != want {
			t.Errorf("limit %d: code %q, want %q", limit, a.code(), want)
		}
	}
}
