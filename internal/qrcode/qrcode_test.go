package qrcode_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"paymentlinks/internal/qrcode"
)

const published = "https://test.pay.billpocket.com/mylink/ll33q0rh"

// read decodes a picture with a library that knows nothing of the one that drew it.
func read(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := zxing.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		// A drawing, not a photograph: there is nothing to search the code in.
		gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	if err != nil {
		t.Fatalf("decode the picture: %v", err)
	}
	return result.GetText()
}

func encode(t *testing.T, text string, level qrcode.Level) *qrcode.Code {
	t.Helper()
	code, err := qrcode.Encode(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// payload is what stands behind the media type of a data: URI.
func payload(t *testing.T, uri, mediaType string) []byte {
	t.Helper()
	text, ok := strings.CutPrefix(uri, "data:"+mediaType+";base64,")
	if !ok {
		t.Fatalf("the URI begins with %.40q", uri)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPNGIsReadBack(t *testing.T) {
	texts := map[string]string{
		"published":     published,
		"long":          published + "?" + strings.Repeat("x", 600),
		"outside ASCII": "https://pay.example/café/ñandú?q=日本",
		"upper case":    "HTTPS://PAY.EXAMPLE/LL33Q0RH",
	}
	for name, text := range texts {
		for _, level := range []qrcode.Level{qrcode.Low, qrcode.Medium, qrcode.Quartile, qrcode.High} {
			for _, size := range []int{256, 333, 1024} {
				t.Run(fmt.Sprint(name, level, size), func(t *testing.T) {
					uri, err := encode(t, text, level).DataURI(qrcode.PNG, size)
					if err != nil {
						t.Fatal(err)
					}
					picture, err := png.Decode(bytes.NewReader(payload(t, uri, "image/png")))
					if err != nil {
						t.Fatal(err)
					}
					if got := picture.Bounds(); got != image.Rect(0, 0, size, size) {
						t.Errorf("the picture is %v, want %d pixels square", got, size)
					}
					if got := read(t, picture); got != text {
						t.Errorf("read back %q, want %q", got, text)
					}
				})
			}
		}
	}
}

func TestMatrixIsReadBack(t *testing.T) {
	code := encode(t, published, qrcode.Medium)
	rows := code.Matrix()
	if len(rows) != code.Modules() {
		t.Fatalf("%d rows, want %d", len(rows), code.Modules())
	}
	const scale, margin = 4, 16
	side := scale*len(rows) + 2*margin
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			shade := color.Gray{Y: 255}
			if column, row := (x-margin)/scale, (y-margin)/scale; x >= margin && y >= margin && column < len(rows) && row < len(rows) && rows[row][column] == '1' {
				shade.Y = 0
			}
			picture.SetGray(x, y, shade)
		}
	}
	if got := read(t, picture); got != published {
		t.Errorf("read back %q, want %q", got, published)
	}
}

// The path of the SVG covers the dark modules and nothing else.
func TestSVGDrawsTheMatrix(t *testing.T) {
	code := encode(t, published, qrcode.High)
	uri, err := code.DataURI(qrcode.SVG, 300)
	if err != nil {
		t.Fatal(err)
	}
	var svg struct {
		Width   string `xml:"width,attr"`
		Height  string `xml:"height,attr"`
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(payload(t, uri, "image/svg+xml"), &svg); err != nil {
		t.Fatal(err)
	}
	side := code.Modules() + 8
	if svg.Width != "300" || svg.Height != "300" || svg.ViewBox != fmt.Sprintf("0 0 %d %d", side, side) {
		t.Errorf("width %s, height %s, view box %s", svg.Width, svg.Height, svg.ViewBox)
	}

	drawn := make([][]byte, code.Modules())
	for y := range drawn {
		drawn[y] = bytes.Repeat([]byte{'0'}, code.Modules())
	}
	for piece := range strings.SplitSeq(strings.TrimSuffix(svg.Paths[1].D, "z"), "z") {
		var x, y, width, back int
		if _, err := fmt.Sscanf(piece, "M%d %dh%dv1h-%d", &x, &y, &width, &back); err != nil || width != back {
			t.Fatalf("piece %q of the path: %v", piece, err)
		}
		for column := range width {
			drawn[y-4][x-4+column] = '1'
		}
	}
	for y, want := range code.Matrix() {
		if got := string(drawn[y]); got != want {
			t.Errorf("row %d is drawn %s, want %s", y, got, want)
		}
	}
}

func TestFits(t *testing.T) {
	short := encode(t, published, qrcode.Medium)
	long := encode(t, strings.Repeat("x", 2900), qrcode.Low) // the largest, 177 modules
	tests := map[string]struct {
		code   *qrcode.Code
		format qrcode.Format
		size   int
		want   bool
	}{
		"smallest":          {short, qrcode.PNG, 64, true},
		"largest":           {short, qrcode.PNG, 1024, true},
		"too small":         {short, qrcode.SVG, 63, false},
		"too large":         {short, qrcode.PNG, 1025, false},
		"negative":          {short, qrcode.SVG, -1, false},
		"a pixel a module":  {long, qrcode.PNG, 185, true},
		"no pixel a module": {long, qrcode.PNG, 184, false},
		"vector":            {long, qrcode.SVG, 64, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := qrcode.Fits(test.code.Modules(), test.format, test.size); got != test.want {
				t.Errorf("Fits = %v, want %v", got, test.want)
			}
			if _, err := test.code.DataURI(test.format, test.size); (err == nil) != test.want {
				t.Errorf("DataURI: error %v, want one: %v", err, !test.want)
			}
		})
	}
}

func TestTooLong(t *testing.T) {
	for level, most := range map[qrcode.Level]int{qrcode.Low: 2953, qrcode.Medium: 2331, qrcode.Quartile: 1663, qrcode.High: 1273} {
		encode(t, strings.Repeat("x", most), level)
		if _, err := qrcode.Encode(strings.Repeat("x", most+1), level); !errors.Is(err, qrcode.ErrTooLong) {
			t.Errorf("level %d, %d bytes: error %v, want ErrTooLong", level, most+1, err)
		}
	}
}

func BenchmarkDataURI(b *testing.B) {
	for name, format := range map[string]qrcode.Format{"SVG": qrcode.SVG, "PNG": qrcode.PNG} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				code, err := qrcode.Encode(published, qrcode.Medium)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := code.DataURI(format, 256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
